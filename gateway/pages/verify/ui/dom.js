/**
 * Elements, made without markup: whatever a certificate holds, it is shown as text.
 *
 * @module
 */

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A text in both languages.
 *
 * @param {string} tag The element around both.
 * @param {import("./labels.js").Label} label
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElement}
 */
export function both(tag, label, attributes = {}) {
  return element(
    tag,
    attributes,
    element('span', { lang: 'en' }, label.en),
    ' ',
    element('span', { lang: 'hi' }, label.hi),
  );
}

/**
 * The element of this id, which the page has.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return document.getElementById(id);
}
