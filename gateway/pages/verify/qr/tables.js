/**
 * What the standard tabulates about the 40 versions of a QR code (ISO/IEC 18004).
 *
 * @module
 */

/** The correction levels by the two bits that name them in a symbol. */
export const LEVELS = ['M', 'L', 'H', 'Q'];

/** Correction codewords a block, by version from 1 (table 9). */
const CORRECTION = {
  L: [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  M: [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  ],
  Q: [
    13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  H: [
    17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
};

/** Blocks, by version from 1 (table 9). */
const BLOCKS = {
  L: [
    1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19,
    20, 21, 22, 24, 25,
  ],
  M: [
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33,
    35, 37, 38, 40, 43, 45, 47, 49,
  ],
  Q: [
    1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45,
    48, 51, 53, 56, 59, 62, 65, 68,
  ],
  H: [
    1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51,
    54, 57, 60, 63, 66, 70, 74, 77, 81,
  ],
};

/**
 * @param {number} version
 * @returns {number} How many modules the symbol is wide and high.
 */
export function sizeOf(version) {
  return 17 + 4 * version;
}

/**
 * The centres of alignment patterns, across as down (annex E).
 *
 * @param {number} version
 * @returns {number[]} Counted from 0; empty for version 1.
 */
export function alignmentCentres(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const last = sizeOf(version) - 7;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const centres = Array.from({ length: count - 1 }, (_, at) => last - at * step);
  return [...centres, 6].reverse();
}

/**
 * How many codewords a symbol holds.
 *
 * @param {number} version
 * @returns {number}
 */
export function codewords(version) {
  const size = sizeOf(version);
  const alignments = alignmentCentres(version).length;
  // Finder patterns with their edges, timing, formats and the dark module.
  let taken = 3 * 64 + 2 * (size - 16) + 31;
  // Those in the corners are not drawn; those on the timing patterns share five modules with them.
  if (alignments > 0) taken += (alignments ** 2 - 3) * 25 - (alignments - 2) * 2 * 5;
  if (version >= 7) taken += 36;
  return Math.floor((size ** 2 - taken) / 8);
}

/**
 * The blocks into which a symbol's codewords are divided.
 *
 * @param {number} version
 * @param {string} level
 * @returns {{ correction: number, data: number[] }} Correction codewords a block, and data codewords of each.
 */
export function blocksOf(version, level) {
  const count = BLOCKS[level][version - 1];
  const correction = CORRECTION[level][version - 1];
  const total = codewords(version);
  const short = Math.floor(total / count);
  const long = total % count;
  const data = Array.from({ length: count }, (_, at) => short + (at >= count - long ? 1 : 0) - correction);
  return { correction, data };
}
