/**
 * Pictures: of shades, as cameras and files give them, and of dark and light, as symbols are read from.
 *
 * @module
 */

/**
 * A picture of shades.
 *
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array | Uint8ClampedArray} shades Row by row; 0 is black.
 */

/**
 * A picture of dark and light.
 *
 * @typedef {object} Bitmap
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} dark Row by row; 1 is dark.
 */

/**
 * The shades of a colour picture.
 *
 * @param {{ width: number, height: number, data: Uint8ClampedArray | Uint8Array }} image Red, green, blue and opacity of each
 *   pixel. What is transparent is taken for white paper.
 * @returns {Picture}
 */
export function shadesOf({ width, height, data }) {
  const shades = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < shades.length; at++, from += 4) {
    const shade = (data[from] * 77 + data[from + 1] * 151 + data[from + 2] * 28) >> 8;
    const opacity = data[from + 3];
    shades[at] = opacity === 255 ? shade : 255 - (((255 - shade) * opacity) >> 8);
  }
  return { width, height, shades };
}

/**
 * The picture in half its width and height; each pixel is the mean of four.
 *
 * @param {Picture} picture
 * @returns {Picture}
 */
export function halved({ width, height, shades }) {
  const [narrow, low] = [width >> 1, height >> 1];
  const means = new Uint8Array(narrow * low);
  for (let y = 0, at = 0; y < low; y++) {
    for (let x = 0; x < narrow; x++, at++) {
      const from = 2 * y * width + 2 * x;
      means[at] = (shades[from] + shades[from + 1] + shades[from + width] + shades[from + width + 1] + 2) >> 2;
    }
  }
  return { width: narrow, height: low, shades: means };
}

/**
 * The picture in twice its width and height, with shades between those of neighbours.
 *
 * @param {Picture} picture
 * @returns {Picture}
 */
export function doubled({ width, height, shades }) {
  const [wide, high] = [width * 2, height * 2];
  const between = new Uint8Array(wide * high);
  for (let y = 0, at = 0; y < high; y++) {
    const [top, down] = nearby(y, height);
    for (let x = 0; x < wide; x++, at++) {
      const [left, right] = nearby(x, width);
      const upper = 3 * shades[top * width + left] + shades[top * width + right];
      const lower = 3 * shades[down * width + left] + shades[down * width + right];
      between[at] = (3 * upper + lower + 8) >> 4;
    }
  }
  return { width: wide, height: high, shades: between };
}

/**
 * The picture with light for dark.
 *
 * @param {Picture} picture
 * @returns {Picture}
 */
export function negative({ width, height, shades }) {
  return { width, height, shades: Uint8Array.from(shades, shade => 255 - shade) };
}

/**
 * Dark is what is darker than its surroundings: light may fall unevenly.
 *
 * @param {Picture} picture
 * @param {number} reach How far the surroundings go, in pixels.
 * @returns {Bitmap}
 */
export function darkerThanAround({ width, height, shades }, reach) {
  const dark = new Uint8Array(width * height);
  const columns = new Uint32Array(width);
  const sums = new Float64Array(width + 1);
  for (let y = 0; y < Math.min(reach, height); y++) addRow(columns, shades, y * width, 1);
  for (let y = 0; y < height; y++) {
    if (y + reach < height) addRow(columns, shades, (y + reach) * width, 1);
    if (y - reach > 0) addRow(columns, shades, (y - reach - 1) * width, -1);
    const rows = Math.min(y + reach, height - 1) - Math.max(y - reach, 0) + 1;
    for (let x = 0; x < width; x++) sums[x + 1] = sums[x] + columns[x];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(x - reach, 0), Math.min(x + reach + 1, width)];
      const mean = (sums[right] - sums[left]) / (rows * (right - left));
      // Even paper is not dark where it is a shade darker.
      dark[y * width + x] = shades[y * width + x] < mean - 4 - mean / 32 ? 1 : 0;
    }
  }
  return { width, height, dark };
}

/**
 * Dark is what is on the dark side of the shade that parts the picture best in two (Otsu's method).
 *
 * @param {Picture} picture
 * @returns {Bitmap}
 */
export function darkHalf({ width, height, shades }) {
  const counts = new Float64Array(256);
  for (const shade of shades) counts[shade]++;
  const limit = partition(counts, shades.length);
  return { width, height, dark: Uint8Array.from(shades, shade => (shade <= limit ? 1 : 0)) };
}

/** The shade up to which pixels are dark, so that the means of both sides are the farthest apart. */
function partition(counts, total) {
  const all = counts.reduce((sum, count, shade) => sum + count * shade, 0);
  let best = { apart: -1, shade: 127 };
  let [below, sum] = [0, 0];
  for (let shade = 0; shade < 255; shade++) {
    below += counts[shade];
    sum += counts[shade] * shade;
    const above = total - below;
    if (below === 0 || above === 0) continue;
    const apart = below * above * ((all - sum) / above - sum / below) ** 2;
    if (apart > best.apart) best = { apart, shade };
  }
  return best.shade;
}

function addRow(columns, shades, start, sign) {
  for (let x = 0; x < columns.length; x++) columns[x] += sign * shades[start + x];
}

/** The nearest pixel and the next nearest of a line that is drawn twice as long. */
function nearby(at, length) {
  const nearest = at >> 1;
  const next = at % 2 === 0 ? nearest - 1 : nearest + 1;
  return [nearest, Math.min(Math.max(next, 0), length - 1)];
}
