// Islands: elements that the WebAssembly program takes over. It is loaded with the first of them.

/** @typedef {{ free(): void }} Handle */
/** @typedef {{ default(options: { module_or_path: string }): Promise<void>, mount(name: string, element: HTMLElement): Handle | undefined }} Program */

/** @type {Promise<Program> | undefined} */
let program;
/** @type {Map<HTMLElement, Handle>} */
const mounted = new Map();

async function load() {
  const { islands = '', wasm = '' } = document.getElementById('portal-script')?.dataset ?? {};
  /** @type {Program} */
  const loaded = await import(islands);
  await loaded.default({ module_or_path: wasm });
  return loaded;
}

/** @param {HTMLElement} current @param {HTMLElement} next */
export const sameIsland = (current, next) =>
  current.dataset.island === next.dataset.island && current.dataset.props === next.dataset.props;

/** @param {HTMLElement} element */
export function unmount(element) {
  mounted.get(element)?.free();
  mounted.delete(element);
}

/** Ends the islands that are no part of the document any more. */
export function unmountIslands() {
  for (const element of mounted.keys()) if (!element.isConnected) unmount(element);
}

export async function mountIslands() {
  const waiting = () =>
    [...document.querySelectorAll('[data-island]')].filter(
      (element) => element instanceof HTMLElement && !mounted.has(element),
    );
  if (!waiting().length) return;
  const { mount } = await (program ??= load());
  for (const element of /** @type {HTMLElement[]} */ (waiting())) {
    const handle = mount(element.dataset.island ?? '', element);
    if (handle) mounted.set(element, handle);
  }
}
