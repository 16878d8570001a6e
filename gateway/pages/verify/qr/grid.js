/**
 * Where in a picture the modules of a symbol are.
 *
 * Three corners say where it begins, and from how much smaller the far ones are, about where its fourth corner lies. Then
 * what all symbols have is fitted ({@link module:fit}).
 *
 * @module
 */

import { INSET, alternates, bendOf, closely, roughly, sample } from './fit.js';
import { versionOf } from './symbol.js';

/** How well patterns have to fit at first, and in the end; noise alone reaches 0. */
const LEAST_ROUGH_FIT = 0.15;
const LEAST_FIT = 0.35;

/**
 * The modules of the symbol with these corners, in the ways in which they may be meant: the likeliest first.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @param {import("./finders.js").Corners} corners
 * @returns {Generator<import("./symbol.js").Modules>}
 */
export function* modulesAt(bitmap, corners) {
  const guess = fourCorners(bitmap, corners);
  if (guess === null) return;
  const versions = likelyVersions(guess.modules).filter(version => alternates(bitmap, guess.points, version));
  const squares = versions.map(version => roughly(bitmap, guess.points, version));
  squares.sort((one, other) => other.fit - one.fit);
  for (const rough of squares.slice(0, 2)) {
    if (rough.fit < LEAST_ROUGH_FIT) return;
    const square = closely(bitmap, trueVersion(bitmap, rough, guess));
    if (square.fit < LEAST_FIT) continue;
    yield sample(bitmap, square);
    yield sample(bitmap, square, bendOf(bitmap, square));
  }
}

/** The square of the version that the symbol says it has, where it says so. */
function trueVersion(bitmap, square, { points }) {
  const told = versionOf(sample(bitmap, square));
  return told === null || told === square.version ? square : roughly(bitmap, points, told);
}

/** The centres of the three corners and where a fourth would be, clockwise; and how many modules they are apart. */
function fourCorners(bitmap, { topLeft, topRight, bottomLeft }) {
  const right = [moduleTowards(bitmap, topLeft, topRight), moduleTowards(bitmap, topRight, topLeft)];
  const down = [moduleTowards(bitmap, topLeft, bottomLeft), moduleTowards(bitmap, bottomLeft, topLeft)];
  if ([...right, ...down].includes(null)) return null;
  // A projection shrinks lengths along a line by the square of what it divides by.
  const across = Math.sqrt(right[0] / right[1]);
  const below = Math.sqrt(down[0] / down[1]);
  const both = across + below - 1;
  if (both < 0.3) return null;
  const fourth = axis => (topRight[axis] * across + bottomLeft[axis] * below - topLeft[axis]) / both;
  const apart = (to, [near, far]) => Math.hypot(to.x - topLeft.x, to.y - topLeft.y) / Math.sqrt(near * far);
  return {
    points: [topLeft, topRight, { x: fourth('x'), y: fourth('y') }, bottomLeft],
    modules: (apart(topRight, right) + apart(bottomLeft, down)) / 2,
  };
}

/** The width of a module at a corner, in the direction of another; `null` if there is no corner. */
function moduleTowards(bitmap, corner, other) {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  const [dx, dy] = [(other.x - corner.x) / length, (other.y - corner.y) / length];
  // Of parallel lines the one in the middle: a speck may be taken for an edge.
  const widths = LINES.map(aside => {
    const start = { x: corner.x - dy * aside * corner.module, y: corner.y + dx * aside * corner.module };
    const most = 8 * corner.module;
    return (edge(bitmap, start, dx, dy, most) + edge(bitmap, start, -dx, -dy, most)) / 7;
  });
  const middle = widths.sort((one, next) => one - next)[LINES.length >> 1];
  return Number.isFinite(middle) ? middle : null;
}

/** How far beside a corner's centre it is measured, in modules. */
const LINES = [-0.8, -0.4, 0, 0.4, 0.8];

/** How far it is from a corner's middle to its outer edge: from dark over light and dark to light. */
function edge({ width, height, dark }, { x, y }, dx, dy, most) {
  let changes = 0;
  for (let far = 0; far < most; far += 0.25) {
    const [column, row] = [Math.floor(x + far * dx), Math.floor(y + far * dy)];
    const isWithin = column >= 0 && row >= 0 && column < width && row < height;
    const isDark = isWithin && dark[row * width + column] === 1;
    if (isDark === (changes % 2 === 1)) changes++;
    if (changes === 3) return far;
  }
  return Infinity;
}

/** The versions whose corners may be so many modules apart. */
function likelyVersions(modules) {
  const about = (modules + 2 * INSET - 17) / 4;
  const reach = Math.ceil(1 + about / 12);
  const versions = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.round(about) - reach + at);
  return versions.filter(version => version >= 1 && version <= 40);
}
