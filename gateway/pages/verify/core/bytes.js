/**
 * Bytes and their texts. Each text has one reading: what is not in the one form in which we write it is refused.
 *
 * @module
 */

const BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The value of each character of an alphabet. */
const digits = alphabet => new Map([...alphabet].map((character, at) => [character, at]));
const DIGITS_45 = digits(BASE45);
const DIGITS_58 = digits(BASE58);
const DIGITS_64 = digits(BASE64URL);

/**
 * Reads base45 (RFC 9285).
 *
 * @param {string} text
 * @returns {Uint8Array | null} `null` unless it is what bytes are written as.
 */
export function fromBase45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const group = text.slice(at, at + 3);
    let number = 0;
    for (let place = group.length - 1; place >= 0; place--) {
      number = number * 45 + (DIGITS_45.get(group[place]) ?? NaN);
    }
    if (group.length === 3 && number < 0x10000) {
      bytes.push(number >> 8, number & 0xff);
    } else if (group.length === 2 && number < 0x100) {
      bytes.push(number);
    } else {
      return null;
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * Reads base58 (Bitcoin's alphabet) of a known length.
 *
 * @param {string} text
 * @param {number} length How many bytes it has to be.
 * @returns {Uint8Array | null} `null` unless it is what so many bytes are written as.
 */
export function fromBase58(text, length) {
  if (text.length > 2 * length) return null;
  let number = 0n;
  for (const character of text) {
    const digit = DIGITS_58.get(character);
    if (digit === undefined) return null;
    number = number * 58n + BigInt(digit);
  }
  const bytes = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = Number(number & 0xffn);
    number >>= 8n;
  }
  const zeros = bytes.findIndex(byte => byte !== 0);
  const ones = [...text].findIndex(character => character !== '1');
  return number === 0n && zeros === ones ? bytes : null;
}

/**
 * Reads base64url without padding (RFC 4648, 5).
 *
 * @param {string} text
 * @returns {Uint8Array | null} `null` unless it is what bytes are written as.
 */
export function fromBase64url(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const digit = DIGITS_64.get(character);
    if (digit === undefined) return null;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  const rest = bits & ((1 << held) - 1);
  return held < 6 && rest === 0 ? bytes : null;
}

/**
 * Writes base64url without padding (RFC 4648, 5).
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64url(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const characters = Math.min(bytes.length - at, 3) + 1;
    for (let place = 0; place < characters; place++) {
      text += BASE64URL[(group >> (18 - 6 * place)) & 63];
    }
  }
  return text;
}

/**
 * Reads UTF-8.
 *
 * @param {Uint8Array} bytes
 * @returns {string | null} `null` if it is something else.
 */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @returns {Uint8Array} The text in UTF-8.
 */
export function toUtf8(text) {
  return new TextEncoder().encode(text);
}

/**
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} The parts, one behind the other.
 */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {boolean} Whether they are the same.
 */
export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Uint8Array>} Their SHA-256.
 */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
