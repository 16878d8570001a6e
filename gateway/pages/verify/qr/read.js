/**
 * Reads QR codes in pictures, with nothing of the browser's: any version, turned, tilted, on bent paper or mirrored.
 *
 * ```js
 * const texts = readCodes(shadesOf(imageData), THOROUGH);
 * ```
 *
 * The way there: a picture of shades ({@link module:picture}) becomes dark and light; in it corners are found
 * ({@link module:finders}), the modules between them ({@link module:grid}), and what these say ({@link module:symbol}).
 *
 * @module
 */

import { cornersOf, findersIn } from './finders.js';
import { modulesAt } from './grid.js';
import { darkHalf, darkerThanAround, doubled, halved, negative } from './picture.js';
import { readSymbol } from './symbol.js';

/**
 * How to look for codes: a list of looks, each at a picture made of the given one.
 *
 * @typedef {((picture: import("./picture.js").Picture) => import("./picture.js").Bitmap | null)[]} Effort
 */

/** A picture larger than this is looked at in half its size first. */
const LARGE = 1400;

/** A picture smaller than this may have modules of two pixels, between which there is more to see. */
const SMALL = 900;

const longest = ({ width, height }) => Math.max(width, height);
const fit = picture => (longest(picture) > LARGE ? fit(halved(picture)) : picture);
const around = (picture, part) => darkerThanAround(picture, Math.ceil(longest(picture) / part));

/** @type {Effort} For one of many frames: it has to be quick, and there will be a better one. */
export const QUICK = [picture => around(fit(picture), 16)];

/** @type {Effort} For the only picture that there is. */
export const THOROUGH = [
  picture => around(fit(picture), 16),
  picture => darkHalf(fit(picture)),
  picture => around(fit(picture), 48),
  picture => (longest(picture) > LARGE ? around(picture, 24) : null),
  picture => (longest(picture) <= SMALL ? around(doubled(picture), 16) : null),
  picture => (longest(picture) <= SMALL ? darkHalf(doubled(picture)) : null),
  picture => around(negative(fit(picture)), 16),
];

/**
 * The texts of all codes that one look finds.
 *
 * @param {import("./picture.js").Picture} picture
 * @param {Effort} effort
 * @returns {string[]} Each text once; empty if there is no code, or none that can be read.
 */
export function readCodes(picture, effort) {
  for (const look of effort) {
    const bitmap = look(picture);
    const texts = bitmap === null ? [] : readBitmap(bitmap);
    if (texts.length > 0) return [...new Set(texts)];
  }
  return [];
}

function readBitmap(bitmap) {
  const texts = [];
  const read = new Set();
  for (const corners of cornersOf(findersIn(bitmap))) {
    const { topLeft, topRight, bottomLeft } = corners;
    if ([topLeft, topRight, bottomLeft].some(finder => read.has(finder))) continue;
    const text = readAt(bitmap, corners) ?? readAt(bitmap, mirrored(corners));
    if (text === null) continue;
    texts.push(text);
    [topLeft, topRight, bottomLeft].forEach(finder => read.add(finder));
  }
  return texts;
}

function readAt(bitmap, corners) {
  for (const modules of modulesAt(bitmap, corners)) {
    const text = readSymbol(modules);
    if (text !== null) return text;
  }
  return null;
}

function mirrored({ topLeft, topRight, bottomLeft, doubt }) {
  return { topLeft, topRight: bottomLeft, bottomLeft: topRight, doubt };
}
