/**
 * Pictures of symbols as cameras, printers and programs make them; for tests.
 *
 * @module
 */

import { deflateSync } from 'node:zlib';
import { Perspective } from '../verify/qr/perspective.js';

/**
 * A picture of a symbol: where the paper is, between the corners of a square of `side` pixels, and what happens to it.
 *
 * @param {import("../verify/qr/symbol.js").Modules} modules
 * @param {object} [how]
 * @param {number} [how.module] Pixels a module, before anything else happens.
 * @param {number} [how.turn] Degrees, clockwise.
 * @param {number} [how.tilt] How much of its width the far side has lost.
 * @param {number} [how.bend] By how much of its height the middle is lifted.
 * @param {number} [how.blur] The radius, in pixels.
 * @param {number} [how.noise] The greatest change of a shade.
 * @param {number} [how.shadow] How much of the light is lost on one side.
 * @param {boolean} [how.mirror]
 * @param {boolean} [how.negative]
 * @returns {import("../verify/qr/picture.js").Picture}
 */
export function paint(modules, how = {}) {
  const { module = 4, turn = 0, tilt = 0, bend = 0, blur = 0, noise = 0, shadow = 0, mirror = false } = how;
  const quiet = 4;
  const paper = modules.size + 2 * quiet;
  const side = Math.ceil(paper * module * (turn % 90 === 0 ? 1 : Math.SQRT2));
  const back = backwards(paper, module, turn, tilt, side);
  const random = randoms(modules.size + turn);
  const shades = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let light = 0;
      for (let spot = 0; spot < 4; spot++) {
        const at = back.at(x + 0.25 + (spot & 1) / 2, y + 0.25 + (spot >> 1) / 2);
        const lifted = at.y + bend * paper * Math.sin((Math.PI * at.x) / paper);
        const column = Math.floor(mirror ? paper - at.x : at.x) - quiet;
        const row = Math.floor(lifted) - quiet;
        const isOn = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
        light += isOn && modules.dark[row * modules.size + column] === 1 ? 0.1 : 0.9;
      }
      shades[y * side + x] = (light / 4) * 255 * (1 - (shadow * x) / side);
    }
  }
  const blurred = blur > 0 ? smear(smear(shades, side, blur, 1), side, blur, side) : shades;
  const grain = shade => Math.min(Math.max(shade + (random() - 0.5) * 2 * noise, 0), 255);
  const finish = shade => (how.negative ? 255 - grain(shade) : grain(shade));
  return { width: side, height: side, shades: Uint8Array.from(blurred, finish) };
}

/** From the picture to the paper, in modules. */
function backwards(paper, module, turn, tilt, side) {
  const angle = (turn * Math.PI) / 180;
  const place = (x, y) => {
    const narrow = 1 - tilt * (1 - y);
    const [right, down] = [(x - 0.5) * narrow * paper * module, (y - 0.5) * (1 - tilt / 2) * paper * module];
    return {
      x: side / 2 + right * Math.cos(angle) - down * Math.sin(angle),
      y: side / 2 + right * Math.sin(angle) + down * Math.cos(angle),
    };
  };
  const corners = [place(0, 0), place(1, 0), place(1, 1), place(0, 1)];
  return inverse(corners, paper);
}

/** The projection that takes four points to the corners of the paper. */
function inverse(corners, paper) {
  const { a, b, c, d, e, f, g, h } = new Perspective({ left: 0, top: 0, width: 1, height: 1 }, corners);
  const adjugate = [
    [e - f * h, c * h - b, b * f - c * e],
    [f * g - d, a - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return {
    at(x, y) {
      const [u, v, w] = adjugate;
      const scale = paper / (w[0] * x + w[1] * y + w[2]);
      return { x: (u[0] * x + u[1] * y + u[2]) * scale, y: (v[0] * x + v[1] * y + v[2]) * scale };
    },
  };
}

function smear(shades, side, radius, stride) {
  const reach = Math.ceil(radius * 2);
  const taps = Float32Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-(((at - reach) / radius) ** 2)));
  const weight = taps.reduce((sum, tap) => sum + tap, 0);
  const smeared = new Float32Array(shades.length);
  for (let at = 0; at < shades.length; at++) {
    const line = stride === 1 ? at % side : Math.floor(at / side);
    for (let tap = 0; tap < taps.length; tap++) {
      const place = Math.min(Math.max(line + tap - reach, 0), side - 1);
      smeared[at] += (taps[tap] / weight) * shades[at + (place - line) * stride];
    }
  }
  return smeared;
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function randoms(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A picture as PNG.
 *
 * @param {import("../verify/qr/picture.js").Picture} picture
 * @returns {Buffer}
 */
export function png({ width, height, shades }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(shades.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind, data) {
  const content = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const framed = Buffer.alloc(content.length + 8);
  framed.writeUInt32BE(data.length, 0);
  content.copy(framed, 4);
  framed.writeUInt32BE(crc32(content), content.length + 4);
  return framed;
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * A film of one picture, as Chromium's simulated camera shows it (YUV4MPEG2).
 *
 * @param {import("../verify/qr/picture.js").Picture} picture Of even width and height.
 * @returns {Buffer}
 */
export function film({ width, height, shades }) {
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A0:0 C420\n`, 'latin1');
  const frame = Buffer.concat([Buffer.from('FRAME\n', 'latin1'), shades, Buffer.alloc((width * height) / 2, 128)]);
  return Buffer.concat([header, frame, frame]);
}

/**
 * A picture on a larger one of even grey.
 *
 * @param {import("../verify/qr/picture.js").Picture} picture
 * @param {number} width
 * @param {number} height
 * @returns {import("../verify/qr/picture.js").Picture}
 */
export function framed(picture, width, height) {
  const shades = new Uint8Array(width * height).fill(150);
  const [left, top] = [(width - picture.width) >> 1, (height - picture.height) >> 1];
  for (let y = 0; y < picture.height; y++) {
    shades.set(picture.shades.subarray(y * picture.width, (y + 1) * picture.width), (top + y) * width + left);
  }
  return { width, height, shades };
}
