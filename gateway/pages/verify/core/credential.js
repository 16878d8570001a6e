/**
 * The certificate as JSON: a W3C Verifiable Credential 2.0 about one vaccination.
 *
 * It has exactly the shape that issuers write, or it is none: so nothing can be put beside what is signed.
 *
 * @module
 */

import { issuerOf, statusListUrl } from './issuer.js';
import { PROOF } from './proof.js';
import { day, decimal, exactly, list, moment, object, text, urn, uuid, whole } from './shape.js';

/** The longest certificate that is read, in bytes. */
export const LONGEST = 16 * 1024;

const W3C_CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const U32 = 2 ** 32 - 1;

const STATUS = object({
  id: text,
  statusListCredential: text,
  statusListIndex: decimal(BigInt(U32)),
  statusPurpose: exactly('revocation'),
  type: exactly('BitstringStatusListEntry'),
});

const SUBJECT = object(
  {
    age: text,
    birthYear: whole(-32768, 32767),
    gender: text,
    name: text,
    refId: decimal(2n ** 64n - 1n),
    type: exactly('Person'),
  },
  { dob: day, identityDocument: object({ kind: text, lastFour: text }), passportNumber: text },
);

const FACILITY = object({
  address: object({ addressCountry: text, addressRegion: text, district: text }),
  name: text,
});

const EVIDENCE = object(
  {
    certificateId: uuid,
    date: day,
    dose: whole(0, 255),
    facility: FACILITY,
    icd11Code: text,
    id: urn,
    manufacturer: text,
    prophylaxis: text,
    totalDoses: whole(0, 255),
    type: list(exactly('Vaccination')),
    vaccine: text,
    verifier: object({ name: text }),
    version: whole(0, U32),
  },
  { batch: text, effectiveStart: day, effectiveUntil: day, previousCertificateId: uuid },
);

const CREDENTIAL = object(
  {
    '@context': list(exactly(W3C_CONTEXT), text),
    credentialStatus: STATUS,
    credentialSubject: SUBJECT,
    evidence: list(EVIDENCE),
    id: urn,
    issuer: text,
    proof: PROOF,
    type: list(exactly('VerifiableCredential'), exactly('ProofOfVaccinationCredential')),
    validFrom: moment,
  },
  { validUntil: moment },
);

/**
 * Whether a document is a certificate of ours, by its shape. Whether it is genuine is another question.
 *
 * @param {unknown} document As {@link import("./json.js").parseJson} reads it.
 * @returns {boolean}
 */
export function isCredential(document) {
  return CREDENTIAL(document) && follows(document);
}

/**
 * Whether a document says that it is a certificate of our kind, whatever its shape.
 *
 * @param {any} document
 * @returns {boolean}
 */
export function isOfOurKind(document) {
  return Array.isArray(document?.type) && document.type.includes('ProofOfVaccinationCredential');
}

/**
 * Which bit of which of its issuer's lists tells whether it was revoked.
 *
 * @param {any} credential
 * @returns {{ list: number, index: number }}
 */
export function statusSlot({ credentialStatus }) {
  const list = credentialStatus.statusListCredential.split('/').at(-1);
  return { list: Number(list), index: Number(credentialStatus.statusListIndex) };
}

/**
 * What a certificate says, in the words of a {@link import("./verifier.js").Facts}.
 *
 * @param {any} credential
 * @returns {import("./verifier.js").Facts}
 */
export function factsOfCredential(credential) {
  const {
    credentialSubject: subject,
    evidence: [dose],
  } = credential;
  return {
    issuer: credential.issuer,
    certificateId: dose.certificateId,
    signed: credential.proof.created,
    validFrom: credential.validFrom,
    validUntil: credential.validUntil ?? null,
    name: subject.name,
    gender: subject.gender,
    birthYear: subject.birthYear,
    dateOfBirth: subject.dob ?? null,
    passport: subject.passportNumber ?? null,
    reference: subject.refId,
    dose: dose.dose,
    totalDoses: dose.totalDoses,
    date: dose.date,
    vaccine: dose.vaccine,
    manufacturer: dose.manufacturer,
    icd11Code: dose.icd11Code,
    prophylaxis: dose.prophylaxis,
    batch: dose.batch ?? null,
    facility: dose.facility.name,
    district: dose.facility.address.district,
    state: dose.facility.address.addressRegion,
    country: dose.facility.address.addressCountry,
  };
}

/** Whether what follows from the issuer and the id is what stands there. */
function follows(credential) {
  const issuer = issuerOf(credential.issuer);
  if (issuer === null) return false;
  const { statusListCredential, statusListIndex, id } = credential.credentialStatus;
  const { list } = statusSlot(credential);
  return (
    credential['@context'][1] === issuer.context &&
    `urn:uuid:${credential.evidence[0].certificateId}` === credential.id &&
    whole(0, U32)(list) &&
    statusListUrl(issuer, list) === statusListCredential &&
    `${statusListCredential}#${statusListIndex}` === id
  );
}
