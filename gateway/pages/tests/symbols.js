/**
 * The symbols of `symbols.json`; for tests.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

/** @type {{ version: number, level: string, text: string, modules: import("../verify/qr/symbol.js").Modules }[]} */
export const SYMBOLS = JSON.parse(readFileSync(new URL('symbols.json', import.meta.url), 'utf8')).map(symbol => ({
  ...symbol,
  modules: unpack(symbol.modules, 17 + 4 * symbol.version),
}));

function unpack(base64, size) {
  const bytes = Buffer.from(base64, 'base64');
  return { size, dark: Uint8Array.from({ length: size * size }, (_, at) => (bytes[at >> 3] >> (7 - (at & 7))) & 1) };
}
