// Shows what changed on the server: the page's event streams say that something did, and then the page is asked for.
import { isDirty } from './morph.js';
import { onChange, parse, showNotice, update } from './page.js';
import { ask, isVisiting, leadsToSignIn, shown, visitNumber } from './visits.js';

/** The shortest time between two refreshes, in milliseconds. */
const PAUSE = 200;

/** @type {EventSource[]} */
let streams = [];
let listeningTo = '';
let wanted = false;
let running = false;
let last = 0;

/** Asks for the page that is open and shows what is different. */
export async function refresh() {
  wanted = true;
  // What came of a form is on this page only: it stays until the user goes on.
  if (running || document.hidden || document.querySelector('form[data-outcome]')) return;
  running = true;
  while (wanted && !document.hidden) {
    const wait = last + PAUSE - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    wanted = false;
    last = performance.now();
    try {
      await refreshOnce();
    } catch (error) {
      // The next event asks again.
      console.warn(error);
    }
  }
  running = false;
}

async function refreshOnce() {
  const number = visitNumber();
  const address = location.href;
  /** @type {Record<string, string>} */
  const headers = shown.address === address && shown.tag ? { 'If-None-Match': shown.tag } : {};
  const response = await ask(address, { headers, cache: 'no-store' });
  if (response.status === 304 || response.status >= 500) return;
  if (leadsToSignIn(response)) {
    showNotice('signed-out-notice');
    listenTo('');
    refreshEvery(0);
    return;
  }
  const html = await response.text();
  // The page that was asked for is not the one that is open any more.
  if (isVisiting() || number !== visitNumber()) return;
  const page = parse(html);
  if (!page) return;
  Object.assign(shown, { address, tag: response.headers.get('ETag') ?? '' });
  update(page, isDirty);
}

/** @param {string} addresses separated by spaces */
function listenTo(addresses) {
  if (addresses === listeningTo) return;
  for (const stream of streams) stream.close();
  listeningTo = addresses;
  streams = addresses
    .split(' ')
    .filter(Boolean)
    .map((address) => {
      const stream = new EventSource(address);
      stream.onmessage = () => refresh();
      // The browser connects again by itself, unless the portal has ended the stream for good, as it does with a session.
      stream.onerror = () => {
        if (stream.readyState === EventSource.CLOSED) refresh();
      };
      return stream;
    });
}

/** @type {number | undefined} */
let timer;
let interval = 0;

/** @param {number} seconds 0: only when a stream says so */
function refreshEvery(seconds) {
  if (seconds === interval) return;
  clearInterval(timer);
  interval = seconds;
  if (seconds) timer = setInterval(refresh, seconds * 1000);
}

export function startRefreshing() {
  onChange(() => {
    const data = document.getElementById('page')?.dataset;
    listenTo(data?.live ?? '');
    refreshEvery(Number(data?.refreshSeconds ?? 0));
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && wanted) refresh();
  });
  addEventListener('pagehide', () => listenTo(''));
  addEventListener('pageshow', (event) => {
    if (event.persisted) refresh();
  });
}
