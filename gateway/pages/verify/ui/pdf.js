/**
 * What can be verified in a PDF: attached documents, and pictures in which there may be codes.
 *
 * This is no reader of PDF: it looks for streams that are described where they stand, as those of issued certificates and of
 * scanners are. What a PDF shows beside is not looked at, and the page shows what was signed instead.
 *
 * @module
 */

import { inflate } from '../core/inflate.js';

/** The most streams that are looked at, and the most bytes that one may unpack to. */
const MOST_STREAMS = 400;
const MOST = 32 * 1024 * 1024;

/** The most attachments and pictures that are looked at. */
const MOST_PARTS = 8;

/** The longest document that is taken for a certificate. */
const LONGEST_DOCUMENT = 16 * 1024;

/**
 * @typedef {object} Contents
 * @property {Uint8Array[]} documents Attached files.
 * @property {import("../qr/picture.js").Picture[]} pictures Those of one or eight bits a pixel.
 * @property {Uint8Array[]} photographs Those in JPEG.
 */

/**
 * Looks into a PDF.
 *
 * @param {Uint8Array} file
 * @returns {Promise<Contents>}
 */
export async function contentsOf(file) {
  const contents = { documents: [], pictures: [], photographs: [] };
  for (const { head, body } of streamsOf(file)) {
    if (Object.values(contents).some(parts => parts.length >= MOST_PARTS)) break;
    if (/\/Type\s*\/EmbeddedFile\b/.test(head)) {
      const plain = await unpack(head, body, LONGEST_DOCUMENT);
      if (plain) contents.documents.push(plain);
    } else if (/\/Subtype\s*\/Image\b/.test(head)) {
      if (/\/Filter\s*(\[\s*)?\/DCTDecode\b/.test(head)) contents.photographs.push(body);
      else contents.pictures.push(...(await picture(head, body)));
    }
  }
  return contents;
}

/** Streams with the dictionary before them and a length that stands in it. */
function* streamsOf(file) {
  const text = Array.from(chunks(file), chunk => String.fromCharCode(...chunk)).join('');
  const start = /\bobj\b([^]{0,2000}?)\bstream(\r\n|\n)/g;
  for (let count = 0; count < MOST_STREAMS; count++) {
    const found = start.exec(text);
    if (!found) return;
    const head = found[1];
    const length = Number(/\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(head)?.[1]);
    const from = found.index + found[0].length;
    if (!(from + length <= file.length)) continue;
    yield { head, body: file.subarray(from, from + length) };
    start.lastIndex = from + length;
  }
}

function* chunks(bytes) {
  for (let at = 0; at < bytes.length; at += 8192) yield bytes.subarray(at, at + 8192);
}

async function unpack(head, body, most) {
  const filter = /\/Filter\s*(?:\[\s*)?\/(\w+)/.exec(head)?.[1];
  if (filter === undefined) return body.length <= most ? body : null;
  if (filter !== 'FlateDecode' || /\/Predictor\s+(?!1\b)/.test(head)) return null;
  return inflate(body, 'deflate', most).catch(() => null);
}

/** A picture in shades of grey, if it is one. */
async function picture(head, body) {
  const value = name => Number(new RegExp(`/${name}\\s+(\\d+)`).exec(head)?.[1]);
  const [width, height, bits] = ['Width', 'Height', 'BitsPerComponent'].map(value);
  const isGrey = /\/ColorSpace\s*\/DeviceGray\b/.test(head) && !/\/Decode\b/.test(head);
  if (!isGrey || (bits !== 1 && bits !== 8)) return [];
  const row = Math.ceil((width * bits) / 8);
  const plain = row * height <= MOST ? await unpack(head, body, row * height) : null;
  if (plain?.length !== row * height) return [];
  const shade = (x, y) => (bits === 8 ? plain[y * row + x] : (plain[y * row + (x >> 3)] << (x & 7)) & 0x80 && 255);
  const shades = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) shades[at] = shade(x, y);
  }
  return [{ width, height, shades }];
}
