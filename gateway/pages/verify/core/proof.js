/**
 * Data Integrity proofs of the suite `eddsa-jcs-2022` (W3C, Data Integrity EdDSA Cryptosuites 1.0, 3.3).
 *
 * What is signed is SHA-256 of the canonical proof without its value, then SHA-256 of the canonical document without its
 * proof.
 *
 * @module
 */

import { concat, fromBase58, sha256, toUtf8 } from './bytes.js';
import { verifyEd25519 } from './ed25519.js';
import { canonical } from './jcs.js';
import { exactly, moment, object, text } from './shape.js';

/** The shape of a proof, but for its contexts, which have to be those of the document. */
export const PROOF = object({
  '@context': Array.isArray,
  created: moment,
  cryptosuite: exactly('eddsa-jcs-2022'),
  proofPurpose: exactly('assertionMethod'),
  proofValue: text,
  type: exactly('DataIntegrityProof'),
  verificationMethod: text,
});

/**
 * Whether a document's proof is one of this key.
 *
 * @param {any} document With its proof, of the shape {@link PROOF}.
 * @param {Uint8Array} key
 * @returns {Promise<boolean>}
 */
export async function proves(document, key) {
  const { proof, ...unsecured } = document;
  const { proofValue, ...options } = proof;
  const signature = proofValue.startsWith('z') ? fromBase58(proofValue.slice(1), 64) : null;
  if (signature === null || canonical(proof['@context']) !== canonical(document['@context'])) return false;
  const hashes = [options, unsecured].map(part => sha256(toUtf8(canonical(part))));
  return verifyEd25519(key, concat(...(await Promise.all(hashes))), signature);
}
