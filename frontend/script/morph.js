// Changes a page into another rendering of itself and leaves alone what belongs to the user or to an island.
import { sameIsland, unmount } from './islands.js';

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @param {Node} node @returns {node is Control} */
export const isControl = (node) =>
  node instanceof HTMLInputElement || node instanceof HTMLSelectElement || node instanceof HTMLTextAreaElement;

/** What a control holds, as one value. @param {Control} control */
export function valueOf(control) {
  if (control instanceof HTMLInputElement && /^(checkbox|radio)$/.test(control.type)) return String(control.checked);
  return control.value;
}

/** Whether the user has changed a control since the server wrote it. @param {Element} control */
export function isDirty(control) {
  if (control instanceof HTMLSelectElement) {
    const written = [...control.options].find((option) => option.defaultSelected) ?? control.options[0];
    return control.value !== (written?.value ?? '');
  }
  if (control instanceof HTMLInputElement && /^(checkbox|radio)$/.test(control.type)) {
    return control.checked !== control.defaultChecked;
  }
  const isText = control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement;
  return isText && control.value !== control.defaultValue;
}

/**
 * @param {Element} current
 * @param {Element} next
 * @param {(control: Element) => boolean} keeps whether a control keeps what it holds
 */
export function morph(current, next, keeps) {
  /** @type {[HTMLSelectElement, string][]} */
  const selects = [];
  Idiomorph.morph(current, next, {
    morphStyle: 'outerHTML',
    callbacks: {
      /** @param {Node} node @param {Node} with_ */
      beforeNodeMorphed(node, with_) {
        if (!(node instanceof HTMLElement) || !(with_ instanceof HTMLElement)) return true;
        if (node.dataset.notice) return false;
        if (node.dataset.island) {
          if (sameIsland(node, with_)) return false;
          // Replacing the element itself would end the walk.
          unmount(node);
          copyAttributes(node, with_, []);
          node.replaceChildren(...with_.childNodes);
          return false;
        }
        if (!isControl(node) || !keeps(node)) return true;
        if (node instanceof HTMLSelectElement) {
          selects.push([node, node.value]);
          return true;
        }
        copyAttributes(node, with_, ['value', 'checked']);
        return false;
      },
      /** @param {Node} node */
      beforeNodeRemoved(node) {
        return !(node instanceof HTMLElement && node.dataset.notice);
      },
      // Menus and dialogs are open or closed as the user left them.
      /** @param {string} name @param {Element} node */
      beforeAttributeUpdated(name, node) {
        return !(name === 'open' && /^(DETAILS|DIALOG)$/.test(node.tagName));
      },
    },
  });
  for (const [select, value] of selects) {
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }
}

/** @param {Element} to @param {Element} from @param {string[]} except */
function copyAttributes(to, from, except) {
  for (const { name } of [...to.attributes]) {
    if (!from.hasAttribute(name) && !except.includes(name)) to.removeAttribute(name);
  }
  for (const { name, value } of from.attributes) {
    if (!except.includes(name) && to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
}
