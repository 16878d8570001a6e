/**
 * Pictures that the browser decodes, as the code reader takes them.
 *
 * @module
 */

import { shadesOf } from '../qr/picture.js';

/** The longest side of a picture that is looked at, in pixels. */
const LONGEST = 2800;

/** The longest side of a camera's frame that is looked at. */
const LONGEST_FRAME = 1280;

/**
 * The shades of a picture in a file.
 *
 * @param {Blob} file
 * @returns {Promise<import("../qr/picture.js").Picture | null>} `null` if the browser cannot read it.
 */
export async function pictureOf(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  const picture = draw(bitmap, bitmap.width, bitmap.height, LONGEST);
  bitmap.close();
  return picture;
}

/**
 * The shades of what a video shows now.
 *
 * @param {HTMLVideoElement} video
 * @returns {import("../qr/picture.js").Picture}
 */
export function frameOf(video) {
  return draw(video, video.videoWidth, video.videoHeight, LONGEST_FRAME);
}

function draw(source, width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return shadesOf(context.getImageData(0, 0, canvas.width, canvas.height));
}
