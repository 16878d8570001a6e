/** Symbols that others have made are read, in pictures of any kind. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYMBOLS } from './symbols.js';
import { framed, paint } from './paint.js';
import { QUICK, THOROUGH, readCodes } from '../verify/qr/read.js';
import { correct } from '../verify/qr/reed-solomon.js';
import { readSymbol, versionOf } from '../verify/qr/symbol.js';
import { LEVELS, blocksOf, codewords } from '../verify/qr/tables.js';

const symbol = version => SYMBOLS[version - 1];
const reads = (picture, effort, text) => readCodes(picture, effort).includes(text);

test('every version is read, of each level, mask and kind', () => {
  for (const { version, text, modules } of SYMBOLS) {
    assert.equal(readSymbol(modules), text, `version ${version}`);
    assert.equal(versionOf(modules), version < 7 ? null : version);
  }
});

test('blocks fill every symbol', () => {
  for (let version = 1; version <= 40; version++) {
    for (const level of LEVELS) {
      const { correction, data } = blocksOf(version, level);
      const total = data.reduce((sum, length) => sum + length + correction, 0);
      assert.equal(total, codewords(version));
      assert.ok(data.every(length => length > 0));
    }
  }
});

test('as many errors as a level promises are corrected, and not one more is taken for none', () => {
  const { correction, data } = blocksOf(7, 'M');
  const block = new Uint8Array(data[0] + correction);
  for (let errors = 0; errors <= correction / 2; errors++) {
    const damaged = block.map((codeword, at) => (at % 3 === 0 && at / 3 < errors ? codeword ^ (at + 1) : codeword));
    assert.ok(correct(damaged, correction), `${errors} errors`);
    assert.deepEqual(damaged, block);
  }
  const beyond = block.map((codeword, at) => (at <= correction ? codeword ^ (7 * at + 1) : codeword));
  assert.equal(correct(beyond, correction) && beyond.every(codeword => codeword === 0), false);
});

test('a symbol with a stain is read, and one with too large a stain is not', () => {
  const { modules, text } = symbol(15);
  const stained = side => ({
    ...modules,
    dark: modules.dark.map((dark, at) => {
      const [x, y] = [at % modules.size, Math.floor(at / modules.size)];
      return x >= 30 && y >= 30 && x < 30 + side && y < 30 + side ? 1 : dark;
    }),
  });
  assert.equal(readSymbol(stained(15)), text);
  assert.equal(readSymbol(stained(40)), null);
});

test('pictures of every version are read', () => {
  // Those of versions above 30 are larger than what a page or a screen shows, and tell no more.
  for (const { version, text, modules } of SYMBOLS.slice(0, 30)) {
    assert.ok(reads(paint(modules, { module: 3 }), THOROUGH, text), `version ${version}`);
  }
});

// A certificate's code has version 15, as a link 17.
for (const version of [1, 5, 15, 17, 25]) {
  const { modules, text } = symbol(version);
  test(`a code of version ${version} is read at any angle`, () => {
    for (const turn of [0, 3, 14, 30, 45, 61, 90, 133, 180, 222, 270, 345]) {
      assert.ok(reads(paint(modules, { turn, module: 4.3 }), QUICK, text), `turned by ${turn}`);
    }
  });
  test(`a code of version ${version} is read when it is tilted, bent, blurred, in shadow, mirrored or negative`, () => {
    for (const how of [
      { tilt: 0.15 },
      { tilt: 0.3, turn: 10, module: 6 },
      { tilt: 0.25, turn: 200, module: 6, blur: 1 },
      { bend: 0.02, module: 5 },
      { bend: 0.015, tilt: 0.1, turn: -8, module: 5 },
      { blur: 1.5, module: 4, noise: 20 },
      { noise: 60, module: 5 },
      { shadow: 0.7, noise: 8 },
      { mirror: true, turn: 30 },
      { negative: true },
      { module: 2.2 },
      { module: 3, blur: 0.9, turn: 3, noise: 10 },
    ]) {
      assert.ok(reads(paint(modules, how), THOROUGH, text), JSON.stringify(how));
    }
  });
}

test('what a camera sees is read from one quick look', () => {
  const { modules, text } = symbol(17);
  const frame = framed(paint(modules, { module: 4, turn: 7, tilt: 0.1, blur: 1, noise: 12 }), 1280, 720);
  assert.ok(reads(frame, QUICK, text));
});

test('two codes in one picture are both read', () => {
  const [one, other] = [paint(symbol(2).modules), paint(symbol(5).modules)];
  const both = framed(one, 500, 300);
  for (let y = 0; y < other.height; y++) {
    both.shades.set(other.shades.subarray(y * other.width, (y + 1) * other.width), (y + 60) * both.width + 330);
  }
  assert.deepEqual(new Set(readCodes(both, THOROUGH)), new Set([symbol(2).text, symbol(5).text]));
});

test('pictures without a code have none, however little is in them', () => {
  const [width, height] = [320, 240];
  const pictures = {
    even: () => 255,
    noise: at => (Math.imul(at ^ 0x5bd1e995, 0x27d4eb2d) >>> 24) & 255,
    stripes: at => ((at >> 1) % 2) * 255,
    board: at => ((((at % width) >> 3) + (Math.floor(at / width) >> 3)) % 2) * 255,
  };
  for (const [name, shade] of Object.entries(pictures)) {
    const shades = Uint8Array.from({ length: width * height }, (_, at) => shade(at));
    assert.deepEqual(readCodes({ width, height, shades }, THOROUGH), [], name);
  }
  for (const side of [0, 1, 2, 7]) {
    const picture = { width: side, height: side, shades: new Uint8Array(side * side) };
    assert.deepEqual(readCodes(picture, THOROUGH), []);
  }
});

test('a picture of nothing but corners takes bounded time', () => {
  const side = 1200;
  const tile = 28;
  const shades = Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)].map(place => Math.floor((place % tile) / 3) - 1);
    const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
    return ring <= 1 || ring === 3 ? 0 : 255;
  });
  const start = performance.now();
  readCodes({ width: side, height: side, shades }, THOROUGH);
  assert.ok(performance.now() - start < 10_000, `${performance.now() - start} ms`);
});
