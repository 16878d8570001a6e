/**
 * Status lists: a bit for each certificate, which is set once that is revoked (W3C, Bitstring Status List 1.0). A list is
 * fetched whole, so that nobody learns whose certificate is asked for.
 *
 * @module
 */

import { fromBase64url } from './bytes.js';
import { inflate } from './inflate.js';
import { issuerOf, statusListUrl } from './issuer.js';
import { objection } from './keys.js';
import { PROOF, proves } from './proof.js';
import { exactly, list, moment, object, text } from './shape.js';

/** The longest list that is read, in bytes. */
export const LONGEST = 256 * 1024;

/** The bits of a list, in bytes. */
const BYTES = 2 ** 20 / 8;

const LIST = object({
  '@context': list(exactly('https://www.w3.org/ns/credentials/v2')),
  credentialSubject: object({
    encodedList: text,
    id: text,
    statusPurpose: exactly('revocation'),
    type: exactly('BitstringStatusList'),
  }),
  id: text,
  issuer: text,
  proof: PROOF,
  type: list(exactly('VerifiableCredential'), exactly('BitstringStatusListCredential')),
  validFrom: moment,
  validUntil: moment,
});

/**
 * @typedef {object} StatusList
 * @property {string} url
 * @property {Uint8Array} bits
 * @property {string} asOf When it was made.
 * @property {string} until Until when it may be believed.
 */

/**
 * Reads a status list that one of its issuer's keys has signed.
 *
 * @param {any} document As {@link import("./json.js").parseJson} reads it.
 * @param {import("./issuer.js").Issuer} issuer
 * @param {import("./keys.js").Key[]} keys The issuer's.
 * @returns {Promise<StatusList | null>} `null` if it is none, another issuer's, or nobody has signed it.
 */
export async function readStatusList(document, issuer, keys) {
  if (!LIST(document) || document.issuer !== issuer.did || !isOwn(document)) return null;
  const { created, verificationMethod } = document.proof;
  const named = key => key.purpose === 'status' && verificationMethod === `${issuer.did}#${key.id}`;
  const key = keys.find(named);
  if (!key || objection(key, created) !== null || !(await proves(document, key.bytes))) return null;
  const bits = await unpack(document.credentialSubject.encodedList);
  return bits && { url: document.id, bits, asOf: document.validFrom, until: document.validUntil };
}

/**
 * @param {StatusList} list
 * @param {number} index
 * @returns {boolean | null} Whether a bit is set; the first is the left-most. `null` if the list has no such bit.
 */
export function isSet({ bits }, index) {
  const byte = bits[index >>> 3];
  return byte === undefined ? null : (byte & (0x80 >> (index & 7))) !== 0;
}

function isOwn({ id, issuer, credentialSubject }) {
  const number = /\/(0|[1-9][0-9]{0,9})$/.exec(id)?.[1];
  const host = issuerOf(issuer);
  return number !== undefined && statusListUrl(host, Number(number)) === id && credentialSubject.id === `${id}#list`;
}

/** The bits, or `null` if they are not exactly a list's. */
async function unpack(encoded) {
  const packed = encoded.startsWith('u') ? fromBase64url(encoded.slice(1)) : null;
  if (packed === null) return null;
  const bits = await inflate(packed, 'gzip', BYTES).catch(() => null);
  return bits?.length === BYTES ? bits : null;
}
