/**
 * What a document may look like. A shape is a function that says whether a value has it; shapes are put together of
 * smaller ones.
 *
 * @typedef {(value: unknown) => boolean} Shape
 * @module
 */

/** @type {Shape} Any text. */
export const text = value => typeof value === 'string';

/** @type {Shape} A day, `2021-04-28`. */
export const day = value => isTime(value, /^\d{4}-\d\d-\d\d$/, read => read.slice(0, 10));

/** @type {Shape} A moment in whole seconds, `2021-04-28T10:30:00Z`. */
export const moment = value => isTime(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, read => read.replace('.000', ''));

/** @type {Shape} A UUID in lower case with hyphens. */
export const uuid = value => text(value) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** @type {Shape} A UUID as URN. */
export const urn = value => text(value) && value.startsWith('urn:uuid:') && uuid(value.slice(9));

/**
 * @param {number} least
 * @param {number} most
 * @returns {Shape} A whole number in these bounds.
 */
export function whole(least, most) {
  return value => Number.isSafeInteger(value) && value >= least && value <= most;
}

/**
 * @param {bigint} most
 * @returns {Shape} A whole number up to this bound, written as text.
 */
export function decimal(most) {
  return value => text(value) && /^(0|[1-9][0-9]{0,19})$/.test(value) && BigInt(value) <= most;
}

/**
 * @param {string} expected
 * @returns {Shape} This text.
 */
export function exactly(expected) {
  return value => value === expected;
}

/**
 * @param {...Shape} items
 * @returns {Shape} A list of so many values, each of its shape.
 */
export function list(...items) {
  return value => Array.isArray(value) && value.length === items.length && items.every((item, at) => item(value[at]));
}

/**
 * @param {Record<string, Shape>} required
 * @param {Record<string, Shape>} [optional]
 * @returns {Shape} An object that has these members, may have those, and has no other.
 */
export function object(required, optional = {}) {
  const shapes = new Map([...Object.entries(required), ...Object.entries(optional)]);
  const names = Object.keys(required);
  return value =>
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    names.every(name => Object.hasOwn(value, name)) &&
    Object.keys(value).every(name => shapes.get(name)?.(value[name]) ?? false);
}

/** Whether a text is one that the calendar's own writer gives back. */
function isTime(value, pattern, write) {
  if (!text(value) || !pattern.test(value)) return false;
  const at = new Date(value);
  return !Number.isNaN(at.getTime()) && write(at.toISOString()) === value;
}
