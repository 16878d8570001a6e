/**
 * Lays the square of a symbol over a picture so that its patterns fit.
 *
 * @module
 */

import { alignmentAt, alignments, corners, guides } from './patterns.js';
import { Perspective } from './perspective.js';
import { alignmentCentres, sizeOf } from './tables.js';

/** The distance of a corner's centre from the symbol's edge, in modules. */
export const INSET = 3.5;

/**
 * A symbol's square in a picture.
 *
 * @typedef {object} Square
 * @property {number} version
 * @property {import("./perspective.js").Point[]} points The centres of its corners, clockwise; the third has no pattern.
 * @property {number} fit How well its patterns fit: 1 if all, 0 if half.
 */

/** Where in a module it is looked at: in the middle, or around it too. */
const MIDDLE = [0.5, 0.5];
const SPOTS = [0.5, 0.5, 0.3, 0.3, 0.7, 0.3, 0.3, 0.7, 0.7, 0.7];

/** By how much points are moved, in modules. */
const STEPS = [0.5, 0.25, 0.12];

const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
];

/** How well modules have to alternate along the timing patterns. They do by chance for no more than a third. */
const LEAST_TIMING = 0.45;

/** By how much the far end may be nearer than it seems from its corner's size. */
const STRETCHES = Array.from({ length: 17 }, (_, at) => 1 + (at - 8) / 80);

/**
 * Whether modules alternate between corners as they do in a version, on one of two lines: paper may be bent. It costs little, and what looks like three
 * corners by chance goes no further.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @param {import("./perspective.js").Point[]} points The third one is a guess.
 * @param {number} version
 * @returns {boolean}
 */
export function alternates(bitmap, points, version) {
  const perspective = perspectiveOf(version, points);
  const far = sizeOf(version) - 6.5;
  return [
    [far, 6.5],
    [6.5, far],
  ].some(([x, y]) => {
    const [from, to] = [perspective.at(6.5, 6.5), perspective.at(x, y)];
    const weight = perspective.weight(x, y) / perspective.weight(6.5, 6.5);
    return STRETCHES.some(stretch => timingOf(bitmap, from, to, weight * stretch, far - 6.5) > LEAST_TIMING);
  });
}

/** How well modules alternate on a line of so many: 1 if all do, 0 if half, as chance has it. */
function timingOf({ width, dark, height }, from, to, weight, count) {
  let right = 0;
  for (let at = 2; at < count - 1; at++) {
    const [near, far] = [1 - at / count, (at / count) * weight];
    const column = Math.floor((from.x * near + to.x * far) / (near + far));
    const row = Math.floor((from.y * near + to.y * far) / (near + far));
    const isWithin = column >= 0 && row >= 0 && column < width && row < height;
    right += isWithin && dark[row * width + column] === (at + 1) % 2 ? 1 : -1;
  }
  return right / (count - 3);
}

/**
 * Looks for the corner that has no pattern: where guides fit best.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @param {import("./perspective.js").Point[]} points The third one is a guess.
 * @param {number} version
 * @returns {Square}
 */
export function roughly(bitmap, points, version) {
  const patterns = alignments(version).length > 0 ? guides(version) : [...guides(version), ...corners(version)];
  const module = moduleOf(points, version);
  // The guess is drawn from the sizes of the others, and as much worse as it is farther from them.
  const reach = 2 + sizeOf(version) / 24;
  let best = { version, points, fit: -1 };
  for (let dy = -reach; dy <= reach; dy += 0.5) {
    for (let dx = -reach; dx <= reach; dx += 0.5) {
      const moved = movedBy(points, 2, dx * module, dy * module);
      const fit = fitOf(bitmap, patterns, perspectiveOf(version, moved), MIDDLE) - 0.01 * Math.hypot(dx, dy);
      if (fit > best.fit) best = { version, points: moved, fit };
    }
  }
  return best;
}

/**
 * Moves all corners until no small step makes the patterns fit better.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @param {Square} square
 * @returns {Square}
 */
export function closely(bitmap, { version, points: rough }) {
  const patterns = [...corners(version), ...guides(version)];
  const module = moduleOf(rough, version);
  const fitAt = points => fitOf(bitmap, patterns, perspectiveOf(version, points), SPOTS);
  let [points, fit] = [rough, fitAt(rough)];
  for (const step of STEPS) {
    for (let at = 0; at < points.length; at++) {
      for (const [dx, dy] of DIRECTIONS) {
        const moved = movedBy(points, at, dx * step * module, dy * step * module);
        const better = fitAt(moved);
        if (better > fit) [points, fit] = [moved, better];
      }
    }
  }
  return { version, points, fit };
}

/**
 * Reads all modules of a square.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @param {Square} square
 * @param {(x: number, y: number) => import("./perspective.js").Point} [bend] By how many pixels a module is off the plane.
 * @returns {import("./symbol.js").Modules}
 */
export function sample(bitmap, { version, points }, bend = () => FLAT) {
  const size = sizeOf(version);
  const dark = new Uint8Array(size * size);
  const perspective = perspectiveOf(version, points);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      dark[at] = fitOf(bitmap, [x, y, 1], perspective, SPOTS, bend(x, y)) > 0 ? 1 : 0;
    }
  }
  return { size, dark };
}

/**
 * By how much a symbol on bent paper is off its plane: it is measured at the alignment patterns, each from where its
 * neighbours are, and is in between elsewhere.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @param {Square} square
 * @returns {(x: number, y: number) => import("./perspective.js").Point}
 */
export function bendOf(bitmap, { version, points }) {
  const centres = alignmentCentres(version);
  const perspective = perspectiveOf(version, points);
  const module = moduleOf(points, version);
  const shifts = new Map();
  const shift = (x, y) => shifts.get(`${x},${y}`) ?? FLAT;
  for (const [x, y] of alignments(version)) {
    const before = at => centres[centres.indexOf(at) - 1];
    const neighbours = [shift(before(x), y), shift(x, before(y))];
    const from = neighbours.reduce((far, next) => (Math.hypot(next.x, next.y) > Math.hypot(far.x, far.y) ? next : far));
    shifts.set(`${x},${y}`, shiftAt(bitmap, perspective, x, y, from, module));
  }
  return (x, y) => {
    const [left, right, u] = between(centres, x);
    const [top, bottom, v] = between(centres, y);
    const mean = axis =>
      (shift(left, top)[axis] * (1 - u) + shift(right, top)[axis] * u) * (1 - v) +
      (shift(left, bottom)[axis] * (1 - u) + shift(right, bottom)[axis] * u) * v;
    return { x: mean('x'), y: mean('y') };
  };
}

const FLAT = { x: 0, y: 0 };

/** By how many pixels an alignment pattern is off, looked for around a shift that is expected. */
function shiftAt(bitmap, perspective, x, y, from, module) {
  const pattern = alignmentAt(x, y);
  let best = { ...from, fit: -1 };
  for (let dy = -1.5; dy <= 1.5; dy += 0.25) {
    for (let dx = -1.5; dx <= 1.5; dx += 0.25) {
      const to = { x: from.x + dx * module, y: from.y + dy * module };
      // Of places that fit alike, the nearest.
      const fit = fitOf(bitmap, pattern, perspective, SPOTS, to) - 0.02 * Math.hypot(dx, dy);
      if (fit > best.fit) best = { ...to, fit };
    }
  }
  return best.fit > 0.5 ? best : from;
}

/** The two centres between which a module lies, and how far it is from the first to the second. */
function between(centres, at) {
  const next = centres.findIndex(centre => centre > at);
  if (next === 0 || centres.length === 0) return [centres[0], centres[0], 0];
  if (next < 0) return [centres.at(-1), centres.at(-1), 0];
  return [centres[next - 1], centres[next], (at - centres[next - 1]) / (centres[next] - centres[next - 1])];
}

/** From modules, counted from the symbol's edge, to the picture. */
function perspectiveOf(version, points) {
  const side = sizeOf(version) - 2 * INSET;
  return new Perspective({ left: INSET, top: INSET, width: side, height: side }, points);
}

/** About how many pixels a module is wide. */
function moduleOf([one, two, , four], version) {
  const apart = Math.hypot(two.x - four.x, two.y - four.y) / Math.SQRT2;
  return apart / (sizeOf(version) - 2 * INSET);
}

function movedBy(points, at, dx, dy) {
  return points.map((point, place) => (place === at ? { x: point.x + dx, y: point.y + dy } : point));
}

/** How well patterns fit, 1 if all and -1 if none. This is where the time goes, so nothing is allocated. */
function fitOf({ width, height, dark }, patterns, { a, b, c, d, e, f, g, h, i }, spots, shift = FLAT) {
  let right = 0;
  for (let at = 0; at < patterns.length; at += 3) {
    for (let spot = 0; spot < spots.length; spot += 2) {
      const x = patterns[at] + spots[spot];
      const y = patterns[at + 1] + spots[spot + 1];
      const scale = 1 / (g * x + h * y + i);
      const column = Math.floor((a * x + b * y + c) * scale + shift.x);
      const row = Math.floor((d * x + e * y + f) * scale + shift.y);
      const isWithin = column >= 0 && row >= 0 && column < width && row < height;
      const isDark = isWithin ? dark[row * width + column] : 0;
      right += isDark === patterns[at + 2] ? 1 : -1;
    }
  }
  return (2 * right) / ((patterns.length / 3) * spots.length);
}
