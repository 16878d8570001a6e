/**
 * The certificate in a QR code: a CBOR Web Token (RFC 8392) in a COSE signature (RFC 9052), compressed, in base45 behind
 * `OCW1:`; bare, or as the fragment of a link to a page such as this.
 *
 * @module
 */

import { equal, fromBase45 } from './bytes.js';
import { NoCbor, Tagged, parseCbor, writeStrings } from './cbor.js';
import { verifyEd25519 } from './ed25519.js';
import { Damaged, inflate } from './inflate.js';
import { whole } from './shape.js';

const PREFIX = 'OCW1:';

/** The longest text that is looked at, in bytes: what the largest QR code holds. */
export const LONGEST = 4296;

/** The most bytes that a text may decompress to. */
const MOST = 8 * 1024;

/** `{1: -8, 4: h'…'}`: the algorithm EdDSA and eight bytes of the key's id. */
const HEADER_START = Uint8Array.of(0xa2, 0x01, 0x27, 0x04, 0x48);
const SIGN1 = 18;
const VACCINATION = -65537;

const isText = value => typeof value === 'string';
const u32 = whole(0, 2 ** 32 - 1);
const u8 = whole(0, 255);
const days = whole(-719528, 2932896);
const moment = whole(-62167219200, 253402300799);
const bytes = length => value => value instanceof Uint8Array && value.length === length;

/** The claims, and in the private one what is said of the vaccination: numbers of members, and what they may be. */
const CLAIMS = { 1: isText, 5: moment, 6: moment, 7: bytes(16), [VACCINATION]: isVaccination };
const MAY_CLAIM = { 4: moment };
const SAYS = {
  1: isText,
  2: isText,
  3: whole(-32768, 32767),
  4: u8,
  5: u8,
  6: isText,
  7: isText,
  8: isText,
  9: isText,
  10: days,
  11: isText,
  12: isText,
  13: isText,
  14: isText,
  15: whole(0, Number.MAX_SAFE_INTEGER),
  16: value => Array.isArray(value) && value.length === 2 && value.every(u32),
};
const MAY_SAY = { 17: isText, 18: days, 19: isText };

/**
 * @typedef {object} Token
 * @property {Uint8Array} keyId The short id of the key that it names.
 * @property {Map<number, any>} claims
 * @property {Uint8Array} statement What is signed.
 * @property {Uint8Array} signature
 */

/**
 * The text of a certificate's code in what a scanner read: alone, or behind `#` of a link, which may lead to anybody.
 *
 * @param {string} scanned
 * @returns {string | null} `null` if it is something else.
 */
export function codeIn(scanned) {
  const hash = scanned.indexOf('#');
  const fragment = scanned
    .slice(hash + 1)
    .replaceAll('%20', ' ')
    .replaceAll('%25', '%');
  const text = hash < 0 ? scanned : fragment;
  return text.startsWith(PREFIX) ? text : null;
}

/**
 * Reads a code's text.
 *
 * @param {string} text As {@link codeIn} finds it.
 * @returns {Promise<Token | null>} `null` if it holds something else than a certificate, in the one form that is written.
 * @throws {Damaged | TooLong} A part of it is missing or was misread; or it holds more than a certificate can.
 */
export async function readToken(text) {
  const packed = fromBase45(text.slice(PREFIX.length));
  if (packed === null) throw new Damaged('not base45');
  const plain = await inflate(packed, 'deflate', MOST);
  try {
    return tokenOf(plain);
  } catch (error) {
    if (error instanceof NoCbor) return null;
    throw error;
  }
}

/**
 * Whether a key's holder signed a token.
 *
 * @param {Token} token
 * @param {Uint8Array} key
 * @returns {Promise<boolean>}
 */
export function tokenHolds({ statement, signature }, key) {
  return verifyEd25519(key, statement, signature);
}

/**
 * Which bit of which of its issuer's lists tells whether it was revoked.
 *
 * @param {Token} token
 * @returns {{ list: number, index: number }}
 */
export function slotOfToken({ claims }) {
  const [list, index] = claims.get(VACCINATION).get(16);
  return { list, index };
}

/**
 * What a token says.
 *
 * @param {Token} token
 * @returns {import("./verifier.js").Facts}
 */
export function factsOfToken({ claims }) {
  const says = number => claims.get(VACCINATION).get(number) ?? null;
  return {
    issuer: claims.get(1),
    certificateId: uuidText(claims.get(7)),
    signed: momentText(claims.get(6)),
    validFrom: momentText(claims.get(5)),
    validUntil: claims.has(4) ? momentText(claims.get(4)) : null,
    name: says(1),
    gender: says(2),
    birthYear: says(3),
    dateOfBirth: says(18) === null ? null : dayText(says(18)),
    passport: says(19),
    reference: String(says(15)),
    dose: says(4),
    totalDoses: says(5),
    date: dayText(says(10)),
    vaccine: says(6),
    manufacturer: says(7),
    icd11Code: says(8),
    prophylaxis: says(9),
    batch: says(17),
    facility: says(11),
    district: says(12),
    state: says(13),
    country: says(14),
  };
}

function tokenOf(cbor) {
  const outer = parseCbor(cbor);
  if (!(outer instanceof Tagged) || outer.tag !== SIGN1 || !Array.isArray(outer.value)) return null;
  const [header, open, payload, signature, ...more] = outer.value;
  const isOurs =
    bytes(HEADER_START.length + 8)(header) &&
    equal(header.subarray(0, HEADER_START.length), HEADER_START) &&
    open instanceof Map &&
    open.size === 0 &&
    payload instanceof Uint8Array &&
    bytes(64)(signature) &&
    more.length === 0;
  if (!isOurs) return null;
  const claims = parseCbor(payload);
  if (!isMap(claims, CLAIMS, MAY_CLAIM)) return null;
  const statement = writeStrings(['Signature1', header, new Uint8Array(), payload]);
  return { keyId: header.subarray(HEADER_START.length), claims, statement, signature };
}

function isVaccination(value) {
  return isMap(value, SAYS, MAY_SAY);
}

function isMap(value, required, optional) {
  if (!(value instanceof Map)) return false;
  const shapes = { ...required, ...optional };
  const numbers = Object.keys(required);
  return (
    numbers.every(number => value.has(Number(number))) &&
    [...value].every(([number, member]) => shapes[number]?.(member) ?? false)
  );
}

function momentText(seconds) {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

function dayText(number) {
  return new Date(number * 86_400_000).toISOString().slice(0, 10);
}

function uuidText(raw) {
  const hex = [...raw].map(byte => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
