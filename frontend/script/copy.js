// Buttons that put a text on the clipboard: one they carry, or a secret that the portal answers a POST with.

/** @param {HTMLElement} button */
async function textOf(button) {
  const address = button.dataset.copyFrom;
  if (!address) return button.dataset.copy ?? '';
  const response = await fetch(address, { method: 'POST', headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.text();
}

/** @param {HTMLElement} button */
async function copy(button) {
  const label = button.querySelector('span') ?? button;
  const before = (button.dataset.label ??= label.textContent ?? '');
  try {
    await navigator.clipboard.writeText(await textOf(button));
    label.textContent = 'Copied';
  } catch (error) {
    console.warn(error);
    label.textContent = 'Copy failed';
  }
  setTimeout(() => (label.textContent = before), 2000);
}

export function startCopying() {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-copy], [data-copy-from]') : null;
    if (button instanceof HTMLElement) copy(button);
  });
}
