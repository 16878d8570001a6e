/**
 * Who issues: a host, and the names that follow from it.
 *
 * @module
 */

/**
 * @typedef {object} Issuer
 * @property {string} did `did:web:…`
 * @property {string} host The host, with a port if it is not the usual one.
 * @property {string} context The URL of the JSON-LD context of its certificates.
 */

const LABEL = '(?!-)[a-z0-9-]{1,63}(?<!-)';
const HOST = new RegExp(`^(?=.{1,259}$)${LABEL}(\\.${LABEL})*(:[1-9][0-9]{0,4})?$`);
const DID = 'did:web:';

/**
 * The issuer of a DID, in the one form that issuers write.
 *
 * @param {unknown} did
 * @returns {Issuer | null}
 */
export function issuerOf(did) {
  if (typeof did !== 'string' || !did.startsWith(DID)) return null;
  const host = did.slice(DID.length).replace('%3A', ':');
  const port = Number(host.split(':')[1] ?? 0);
  if (!HOST.test(host) || port > 65535 || DID + host.replace(':', '%3A') !== did) return null;
  return { did, host, context: `https://${host}/credentials/vaccination/v1` };
}

/**
 * @param {Issuer} issuer
 * @param {number} list The list's number.
 * @returns {string} The URL of a status list.
 */
export function statusListUrl(issuer, list) {
  return `https://${issuer.host}/credentials/status/${list}`;
}
