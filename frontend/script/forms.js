// Forms: sent without loading the document again, searched and previewed while one types.
import { isControl, isDirty, valueOf } from './morph.js';
import { onChange, parse, update } from './page.js';
import { ask, leadsToSignIn, visit, visitNumber } from './visits.js';

/** After the last key, in milliseconds. */
const SEARCH_PAUSE = 300;
const PREVIEW_PAUSE = 250;

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
function fieldsOf(form, submitter) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value === 'string') fields.append(name, value);
  }
  return fields;
}

/** What the controls of a form hold now; later, those that hold something else keep it. @param {HTMLFormElement} form */
function changedSince(form) {
  const held = new Map([...form.elements].filter(isControl).map((control) => [control, valueOf(control)]));
  return (/** @type {Element} */ control) => {
    if (!isControl(control)) return false;
    const before = held.get(control);
    return before === undefined ? isDirty(control) : before !== valueOf(control);
  };
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {boolean} replaces */
async function send(form, submitter, replaces) {
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href;
  const url = new URL(action, location.href);
  const fields = fieldsOf(form, submitter);
  if (form.method === 'get') {
    for (const [name, value] of [...fields]) if (!value) fields.delete(name);
    url.search = fields.toString();
    await visit(url.href, { history: replaces ? 'replace' : 'push', keeps: changedSince(form) });
    return;
  }
  submitter?.setAttribute('aria-busy', 'true');
  // Secrets are never sent back: they stay in their controls while the form is shown again, until it has succeeded.
  const keeps = changedSince(form);
  await visit(url.href, {
    body: fields,
    keeps: (control, redirected) => keeps(control) || (!redirected && isSecret(control)),
  });
  submitter?.removeAttribute('aria-busy');
}

/** @param {Element} control */
const isSecret = (control) =>
  control instanceof HTMLInputElement ? control.type === 'password' : control.hasAttribute('data-secret');

/** @type {AbortController | undefined} */
let previewing;

/** Shows the page as it looks with what is typed. Secrets stay in the browser. @param {HTMLFormElement} form */
async function preview(form) {
  previewing?.abort();
  previewing = new AbortController();
  const { signal } = previewing;
  const number = visitNumber();
  const keeps = changedSince(form);
  try {
    const body = fieldsOf(form, null);
    for (const control of form.elements) {
      if (isControl(control) && isSecret(control)) body.delete(control.name);
    }
    const response = await ask(form.dataset.preview ?? '', { method: 'POST', body, signal });
    const html = await response.text();
    if (signal.aborted || number !== visitNumber() || !response.ok || leadsToSignIn(response)) return;
    const page = parse(html);
    if (page) update(page, (control) => keeps(control) || isSecret(control));
  } catch (error) {
    // The next change asks again; nothing is lost.
    if (!signal.aborted) console.warn(error);
  }
}

/** The theme changes now; the form's cookie tells the server. @param {string} theme */
function applyTheme(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const [prefix, secure] = location.protocol === 'https:' ? ['__Host-', '; Secure'] : ['', ''];
  document.cookie = `${prefix}theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  markTheme();
}

function markTheme() {
  const theme = document.documentElement.dataset.theme ?? 'system';
  for (const button of document.querySelectorAll('[data-theme-form] button')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('value') === theme));
  }
}

/** Buttons of forms that ask for a name work once it is typed. */
function checkConfirmations() {
  for (const input of document.querySelectorAll('input[data-confirm]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    const button = input.form?.querySelector('button:not([type="button"])');
    if (button instanceof HTMLButtonElement) button.disabled = input.value.trim() !== input.dataset.confirm;
  }
}

export function startForms() {
  /** @type {number | undefined} */
  let pending;
  let searching = false;

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
    const submitter = event.submitter;
    const method = submitter?.getAttribute('formmethod') ?? form.getAttribute('method');
    if (method === 'dialog' || form.dataset.external !== undefined) return;
    event.preventDefault();
    clearTimeout(pending);
    if (form.dataset.themeForm !== undefined) {
      applyTheme(submitter?.getAttribute('value') ?? 'system');
      return;
    }
    // A second click on a button that is at work changes nothing.
    if (submitter?.getAttribute('aria-busy') === 'true') return;
    send(form, submitter, searching);
    searching = false;
  });

  /** @param {Event} event */
  const typed = (event) => {
    const control = event.target;
    if (!(control instanceof Element) || !isControl(control)) return;
    checkConfirmations();
    const form = control.form;
    // Text says `input` with each letter; its `change` comes when it is left, perhaps for a link.
    const isChoice = control instanceof HTMLSelectElement || /^(checkbox|radio)$/.test(control.type);
    if (!form || (event.type === 'change') !== isChoice) return;
    clearTimeout(pending);
    const number = visitNumber();
    if (form.dataset.search !== undefined) {
      const search = () => {
        if (number !== visitNumber()) return;
        // Each choice is a step that Back undoes; each letter is not.
        searching = !(control instanceof HTMLSelectElement);
        form.requestSubmit();
      };
      pending = setTimeout(search, isChoice ? 0 : SEARCH_PAUSE);
    } else if (form.dataset.preview) {
      pending = setTimeout(() => preview(form), isChoice ? 0 : PREVIEW_PAUSE);
    }
  };
  document.addEventListener('input', typed);
  document.addEventListener('change', typed);
  onChange(checkConfirmations);
  onChange(markTheme);
}
