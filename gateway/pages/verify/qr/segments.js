/**
 * From a symbol's data to its text (ISO/IEC 18004, 7.4).
 *
 * @module
 */

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Bits of a segment's length, for versions 1 to 9, 10 to 26, and 27 to 40. */
const LENGTH_BITS = { 1: [10, 12, 14], 2: [9, 11, 13], 4: [8, 16, 16] };

/**
 * The text of a symbol.
 *
 * @param {Uint8Array} data Its data codewords.
 * @param {number} version
 * @returns {string | null} `null` if it has segments of other kinds than digits, alphanumeric characters and bytes, or is
 *   cut short.
 */
export function textOf(data, version) {
  const bits = new Bits(data);
  const text = new Text();
  while (bits.left >= 4) {
    const mode = bits.take(4);
    if (mode === 0) break;
    const known = LENGTH_BITS[mode];
    if (mode === 7) skipDesignator(bits);
    else if (mode === 5) continue;
    else if (mode === 9) bits.take(8);
    else if (!known) return null;
    else read(bits, mode, bits.take(known[version < 10 ? 0 : version < 27 ? 1 : 2]), text);
    if (bits.left < 0) return null;
  }
  return text.finish();
}

function read(bits, mode, length, text) {
  if (length * (mode === 4 ? 8 : 3) > bits.left) bits.left = -1;
  else if (mode === 1) readDigits(bits, length, text);
  else if (mode === 2) readAlphanumeric(bits, length, text);
  else for (let at = 0; at < length; at++) text.byte(bits.take(8));
}

function readDigits(bits, length, text) {
  for (let rest = length; rest > 0; rest -= 3) {
    const digits = Math.min(rest, 3);
    text.characters(String(bits.take([4, 7, 10][digits - 1])).padStart(digits, '0'));
  }
}

function readAlphanumeric(bits, length, text) {
  for (let rest = length; rest > 1; rest -= 2) {
    const pair = bits.take(11);
    text.characters((ALPHANUMERIC[Math.floor(pair / 45)] ?? '') + ALPHANUMERIC[pair % 45]);
  }
  if (length % 2 === 1) text.characters(ALPHANUMERIC[bits.take(6)] ?? '');
}

/** Which alphabet bytes are in. Writers that name one mean UTF-8; those that mean another are read by guess too. */
function skipDesignator(bits) {
  const first = bits.take(8);
  if (first & 0x80) bits.take(first & 0x40 ? 16 : 8);
}

class Bits {
  #at = 0;

  constructor(bytes) {
    this.bytes = bytes;
    this.left = bytes.length * 8;
  }

  take(count) {
    this.left -= count;
    let value = 0;
    for (let taken = 0; taken < count; taken++, this.#at++) {
      const byte = this.bytes[this.#at >> 3] ?? 0;
      value = (value << 1) | ((byte >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }
}

/** Text in the making. Characters may be spread over segments, so bytes are collected before they are read. */
class Text {
  #bytes = [];

  byte(byte) {
    this.#bytes.push(byte);
  }

  characters(text) {
    for (const character of text) this.#bytes.push(character.charCodeAt(0));
  }

  /** As UTF-8; writers that know the standard's letter alone mean ISO 8859-1. */
  finish() {
    const bytes = Uint8Array.from(this.#bytes);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return this.#bytes.map(byte => String.fromCharCode(byte)).join('');
    }
  }
}
