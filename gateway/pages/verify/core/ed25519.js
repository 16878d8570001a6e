/**
 * Ed25519 signatures (RFC 8032), verified strictly: the same ones hold here as in the issuer's own verifier.
 *
 * Beyond what the standard asks for, keys and nonces of small order are refused: with such a key one signature holds for
 * many messages. The equation is checked by the browser (WebCrypto) where it knows Ed25519, and else here, in numbers of
 * any length. Those take no constant time, which does not matter, since there is no secret.
 *
 * @module
 */

import { concat, equal } from './bytes.js';

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * power(121666n, P - 2n));
const SQRT_M1 = power(2n, (P - 1n) / 4n);

/** Points in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z (RFC 8032, 5.1.4). */
const IDENTITY = { X: 0n, Y: 1n, Z: 1n, T: 0n };
const BASE = decodePoint(number('6666666666666666666666666666666666666666666666666666666666666658'));

/**
 * Whether a key's holder signed a message.
 *
 * @param {Uint8Array} key The public key, 32 bytes.
 * @param {Uint8Array} message
 * @param {Uint8Array} signature 64 bytes.
 * @param {typeof verifyByPlatform} [equation] Checks the equation; the browser if it can.
 * @returns {Promise<boolean>}
 */
export async function verifyEd25519(key, message, signature, equation = verifyByPlatform) {
  if (!isStrongKey(key) || signature.length !== 64) return false;
  const isSmall = little(signature.subarray(32)) < ORDER;
  const nonce = decodePoint(little(signature.subarray(0, 32)));
  if (!isSmall || nonce === null || isOfSmallOrder(nonce)) return false;
  return equation(key, message, signature);
}

/**
 * Whether bytes are a public key that signatures can be trusted of.
 *
 * @param {Uint8Array} key
 * @returns {boolean}
 */
export function isStrongKey(key) {
  const point = key.length === 32 ? decodePoint(little(key)) : null;
  return point !== null && !isOfSmallOrder(point);
}

/**
 * Checks the equation by WebCrypto, or with {@link verifyByHand} where that does not know Ed25519.
 *
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {Promise<boolean>}
 */
export async function verifyByPlatform(key, message, signature) {
  let imported;
  try {
    imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  } catch {
    return verifyByHand(key, message, signature);
  }
  return crypto.subtle.verify('Ed25519', imported, signature, message);
}

/**
 * Checks the equation S·B = R + k·A without the browser's help, by comparing the bytes of S·B − k·A with those of R.
 *
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {Promise<boolean>}
 */
export async function verifyByHand(key, message, signature) {
  const nonce = signature.subarray(0, 32);
  const hash = await crypto.subtle.digest('SHA-512', concat(nonce, key, message));
  const k = little(new Uint8Array(hash)) % ORDER;
  const point = decodePoint(little(key));
  if (point === null) return false;
  const sum = add(times(BASE, little(signature.subarray(32))), times(negate(point), k));
  return equal(encodePoint(sum), nonce);
}

/** RFC 8032, 5.1.3; `null` for numbers that no point is written as. */
function decodePoint(encoded) {
  const sign = encoded >> 255n;
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const root = squareRoot(u, v);
  if (root === null || (root === 0n && sign === 1n)) return null;
  const x = (root & 1n) === sign ? root : P - root;
  return { X: x, Y: y, Z: 1n, T: mod(x * y) };
}

/** A root of u/v, if there is one. */
function squareRoot(u, v) {
  const v3 = mod(v * v * v);
  const root = mod(u * v3 * power(mod(u * v3 * v3 * v), (P - 5n) / 8n));
  const square = mod(v * root * root);
  if (square === u) return root;
  return square === mod(-u) ? mod(root * SQRT_M1) : null;
}

function encodePoint({ X, Y, Z }) {
  const inverse = power(Z, P - 2n);
  let rest = mod(Y * inverse) | ((mod(X * inverse) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}

function isOfSmallOrder(point) {
  const { X, Y, Z } = times(point, 8n);
  return X === 0n && Y === Z;
}

/** RFC 8032, 5.1.4, which holds for equal points too. */
function add(p, q) {
  const a = mod((p.Y - p.X) * (q.Y - q.X));
  const b = mod((p.Y + p.X) * (q.Y + q.X));
  const c = mod(2n * p.T * q.T * D);
  const d = mod(2n * p.Z * q.Z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { X: mod(e * f), Y: mod(g * h), Z: mod(f * g), T: mod(e * h) };
}

function negate({ X, Y, Z, T }) {
  return { X: mod(-X), Y, Z, T: mod(-T) };
}

function times(point, scalar) {
  let sum = IDENTITY;
  for (let rest = scalar, doubled = point; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, doubled);
    doubled = add(doubled, doubled);
  }
  return sum;
}

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let product = 1n;
  for (let rest = exponent, square = base; rest > 0n; rest >>= 1n) {
    if (rest & 1n) product = mod(product * square);
    square = mod(square * square);
  }
  return product;
}

/** Bytes as a number, the least first. */
function little(bytes) {
  return number(
    [...bytes]
      .reverse()
      .map(byte => byte.toString(16).padStart(2, '0'))
      .join(''),
  );
}

function number(hex) {
  return BigInt(`0x${hex}`);
}
