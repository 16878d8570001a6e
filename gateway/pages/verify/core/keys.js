/**
 * The keys that an issuer publishes, in `/.well-known/did.json` or `/.well-known/jwks.json`.
 *
 * A key's id is its thumbprint (RFC 7638), whatever document it stands in: one under another's name is not taken.
 *
 * @module
 */

import { equal, fromBase58, fromBase64url, sha256, toBase64url, toUtf8 } from './bytes.js';
import { isStrongKey } from './ed25519.js';
import { issuerOf } from './issuer.js';
import { moment } from './shape.js';

/**
 * @typedef {object} Key
 * @property {Uint8Array} bytes The public key.
 * @property {string} id Its thumbprint, in base64url.
 * @property {Uint8Array} shortId The first eight bytes of the thumbprint, which QR codes hold.
 * @property {string} purpose What it signs: `certificates`, `status`, `kyc`, or `log`.
 * @property {string | null} signsUntil Until when it signs, once that is known.
 * @property {string | null} revoked Since when it is not to be trusted.
 */

/** How Multikey says that 32 bytes are an Ed25519 key (multicodec `ed25519-pub`, as a varint). */
const MULTICODEC = Uint8Array.of(0xed, 0x01);

/** Purposes whose keys make proofs, and so have to stand in `assertionMethod`. */
const ASSERTING = ['certificates', 'status'];

/**
 * Reads a DID document.
 *
 * @param {any} document
 * @returns {Promise<{ issuer: import("./issuer.js").Issuer, keys: Key[] } | null>} `null` if it is that of no issuer.
 *   Keys that are none of its own are left out.
 */
export async function keysOfDid(document) {
  const issuer = issuerOf(document?.id);
  if (issuer === null || !Array.isArray(document.verificationMethod)) return null;
  const methods = document.verificationMethod.filter(method => isOurs(document, method));
  const keys = methods.map(async method => {
    const key = await publish(fromMultikey(method.publicKeyMultibase), method);
    return key && method.id === `${issuer.did}#${key.id}` ? key : null;
  });
  return { issuer, keys: (await Promise.all(keys)).filter(Boolean) };
}

/**
 * Reads a key set, which does not say whose it is.
 *
 * @param {any} set
 * @returns {Promise<Key[]>} Its keys, without those that are none of ours.
 */
export async function keysOfJwks(set) {
  const ours = jwk => jwk?.kty === 'OKP' && jwk.crv === 'Ed25519' && typeof jwk.x === 'string';
  const keys = (Array.isArray(set?.keys) ? set.keys : []).filter(ours).map(async jwk => {
    const key = await publish(fromBase64url(jwk.x), jwk);
    return key?.id === jwk.kid ? key : null;
  });
  return (await Promise.all(keys)).filter(Boolean);
}

/**
 * What is to be said against a signature of a key. A thief can give any time, so a revoked key's signatures are all
 * refused; a retired key's holder is still the issuer.
 *
 * @param {Key} key
 * @param {string} signed When it was made, as the signer says.
 * @returns {"key-revoked" | "key-retired" | null}
 */
export function objection(key, signed) {
  if (key.revoked !== null) return 'key-revoked';
  return key.signsUntil !== null && signed >= key.signsUntil ? 'key-retired' : null;
}

function isOurs(document, method) {
  return (
    method?.type === 'Multikey' &&
    method.controller === document.id &&
    (method.revoked !== undefined ||
      !ASSERTING.includes(method.purpose) ||
      (Array.isArray(document.assertionMethod) && document.assertionMethod.includes(method.id)))
  );
}

function fromMultikey(text) {
  if (typeof text !== 'string' || !text.startsWith('z')) return null;
  const bytes = fromBase58(text.slice(1), MULTICODEC.length + 32);
  return bytes && equal(bytes.subarray(0, 2), MULTICODEC) ? bytes.subarray(2) : null;
}

/** A key as either document lists it; `null` if it is none that can be trusted. */
async function publish(bytes, { purpose, signsUntil = null, revoked = null }) {
  const times = [signsUntil, revoked].every(time => time === null || moment(time));
  if (bytes?.length !== 32 || !isStrongKey(bytes) || !times) return null;
  const thumbprint = await sha256(toUtf8(`{"crv":"Ed25519","kty":"OKP","x":"${toBase64url(bytes)}"}`));
  const id = toBase64url(thumbprint);
  return { bytes, id, shortId: thumbprint.subarray(0, 8), purpose, signsUntil, revoked };
}
