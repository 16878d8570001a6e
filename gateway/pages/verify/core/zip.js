/**
 * DIVOC's packing of a certificate: a ZIP with one member, `certificate.json`, as a file or, in its QR codes, with each byte
 * as the character of that number.
 *
 * @module
 */

import { fromUtf8 } from './bytes.js';
import { inflate } from './inflate.js';

const NAME = 'certificate.json';
const DEFLATE = 8;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;

/**
 * Unpacks the certificate.
 *
 * @param {Uint8Array} zip
 * @param {number} most How many bytes it may have.
 * @returns {Promise<Uint8Array | null>} `null` if it is no such ZIP.
 * @throws {import("./inflate.js").Damaged | import("./inflate.js").TooLong}
 */
export async function unzip(zip, most) {
  if (zip.length < 46) return null;
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const nameLength = view.getUint16(26, true);
  const start = 30 + nameLength + view.getUint16(28, true);
  const isOurs =
    view.getUint32(0, true) === LOCAL &&
    view.getUint16(8, true) === DEFLATE &&
    fromUtf8(zip.subarray(30, 30 + nameLength)) === NAME;
  if (!isOurs) return null;
  return inflate(zip.subarray(start, start + packedSize(view)), 'deflate-raw', most);
}

/** The bytes that stand as characters of their number; `null` if there is another character. */
export function narrow(text) {
  const codes = [...text].map(character => character.codePointAt(0));
  return codes.every(code => code < 256) ? Uint8Array.from(codes) : null;
}

/** The size of the packed member. Writers that stream leave it out of the local header; it is in the central one. */
function packedSize(view) {
  const local = view.getUint32(18, true);
  if (local > 0) return local;
  for (let at = view.byteLength - 46; at > 0; at--) {
    if (view.getUint32(at, true) === CENTRAL) return view.getUint32(at + 20, true);
  }
  return 0;
}
