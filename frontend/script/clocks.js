// Keeps times in words current, and costs that grow. The words are those of app/src/ui/relative_time.rs.
import { onChange } from './page.js';
import { serverTime } from './visits.js';

/** @param {number} large @param {string} largeUnit @param {number} small @param {string} smallUnit */
const two = (large, largeUnit, small, smallUnit) =>
  small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;

/** "45 s", "12 min", "6 h 12 min", "3 d 4 h". @param {number} seconds */
function duration(seconds) {
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (seconds < 60) return `${seconds} s`;
  if (!hours) return `${minutes} min`;
  if (days < 2) return two(hours, 'h', minutes % 60, 'min');
  return two(days, 'd', hours % 24, 'h');
}

/** The largest unit alone. @param {number} seconds */
function coarse(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** @type {Record<string, (at: number, now: number) => string>} */
const kinds = {
  relative(at, now) {
    const seconds = Math.floor(at / 1000) - Math.floor(now / 1000);
    if (Math.abs(seconds) <= 4) return 'just now';
    return seconds > 0 ? `in ${duration(seconds)}` : `${coarse(-seconds)} ago`;
  },
  remaining(at, now) {
    const seconds = Math.floor(at / 1000) - Math.floor(now / 1000);
    return seconds > 0 ? duration(seconds) : 'expired';
  },
  elapsed(at, now) {
    const milliseconds = Math.max(0, now - at);
    return milliseconds < 9950 ? `${(milliseconds / 1000).toFixed(1)} s` : duration(Math.round(milliseconds / 1000));
  },
};

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** What something costs that is paid by the hour. @param {DOMStringMap} data @param {number} now */
function cost({ cost, pricePerHour, costAt }, now) {
  const hours = Math.max(0, now - Date.parse(costAt ?? '')) / 3_600_000;
  return dollars.format((Number(cost) + Number(pricePerHour) * hours) / 1_000_000);
}

function tick() {
  const now = serverTime();
  for (const element of document.querySelectorAll('[data-price-per-hour]')) {
    if (!(element instanceof HTMLElement)) continue;
    const words = cost(element.dataset, now);
    if (element.textContent !== words) element.textContent = words;
  }
  for (const time of document.querySelectorAll('time[data-time]')) {
    const words = kinds[time.getAttribute('data-time') ?? '']?.(Date.parse(time.getAttribute('datetime') ?? ''), now);
    if (words && time.textContent !== words) time.textContent = words;
  }
}

export function startClocks() {
  setInterval(() => {
    if (!document.hidden) tick();
  }, 1000);
  onChange(tick);
}
