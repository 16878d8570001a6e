/**
 * The service behind the page (`gateway/pages/README.md` has the contract).
 *
 * @module
 */

import { fromBase64url, fromUtf8, toUtf8, sha256 } from '../verify/core/bytes.js';
import { NoJson, parseJson } from '../verify/core/json.js';

/** Codes of the wire that say more than the answer's status does. */
const STATUS_BY_CODE = { USRAUT0014: 401, USRAUT0018: 429 };

const BASE = '/api/v3/vaccination';

/**
 * Who asks: what the page was opened with.
 *
 * @typedef {object} Question
 * @property {string} partner The verifying party; empty if the person asks for themself.
 * @property {string} origin Where the page is embedded.
 * @property {string} nonce What the party recognises the answer by.
 */

/** A step that was refused. */
export class Refused extends Error {
  /** @param {number} status That of the answer; 0 if there was none. */
  constructor(status) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/**
 * The name of the verifying party, if it may ask from that origin.
 *
 * @param {Question} question
 * @returns {Promise<string>}
 * @throws {Refused}
 */
export async function partyOf(question) {
  const { name } = await call(question, '/status/partner', {});
  if (typeof name !== 'string') throw new Refused(500);
  return name;
}

/**
 * Asks for a code to be sent to a mobile number.
 *
 * @param {Question} question
 * @param {{ mobile: string, name: string, consent: string }} person
 * @returns {Promise<string>} The transaction.
 * @throws {Refused}
 */
export async function sendCode(question, { mobile, name, consent }) {
  const body = { mobile_number: mobile, full_name: name.normalize('NFC'), consent_version: consent };
  const { txnId } = await call(question, '/generateOTP', { method: 'POST', body });
  if (typeof txnId !== 'string') throw new Refused(500);
  return txnId;
}

/**
 * Confirms the code and asks for the status.
 *
 * @param {Question} question
 * @param {string} txnId
 * @param {string} code
 * @returns {Promise<{ status: 0 | 1 | 2, answer: string | null }>} The status, and the same signed for the party.
 * @throws {Refused}
 */
export async function statusBy(question, txnId, code) {
  const hash = await sha256(toUtf8(code));
  const otp = [...hash].map(byte => byte.toString(16).padStart(2, '0')).join('');
  const { token } = await call(question, '/confirmOTP', { method: 'POST', body: { otp, txnId } });
  const headers = { Authorization: `Bearer ${token}` };
  const { vaccination_status: status, answer = null } = await call(question, '/status', { headers });
  const isAnswered = question.partner === '' || says(answer, status, question);
  if (![0, 1, 2].includes(status) || !isAnswered) throw new Refused(500);
  return { status, answer };
}

/** Whether a signed answer says this to this question. Who asked checks the signature. */
function says(answer, status, { nonce }) {
  const payload = typeof answer === 'string' ? fromBase64url(answer.split('.')[1] ?? '') : null;
  try {
    const said = parseJson((payload && fromUtf8(payload)) ?? '');
    return said?.nonce === nonce && said.vaccination_status === status;
  } catch (error) {
    if (error instanceof NoJson) return false;
    throw error;
  }
}

async function call({ partner, origin, nonce }, path, { method = 'GET', headers = {}, body }) {
  const asked = partner === '' ? '' : `?${new URLSearchParams({ partner, origin, nonce })}`;
  const content = body && { body: JSON.stringify(body) };
  const type = body && { 'Content-Type': 'application/json' };
  const request = { method, headers: { ...headers, ...type }, credentials: 'omit', ...content };
  const answer = await fetch(`${BASE}${path}${asked}`, request).catch(() => null);
  if (answer === null) throw new Refused(0);
  if (!answer.ok) throw new Refused(await statusOf(answer));
  return answer.json().catch(() => {
    throw new Refused(500);
  });
}

async function statusOf(answer) {
  const { errorCode } = await answer.json().catch(() => ({}));
  return STATUS_BY_CODE[errorCode] ?? answer.status;
}
