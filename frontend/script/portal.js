// What every page does in the browser beyond links and forms: `data-` attributes, written by the components of
// `app/src/ui`, say where. Pages work without it.
import { startClocks } from './clocks.js';
import { startCopying } from './copy.js';
import { startForms } from './forms.js';
import { startMenus } from './menus.js';
import { refresh, startRefreshing } from './refresh.js';
import { startVisits, visit } from './visits.js';
import { isDirty } from './morph.js';
import { changed, parse, update } from './page.js';

startVisits();
startForms();
startMenus();
startCopying();
startClocks();
startRefreshing();
changed();

// For tests: the page is alive as soon as this is there.
Object.assign(window, {
  hangar: {
    refresh,
    visit,
    /** @param {string} html */
    show(html) {
      const page = parse(html);
      if (page) update(page, isDirty);
    },
  },
});
