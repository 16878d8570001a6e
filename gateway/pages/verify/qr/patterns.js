/**
 * What all symbols of a version have in common, by which their modules are found: corners, timing and alignment patterns.
 *
 * @module
 */

import { alignmentCentres, sizeOf } from './tables.js';

/**
 * Modules of which it is known whether they are dark: x, y and 1 or 0, one module after the other.
 *
 * @typedef {number[]} Patterns
 */

/**
 * @param {number} version
 * @returns {Patterns} The lines of alternating modules, and the alignment patterns.
 */
export function guides(version) {
  const size = sizeOf(version);
  const patterns = [];
  for (let at = 8; at < size - 8; at++) patterns.push(at, 6, (at + 1) % 2, 6, at, (at + 1) % 2);
  for (const [x, y] of alignments(version)) patterns.push(...alignmentAt(x, y));
  return patterns;
}

/**
 * @param {number} version
 * @returns {Patterns} The three corners with their light edges.
 */
export function corners(version) {
  const size = sizeOf(version);
  const isWithin = ([x, y]) => Math.min(x, y) >= 0 && Math.max(x, y) < size;
  const centres = [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ];
  return centres.flatMap(([x, y]) => square(x, y, 4, ring => ring !== 2 && ring !== 4).filter(isWithin)).flat();
}

/**
 * @param {number} x The centre.
 * @param {number} y
 * @returns {Patterns} An alignment pattern.
 */
export function alignmentAt(x, y) {
  return square(x, y, 2, ring => ring !== 1).flat();
}

/**
 * @param {number} version
 * @returns {[number, number][]} The centres of its alignment patterns, from the top left.
 */
export function alignments(version) {
  const centres = alignmentCentres(version);
  const last = sizeOf(version) - 7;
  return centres
    .flatMap(y => centres.map(x => [x, y]))
    .filter(([x, y]) => !((x === 6 && (y === 6 || y === last)) || (x === last && y === 6)));
}

/** The modules of rings around a centre. */
function square(centreX, centreY, reach, isDark) {
  const modules = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const ring = Math.max(Math.abs(x), Math.abs(y));
      modules.push([centreX + x, centreY + y, isDark(ring) ? 1 : 0]);
    }
  }
  return modules;
}
