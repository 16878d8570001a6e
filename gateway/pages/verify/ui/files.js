/**
 * What can be verified in a file.
 *
 * @module
 */

import { THOROUGH, readCodes } from '../qr/read.js';
import { contentsOf } from './pdf.js';
import { pictureOf } from './pictures.js';

/** The largest file that is read. */
const LARGEST = 24 * 1024 * 1024;

/**
 * The certificates in a file, each as its parts: a PDF is one certificate, of which it may hold several forms; on a picture
 * each code is one.
 *
 * @param {Blob} file JSON, the text of a code, a ZIP of DIVOC's, a PDF, or a picture that the browser can read.
 * @returns {Promise<(Uint8Array | string)[][]>} Empty if there is nothing that could be one.
 */
export async function certificatesIn(file) {
  if (file.size > LARGEST) return [];
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (startsWith(bytes, '%PDF-')) return [await partsOfPdf(bytes)].filter(parts => parts.length > 0);
  const picture = await pictureOf(file);
  return picture === null ? [[bytes]] : readCodes(picture, THOROUGH).map(text => [text]);
}

async function partsOfPdf(bytes) {
  const { documents, pictures, photographs } = await contentsOf(bytes);
  for (const photograph of photographs) {
    const picture = await pictureOf(new Blob([photograph]));
    if (picture) pictures.push(picture);
  }
  return [...documents, ...pictures.flatMap(picture => readCodes(picture, THOROUGH))];
}

function startsWith(bytes, text) {
  return [...text].every((character, at) => bytes[at] === character.charCodeAt(0));
}
