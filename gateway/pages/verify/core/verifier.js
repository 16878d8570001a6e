/**
 * Says what a certificate is worth, with nothing but the keys that it is given: the same as the issuer's own verifier.
 *
 * @module
 */

import { equal, fromUtf8, toUtf8 } from './bytes.js';
import { LONGEST as LONGEST_CODE, codeIn, factsOfToken, readToken, slotOfToken, tokenHolds } from './compact.js';
import { LONGEST, factsOfCredential, isCredential, isOfOurKind, statusSlot } from './credential.js';
import { Damaged, TooLong } from './inflate.js';
import { issuerOf } from './issuer.js';
import { NoJson, parseJson } from './json.js';
import { objection } from './keys.js';
import { proves } from './proof.js';
import { isSet } from './status.js';
import { narrow, unzip } from './zip.js';

/**
 * @typedef {object} Facts What a certificate says; days as `2021-04-28`, moments as `2021-04-28T10:30:00Z`.
 * @property {string} issuer
 * @property {string} certificateId
 * @property {string} signed
 * @property {string} validFrom
 * @property {string | null} validUntil
 * @property {string} name
 * @property {string} gender
 * @property {number} birthYear
 * @property {string | null} dateOfBirth
 * @property {string | null} passport
 * @property {string} reference
 * @property {number} dose
 * @property {number} totalDoses
 * @property {string} date
 * @property {string} vaccine
 * @property {string} manufacturer
 * @property {string} icd11Code
 * @property {string} prophylaxis
 * @property {string | null} batch
 * @property {string} facility
 * @property {string} district
 * @property {string} state
 * @property {string} country
 *
 * @typedef {object} Verdict
 * @property {"valid" | "altered" | "revoked" | "unknown-issuer" | "expired"} outcome
 * @property {"shape" | "signature" | "issuer" | "key" | "key-revoked" | "key-retired" | "status" | "not-yet-valid" | "over"
 *   | "disagreement" | null} reason Why it is worth less than valid.
 * @property {Facts | null} facts What it says, if its issuer said so.
 * @property {{ asOf: string, stale: boolean } | null} status As of when it is known whether it was revoked; `null` if that
 *   is not known.
 *
 * @typedef {object} Trust Whom to believe.
 * @property {(did: string) => Promise<import("./keys.js").Key[] | null>} keys The pinned keys of an issuer, if there are.
 * @property {(issuer: import("./issuer.js").Issuer, list: number) => Promise<import("./status.js").StatusList | null>} list
 *   An issuer's status list, if it can be had.
 */

/** It is no certificate at all, or cannot be made out. */
export class Unreadable extends Error {
  /** @param {"foreign" | "damaged" | "too-long"} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * Says what a certificate is worth.
 *
 * @param {Uint8Array | string} input JSON, DIVOC's ZIP, or the text of a code.
 * @param {Trust} trust
 * @param {Date} at
 * @returns {Promise<Verdict>}
 * @throws {Unreadable}
 */
export async function verify(input, trust, at) {
  try {
    return await detect(typeof input === 'string' ? toUtf8(input) : input, trust, at);
  } catch (error) {
    if (error instanceof Damaged) throw new Unreadable('damaged');
    if (error instanceof TooLong) throw new Unreadable('too-long');
    throw error;
  }
}

async function detect(bytes, trust, at) {
  const text = fromUtf8(bytes)
    ?.replace(/^\ufeff/, '')
    .trim();
  if (text?.startsWith('{')) return verifyJson(text, trust, at);
  const zip = text?.startsWith('PK') ? narrow(text) : bytes;
  const json = zip && (await unzip(zip, LONGEST));
  if (json) return verifyJson(fromUtf8(json) ?? '', trust, at);
  if (text === undefined) throw new Unreadable('foreign');
  if (bytes.length > LONGEST_CODE) throw new Unreadable('too-long');
  const code = codeIn(text);
  if (code === null) throw new Unreadable('foreign');
  return verifyCode(code, trust, at);
}

async function verifyJson(text, trust, at) {
  if (toUtf8(text).length > LONGEST) throw new Unreadable('too-long');
  const document = read(text);
  if (!isCredential(document)) {
    if (!isOfOurKind(document ?? loosely(text))) throw new Unreadable('foreign');
    return refused('altered', 'shape');
  }
  return judge(
    {
      facts: factsOfCredential(document),
      slot: statusSlot(document),
      named: key => document.proof.verificationMethod === `${document.issuer}#${key.id}`,
      holds: key => proves(document, key.bytes),
    },
    trust,
    at,
  );
}

async function verifyCode(code, trust, at) {
  const token = await readToken(code);
  if (token === null) return refused('altered', 'shape');
  return judge(
    {
      facts: factsOfToken(token),
      slot: slotOfToken(token),
      named: key => equal(key.shortId, token.keyId),
      holds: key => tokenHolds(token, key.bytes),
    },
    trust,
    at,
  );
}

/** What both forms are judged by: who signed, whether the signature holds, and only then what is said. */
async function judge({ facts, slot, named, holds }, trust, at) {
  const keys = await trust.keys(facts.issuer);
  if (keys === null) return refused('unknown-issuer', 'issuer');
  const key = keys.find(candidate => candidate.purpose === 'certificates' && named(candidate));
  if (!key) return refused('unknown-issuer', 'key');
  if (!(await holds(key))) return refused('altered', 'signature');
  const against = objection(key, facts.signed);
  // Whoever has such a key can write anything: what is said is not even shown.
  if (against !== null) return refused('revoked', against);
  const list = await trust.list(issuerOf(facts.issuer), slot.list);
  return genuine(facts, list, list && isSet(list, slot.index), at);
}

/** The verdict on a certificate that its issuer did sign. */
function genuine(facts, list, revoked, at) {
  const stale = list !== null && at >= new Date(list.until);
  const status = revoked === null ? null : { asOf: list.asOf, stale };
  const verdict = (outcome, reason) => ({ outcome, reason, facts, status });
  if (revoked) return verdict('revoked', 'status');
  if (at < new Date(facts.validFrom)) return verdict('expired', 'not-yet-valid');
  if (facts.validUntil !== null && at >= new Date(facts.validUntil)) return verdict('expired', 'over');
  return verdict('valid', null);
}

/** The verdict on what its issuer does not stand for: nothing of what it says is repeated. */
function refused(outcome, reason) {
  return { outcome, reason, facts: null, status: null };
}

function read(text) {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof NoJson) return null;
    throw error;
  }
}

/** As others read it: only to tell a certificate that was changed from something else. */
function loosely(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
