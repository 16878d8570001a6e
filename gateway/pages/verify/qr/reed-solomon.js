/**
 * Error correction: Reed–Solomon codes over the field of 256 elements, as QR codes use them (ISO/IEC 18004, 7.5.2).
 *
 * @module
 */

/** x⁸ + x⁴ + x³ + x² + 1 */
const PRIMITIVE = 0x11d;

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, element = 1; power < 255; power++) {
  EXP[power] = EXP[power + 255] = element;
  LOG[element] = power;
  element = (element << 1) ^ (element & 0x80 ? PRIMITIVE : 0);
}

/**
 * Corrects a block in place.
 *
 * @param {Uint8Array} block Data, then correction codewords.
 * @param {number} correction How many of the latter.
 * @returns {boolean} Whether it is a codeword now; too many errors cannot be corrected.
 */
export function correct(block, correction) {
  const syndromes = syndromesOf(block, correction);
  if (syndromes.every(syndrome => syndrome === 0)) return true;
  const locator = locatorOf(syndromes);
  const errors = locator.length - 1;
  if (2 * errors > correction) return false;
  const places = placesOf(locator, block.length);
  if (places.length !== errors) return false;
  repair(block, syndromes, locator, places);
  return syndromesOf(block, correction).every(syndrome => syndrome === 0);
}

/** The values of the received polynomial at the roots of the generator. */
function syndromesOf(block, count) {
  return Array.from({ length: count }, (_, at) =>
    block.reduce((value, codeword) => multiply(value, EXP[at]) ^ codeword, 0),
  );
}

/** The error locator, by the algorithm of Berlekamp and Massey; coefficients from the constant one. */
function locatorOf(syndromes) {
  let locator = [1];
  let previous = [1];
  let shift = 1;
  let lastDiscrepancy = 1;
  let errors = 0;
  syndromes.forEach((_, at) => {
    const discrepancy = locator.reduce((sum, factor, back) => sum ^ multiply(factor, syndromes[at - back] ?? 0), 0);
    if (discrepancy === 0) {
      shift++;
      return;
    }
    const before = locator;
    const factor = divide(discrepancy, lastDiscrepancy);
    locator = plus(locator, [...Array(shift).fill(0), ...previous.map(term => multiply(term, factor))]);
    if (2 * errors <= at) {
      errors = at + 1 - errors;
      previous = before;
      lastDiscrepancy = discrepancy;
      shift = 1;
    } else {
      shift++;
    }
  });
  while (locator.at(-1) === 0) locator.pop();
  return locator;
}

/** The powers of x at which codewords are wrong: those whose inverse is a root of the locator. */
function placesOf(locator, length) {
  const places = [];
  for (let place = 0; place < length; place++) {
    if (valueAt(locator, EXP[(255 - place) % 255]) === 0) places.push(place);
  }
  return places;
}

/** Adds the errors' values, by Forney's formula. */
function repair(block, syndromes, locator, places) {
  const evaluator = syndromes.map((_, degree) =>
    locator.reduce((sum, factor, at) => sum ^ (at > degree ? 0 : multiply(factor, syndromes[degree - at])), 0),
  );
  const derivative = locator.map((factor, at) => (at % 2 === 1 ? factor : 0)).slice(1);
  for (const place of places) {
    const inverse = EXP[(255 - place) % 255];
    const value = divide(valueAt(evaluator, inverse), valueAt(derivative, inverse));
    block[block.length - 1 - place] ^= multiply(value, EXP[place]);
  }
}

function valueAt(polynomial, x) {
  return polynomial.reduceRight((value, factor) => multiply(value, x) ^ factor, 0);
}

function plus(one, other) {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, at) => (one[at] ?? 0) ^ (other[at] ?? 0));
}

function multiply(one, other) {
  return one === 0 || other === 0 ? 0 : EXP[LOG[one] + LOG[other]];
}

function divide(one, other) {
  return one === 0 ? 0 : EXP[LOG[one] + 255 - LOG[other]];
}
