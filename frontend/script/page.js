// Shows a page that the server rendered in the place of the one that is open.
import { mountIslands, unmountIslands } from './islands.js';
import { morph } from './morph.js';

/** Called whenever the content of the page has changed. @type {(() => void)[]} */
const listeners = [];

/** Calls `listener` now and after each change of the page's content. @param {() => void} listener */
export function onChange(listener) {
  listeners.push(listener);
}

/** Tells everybody that the content of the page has changed. */
export function changed() {
  unmountIslands();
  mountIslands();
  for (const listener of listeners) listener();
}

/** The page's own part of the document. @param {Document} page */
const mainOf = (page) => page.getElementById('page');

/** @param {Document} page */
const scriptOf = (page) => page.getElementById('portal-script')?.getAttribute('src');

/**
 * Parses a page. `null` if it belongs to another release of the portal, whose script must be loaded with it.
 * @param {string} html
 */
export function parse(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  // The parser takes what is for browsers without scripts for ordinary elements.
  for (const element of page.querySelectorAll('noscript')) element.remove();
  return scriptOf(page) === scriptOf(document) ? page : null;
}

/**
 * Shows another page: nothing of the old one stays, but how far the navigation is scrolled.
 * @param {Document} page
 */
export function replace(page) {
  const scrolled = document.getElementById('navigation')?.scrollTop;
  document.body.replaceChildren(...page.body.childNodes);
  const navigation = document.getElementById('navigation');
  if (scrolled && navigation) navigation.scrollTop = scrolled;
  adoptHead(page);
  changed();
}

/**
 * Shows the same page as it is now: focus, selection, open menus and controls that `keeps` names stay as they are.
 * @param {Document} page
 * @param {(control: Element) => boolean} keeps
 */
export function update(page, keeps) {
  morph(document.body, page.body, keeps);
  adoptHead(page);
  changed();
}

/** @param {Document} page */
function adoptHead(page) {
  document.title = page.title;
}

/**
 * Shows a notice that the server wrote into a template of the page, above its content.
 * @param {string} id
 * @param {string | null} [returnTo] the address that its link returns to; without one the link opens beside this page
 */
export function showNotice(id, returnTo = null) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) return;
  removeNotice(id);
  const notice = document.createElement('div');
  notice.dataset.notice = id;
  notice.append(template.content.cloneNode(true));
  for (const link of notice.querySelectorAll('a')) {
    link.search = new URLSearchParams({ return_to: returnTo ?? location.pathname + location.search }).toString();
    if (returnTo) link.target = '';
  }
  mainOf(document)?.prepend(notice);
}

/** @param {string} id */
export function removeNotice(id) {
  document.querySelector(`[data-notice="${id}"]`)?.remove();
}
