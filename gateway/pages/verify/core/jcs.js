/**
 * Canonical JSON (RFC 8785, JCS), which is what proofs are made over.
 *
 * The rule takes over ECMAScript's own way to write numbers and strings, and its order of strings by UTF-16 code units; so
 * all that is done here is to sort.
 *
 * @module
 */

import { isWellFormed } from './json.js';

/**
 * The canonical text of a value.
 *
 * @param {unknown} value Of objects, arrays, strings, finite numbers, booleans and `null` alone.
 * @returns {string}
 * @throws {TypeError} If there is anything else in it.
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.keys(value).sort();
    return `{${members.map(name => `${string(name)}:${canonical(value[name])}`).join(',')}}`;
  }
  if (typeof value === 'string') return string(value);
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return `${JSON.stringify(value)}`;
  throw new TypeError('not a value of JSON');
}

function string(text) {
  if (!isWellFormed(text)) throw new TypeError('half a character');
  return JSON.stringify(text);
}
