/**
 * A reader of CBOR in its deterministic encoding (RFC 8949, 4.2.1): each value has one.
 *
 * Of CBOR it knows what compact certificates are made of: whole numbers, byte strings, UTF-8 strings, arrays, maps whose
 * keys are whole numbers in their order, and tags.
 *
 * @module
 */

import { fromUtf8 } from './bytes.js';

/** Bytes that are not of this kind. */
export class NoCbor extends Error {}

/** A tagged value. */
export class Tagged {
  /**
   * @param {number} tag
   * @param {unknown} value
   */
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

const DEEPEST = 8;

/**
 * Reads a value.
 *
 * @param {Uint8Array} bytes
 * @returns {unknown} Maps are `Map`s, byte strings `Uint8Array`s.
 * @throws {NoCbor}
 */
export function parseCbor(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new NoCbor('something follows the value');
  return value;
}

/**
 * Writes an array of texts and byte strings: what a COSE signature is made over.
 *
 * @param {(string | Uint8Array)[]} items Fewer than 24.
 * @returns {Uint8Array}
 */
export function writeStrings(items) {
  const bytes = [0x80 | items.length];
  for (const item of items) {
    const isText = typeof item === 'string';
    const content = isText ? new TextEncoder().encode(item) : item;
    bytes.push(...head(isText ? 3 : 2, content.length), ...content);
  }
  return Uint8Array.from(bytes);
}

class Reader {
  at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  value(depth) {
    if (depth > DEEPEST) throw new NoCbor('too deep');
    const { kind, argument } = this.head();
    switch (kind) {
      case 0:
        return argument;
      case 1:
        return -1 - argument;
      case 2:
        return this.take(argument);
      case 3:
        return this.text(argument);
      case 4:
        return this.array(argument, depth);
      case 5:
        return this.map(argument, depth);
      case 6:
        return new Tagged(argument, this.value(depth + 1));
      default:
        throw new NoCbor('a value of another kind');
    }
  }

  /** The kind of the next value and its argument, which has to be written as short as can be. */
  head() {
    const [first] = this.take(1);
    const [kind, short] = [first >> 5, first & 31];
    if (short < 24) return { kind, argument: short };
    if (short > 27) throw new NoCbor('of no definite length');
    const length = 1 << (short - 24);
    const argument = this.take(length).reduce((number, byte) => number * 256 + byte, 0);
    const least = length === 1 ? 24 : 2 ** (length * 4);
    if (argument < least || !Number.isSafeInteger(argument)) throw new NoCbor('not in its shortest form');
    return { kind, argument };
  }

  text(length) {
    const text = fromUtf8(this.take(length));
    if (text === null) throw new NoCbor('not UTF-8');
    return text;
  }

  array(length, depth) {
    const items = [];
    while (items.length < length) items.push(this.value(depth + 1));
    return items;
  }

  map(length, depth) {
    const map = new Map();
    let last = -1;
    while (map.size < length) {
      const key = this.value(DEEPEST);
      // In the order of their encodings, negative numbers stand behind the others.
      const rank = key < 0 ? 2 ** 33 - key : key;
      const isSmall = typeof key === 'number' && Math.abs(key) < 2 ** 32;
      if (!isSmall || rank <= last) throw new NoCbor('keys out of order');
      map.set(key, this.value(depth + 1));
      last = rank;
    }
    return map;
  }

  take(length) {
    if (length > this.bytes.length - this.at) throw new NoCbor('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function head(kind, length) {
  if (length < 24) return [(kind << 5) | length];
  if (length < 0x100) return [(kind << 5) | 24, length];
  return [(kind << 5) | 25, length >> 8, length & 0xff];
}
