// A picture of every page in both themes and at two widths, to be looked at: end2end/screenshots/.
import { join } from 'node:path';
import { lookers, perPlace, visit } from '../portal/pages';
import { expect, test } from '../portal/test';

const folder = join(import.meta.dirname, '../screenshots');
const widths = { wide: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, viewport] of Object.entries(widths)) {
    for (const role of lookers) {
      test(`no page of ${role ?? 'nobody'} sticks out: ${colorScheme}, ${width}`, async ({ openAs, everyPlace }) => {
        const places = everyPlace.filter((place) => place.role === role);
        test.setTimeout(perPlace(places));
        const page = await openAs(role, { colorScheme, viewport });
        for (const place of places) {
          await visit(page, place.path);
          await page.screenshot({ path: join(folder, `${place.name}-${colorScheme}-${width}.png`), fullPage: true });
          const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
          expect.soft(inner, `${place.name} is no wider than the window`).toBeLessThanOrEqual(outer);
        }
      });
    }
  }
}
