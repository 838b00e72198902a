// Links, back and forward, without loading the document again.
import { parse, removeNotice, replace, showNotice, update } from './page.js';
import { isDirty } from './morph.js';

/**
 * @typedef {object} Visit
 * @property {'push' | 'replace' | 'none'} [history] what happens to the browser's history
 * @property {number} [scrollY] where to scroll to on the page
 * @property {URLSearchParams} [body] sent by POST
 * @property {(control: Element, redirected: boolean) => boolean} [keeps] controls that keep what they hold if it is the
 *   same page again; `redirected` after a form that succeeded
 */

/** The newest visit supersedes the others. */
let latest = 0;
let underWay = 0;
/** How long a page may take before the bar says that it is on its way, in milliseconds. */
const MOMENT = 150;
/** @type {number | undefined} */
let bar;
/** The page that is open: its address, and what the server called it as it is shown. */
export const shown = { address: '', tag: '' };
/** The difference between the server's clock and this machine's, in milliseconds. */
let skew = 0;

/** Whether a visit is under way, which a refresh must not disturb. */
export const isVisiting = () => underWay > 0;

/** Counts up with each visit. */
export const visitNumber = () => latest;

/** The server's time in milliseconds. */
export const serverTime = () => Date.now() + skew;

/** `/clusters/1/events` is a part of the page `/clusters/1`. @param {string} path */
const pageOf = (path) => path.split('/').slice(0, 3).join('/');

/**
 * Asks for a page.
 * @param {string} url
 * @param {RequestInit} options
 */
export async function ask(url, options = {}) {
  const headers = { Accept: 'text/html', ...options.headers };
  const response = await fetch(url, { ...options, headers, credentials: 'same-origin' });
  const date = Date.parse(response.headers.get('Date') ?? '');
  // The header tells whole seconds.
  if (date && Math.abs(date - Date.now()) > 2000) skew = date - Date.now();
  return response;
}

/** Whether the portal asks the user to sign in instead of answering. @param {Response} response */
export const leadsToSignIn = (response) =>
  response.redirected && new URL(response.url).pathname === '/sign-in' && location.pathname !== '/sign-in';

/**
 * Shows the page at `url`.
 * @param {string} url
 * @param {Visit} visit
 */
export async function visit(url, { history: how = 'push', scrollY, body, keeps = () => false } = {}) {
  const mine = ++latest;
  underWay += 1;
  bar ??= setTimeout(() => document.documentElement.toggleAttribute('data-busy', true), MOMENT);
  try {
    const response = await ask(url, body ? { method: 'POST', body } : {});
    if (!response.headers.get('Content-Type')?.startsWith('text/html')) {
      location.assign(url);
      return;
    }
    const html = await response.text();
    if (mine !== latest) return;
    if (body && leadsToSignIn(response)) {
      // What is typed stays where it is; the address that some forms return to carries it through the sign-in.
      const returnTo = new URL(response.url).searchParams.get('return_to');
      showNotice('signed-out-notice', body.has('_keep') ? returnTo : null);
      return;
    }
    const page = parse(html);
    const isOutcome = body && !response.redirected;
    const address = isOutcome ? location.href : response.url + new URL(url, location.href).hash;
    if (!page) {
      location.assign(address);
      return;
    }
    removeNotice('offline-notice');
    const keepsNow = (/** @type {Element} */ control) => keeps(control, response.redirected);
    show(page, new URL(address), how, keepsNow, scrollY, Boolean(body));
    Object.assign(shown, { address: location.href, tag: (!isOutcome && response.headers.get('ETag')) || '' });
  } catch (error) {
    if (mine === latest) showNotice('offline-notice');
    console.warn(error);
  } finally {
    underWay -= 1;
    if (!underWay) {
      clearTimeout(bar);
      bar = undefined;
      document.documentElement.removeAttribute('data-busy');
    }
  }
}

/**
 * @param {Document} page
 * @param {URL} url
 * @param {'push' | 'replace' | 'none'} how
 * @param {(control: Element) => boolean} keeps
 * @param {number | undefined} scrollY
 * @param {boolean} afterForm
 */
function show(page, url, how, keeps, scrollY, afterForm) {
  const same = pageOf(url.pathname) === pageOf(location.pathname);
  if (url.href !== location.href) {
    if (how === 'push') history.pushState({}, '', url);
    if (how === 'replace') history.replaceState(history.state, '', url);
  }
  if (same) update(page, keeps);
  else replace(page);
  if (scrollY !== undefined) scrollTo(0, scrollY);
  else if (url.hash) document.getElementById(url.hash.slice(1))?.scrollIntoView();
  else if (!same) scrollTo(0, 0);
  if (!same) document.getElementById('page')?.focus({ preventScroll: true });
  if (afterForm) {
    const problem = document.querySelector('[aria-invalid="true"]') ?? document.querySelector('[role="alert"]');
    if (problem instanceof HTMLElement) {
      problem.scrollIntoView({ block: 'nearest' });
      problem.focus({ preventScroll: true });
    }
  }
}

/** Whether a link leads to a page of the portal, in this window. @param {HTMLAnchorElement} link */
function isOurs(link) {
  const url = new URL(link.href, location.href);
  const samePage = url.pathname === location.pathname && url.search === location.search;
  return (
    url.origin === location.origin &&
    !link.target &&
    !link.hasAttribute('download') &&
    link.dataset.external === undefined &&
    !(samePage && url.hash)
  );
}

export function startVisits() {
  history.scrollRestoration = 'manual';
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!(link instanceof HTMLAnchorElement) || !plain || event.defaultPrevented || !isOurs(link)) return;
    event.preventDefault();
    rememberScroll();
    visit(link.href, { keeps: (control) => control === document.activeElement && isDirty(control) });
  });
  addEventListener('popstate', (event) => {
    visit(location.href, { history: 'none', scrollY: event.state?.scrollY ?? 0 });
  });
  /** @type {number | undefined} */
  let pending;
  addEventListener('scroll', () => {
    clearTimeout(pending);
    pending = setTimeout(rememberScroll, 100);
  });
  addEventListener('pagehide', rememberScroll);
}

function rememberScroll() {
  history.replaceState({ ...history.state, scrollY }, '');
}
