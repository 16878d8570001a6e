/**
 * Decompression with an end: whatever is unpacked, no more than the caller allows for is held in memory.
 *
 * @module
 */

/** It unpacks to more than it may. */
export class TooLong extends Error {}

/** It is not compressed in that way, or a part of it is missing. */
export class Damaged extends Error {}

/**
 * Unpacks.
 *
 * @param {Uint8Array} packed
 * @param {"deflate" | "deflate-raw" | "gzip"} format `deflate` is zlib's, with a header and a checksum.
 * @param {number} most How many bytes it may become.
 * @returns {Promise<Uint8Array>}
 * @throws {TooLong | Damaged}
 */
export async function inflate(packed, format, most) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const plain = new Uint8Array(most);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Damaged('not compressed, or not to its end');
    });
    if (done) return plain.subarray(0, length);
    if (length + value.length > most) {
      reader.cancel().catch(() => {});
      throw new TooLong('it unpacks to more than it may');
    }
    plain.set(value, length);
    length += value.length;
  }
}
