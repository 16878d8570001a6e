/**
 * From the modules of a symbol to its text (ISO/IEC 18004, 7).
 *
 * @module
 */

import { correct } from './reed-solomon.js';
import { textOf } from './segments.js';
import { LEVELS, alignmentCentres, blocksOf, sizeOf } from './tables.js';

/**
 * The modules of a symbol: 1 is dark.
 *
 * @typedef {object} Modules
 * @property {number} size
 * @property {Uint8Array} dark Row by row.
 */

/** Generators of the codes that protect format and version, and the mask over the former (7.9, 7.10). */
const FORMAT_GENERATOR = 0x537;
const FORMAT_MASK = 0x5412;
const VERSION_GENERATOR = 0x1f25;

const FORMATS = Array.from(
  { length: 32 },
  (_, data) => ((data << 10) | remainder(data, FORMAT_GENERATOR, 10)) ^ FORMAT_MASK,
);
const VERSIONS = Array.from({ length: 34 }, (_, at) => ((at + 7) << 12) | remainder(at + 7, VERSION_GENERATOR, 12));

const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  x => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * Reads a symbol.
 *
 * @param {Modules} modules
 * @returns {string | null} Its text; `null` if it has too many errors.
 */
export function readSymbol(modules) {
  const version = (modules.size - 17) / 4;
  const format = formatOf(modules);
  if (format === null) return null;
  const codewords = codewordsOf(modules, version, MASKS[format & 7]);
  const data = dataOf(codewords, blocksOf(version, LEVELS[format >> 3]));
  return data && textOf(data, version);
}

/**
 * The version that a symbol says it has: two copies of a number, each readable with three errors.
 *
 * @param {Modules} modules
 * @returns {number | null} 7 to 40; `null` if it is too small to say so, or not readable.
 */
export function versionOf(modules) {
  const { size } = modules;
  if (size < sizeOf(7)) return null;
  const bits = Array.from({ length: 18 }, (_, at) => [Math.floor(at / 3), size - 11 + (at % 3)]);
  const copies = [bits, bits.map(([x, y]) => [y, x])];
  const at = nearest(copies, modules, VERSIONS, 3);
  return at === null ? null : at + 7;
}

/** Level and mask, five bits; `null` if neither copy can be read. */
function formatOf(modules) {
  const last = modules.size - 1;
  const around = [...[0, 1, 2, 3, 4, 5, 7, 8].map(y => [8, y]), ...[7, 5, 4, 3, 2, 1, 0].map(x => [x, 8])];
  const apart = [
    ...Array.from({ length: 8 }, (_, at) => [last - at, 8]),
    ...Array.from({ length: 7 }, (_, at) => [8, last - 6 + at]),
  ];
  return nearest([around, apart], modules, FORMATS, 3);
}

/** The number of the codeword to which one of the copies is nearest. Copies list their bits from the least. */
function nearest(copies, { size, dark }, words, most) {
  let best = { distance: most + 1, word: null };
  for (const copy of copies) {
    const read = copy.reduce((bits, [x, y], at) => bits | (dark[y * size + x] << at), 0);
    words.forEach((word, at) => {
      const distance = ones(read ^ word);
      if (distance < best.distance) best = { distance, word: at };
    });
  }
  return best.word;
}

/** All codewords in the order in which they stand: up and down in columns of two, from the right. */
function codewordsOf({ size, dark }, version, mask) {
  const taken = functionModules(version);
  const bytes = [];
  let bits = 1;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let row = 0; row < size; row++) {
      const y = up ? size - 1 - row : row;
      for (const x of [right, right - 1]) {
        const at = y * size + x;
        if (taken[at]) continue;
        bits = (bits << 1) | (dark[at] ^ Number(mask(x, y)));
        if (bits & 0x100) {
          bytes.push(bits & 0xff);
          bits = 1;
        }
      }
    }
  }
  return bytes;
}

/** Which modules hold no data. */
function functionModules(version) {
  const size = sizeOf(version);
  const taken = new Uint8Array(size * size);
  const fill = (left, top, width, height) => {
    for (let y = top; y < top + height; y++) taken.fill(1, y * size + left, y * size + left + width);
  };
  fill(0, 0, 9, 9);
  fill(size - 8, 0, 8, 9);
  fill(0, size - 8, 9, 8);
  fill(6, 0, 1, size);
  fill(0, 6, size, 1);
  const centres = alignmentCentres(version);
  for (const y of centres) {
    for (const x of centres) {
      const isInCorner = (x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6);
      if (!isInCorner) fill(x - 2, y - 2, 5, 5);
    }
  }
  if (version >= 7) {
    fill(size - 11, 0, 3, 6);
    fill(0, size - 11, 6, 3);
  }
  return taken;
}

/** Data codewords, corrected; `null` if there are too many errors. */
function dataOf(codewords, { correction, data }) {
  const blocks = data.map(length => new Uint8Array(length + correction));
  const longest = Math.max(...data);
  let at = 0;
  for (let row = 0; row < longest; row++) {
    blocks.forEach((block, number) => {
      if (row < data[number]) block[row] = codewords[at++];
    });
  }
  for (let row = 0; row < correction; row++) {
    blocks.forEach((block, number) => {
      block[data[number] + row] = codewords[at++];
    });
  }
  if (!blocks.every(block => correct(block, correction))) return null;
  return Uint8Array.from(blocks.flatMap((block, number) => [...block.subarray(0, data[number])]));
}

/** The remainder of data·x^degree, of polynomials over two elements. */
function remainder(data, generator, degree) {
  let rest = data;
  for (let step = 0; step < degree; step++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * generator);
  return rest;
}

function ones(bits) {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
