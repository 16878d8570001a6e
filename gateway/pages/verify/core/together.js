/**
 * One verdict on a document that holds its certificate in several forms, as a PDF does: as attachment and as QR code.
 *
 * @module
 */

import { Unreadable, verify } from './verifier.js';

/** From the worst: a part that is not genuine makes the whole so. */
const ORDER = ['altered', 'revoked', 'unknown-issuer', 'expired', 'valid'];

/**
 * Says what a document is worth by all of its parts. Parts that are no certificates, such as other codes on the page, do not
 * count unless there are no others.
 *
 * @param {(Uint8Array | string)[]} parts
 * @param {import("./verifier.js").Trust} trust
 * @param {Date} at
 * @returns {Promise<import("./verifier.js").Verdict>}
 * @throws {Unreadable}
 */
export async function verifyTogether(parts, trust, at) {
  const verdicts = [];
  let why = new Unreadable('foreign');
  for (const part of parts) {
    try {
      verdicts.push(await verify(part, trust, at));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (error.why !== 'foreign') why = error;
    }
  }
  if (verdicts.length === 0) throw why;
  const ids = new Set(verdicts.flatMap(({ facts }) => facts?.certificateId ?? []));
  if (ids.size > 1) return { outcome: 'altered', reason: 'disagreement', facts: null, status: null };
  const rank = ({ outcome }) => ORDER.indexOf(outcome);
  return verdicts.reduce((worst, next) => (rank(next) < rank(worst) ? next : worst));
}
