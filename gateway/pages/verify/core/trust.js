/**
 * Whom a page believes: the keys that its own origin publishes, and the status lists that those keys have signed. Nothing
 * is asked of any other host, and nothing is sent but the numbers of lists.
 *
 * @module
 */

import { fromUtf8 } from './bytes.js';
import { issuerOf } from './issuer.js';
import { NoJson, parseJson } from './json.js';
import { keysOfDid, keysOfJwks } from './keys.js';
import { LONGEST as LONGEST_LIST, readStatusList } from './status.js';

const LONGEST_KEYS = 256 * 1024;

/** For how long keys are believed without looking whether one was revoked, in milliseconds. */
const KEYS_LIFE_MS = 5 * 60 * 1000;

/** The keys of this origin cannot be had, so that nothing can be verified. */
export class NoKeys extends Error {}

/** @implements {import("./verifier.js").Trust} */
export class OriginTrust {
  /** The origin's issuer and keys, once they were fetched. */
  #pinned = null;
  #pinnedAt = -Infinity;
  /** Lists by URL, for as long as they may be believed. */
  #lists = new Map();
  #origin;
  #fetch;

  /**
   * @param {URL} origin Whose keys are pinned.
   * @param {typeof fetch} fetch
   */
  constructor(origin, fetch) {
    this.#origin = origin;
    this.#fetch = fetch;
  }

  /**
   * @param {string} did
   * @returns {Promise<import("./keys.js").Key[] | null>} The origin's keys if it is this issuer.
   * @throws {NoKeys} If they cannot be had.
   */
  async keys(did) {
    await this.#refresh();
    return this.#pinned.issuer.did === did ? this.#pinned.keys : null;
  }

  /**
   * @param {import("./issuer.js").Issuer} issuer
   * @param {number} number
   * @returns {Promise<import("./status.js").StatusList | null>} The newest list that can be had.
   */
  async list(issuer, number) {
    const keys = await this.keys(issuer.did);
    const known = this.#lists.get(number) ?? null;
    if (keys === null || (known !== null && new Date() < new Date(known.until))) return known;
    // The origin speaks for this issuer, so that its lists are here, whatever its name.
    const document = await this.#json(`/credentials/status/${number}`, LONGEST_LIST);
    const list = document && (await readStatusList(document, issuer, keys));
    if (!list || !list.url.endsWith(`/${number}`)) return known;
    this.#lists.set(number, list);
    return list;
  }

  async #refresh() {
    if (performance.now() < this.#pinnedAt + KEYS_LIFE_MS) return;
    const pinned = await this.#pin();
    if (pinned !== null) [this.#pinned, this.#pinnedAt] = [pinned, performance.now()];
    if (this.#pinned === null) throw new NoKeys('no keys');
  }

  async #pin() {
    const did = await this.#json('/.well-known/did.json', LONGEST_KEYS);
    const published = did && (await keysOfDid(did));
    if (published) return published;
    const issuer = issuerOf(`did:web:${this.#origin.host.replace(':', '%3A')}`);
    const set = await this.#json('/.well-known/jwks.json', LONGEST_KEYS);
    const keys = set ? await keysOfJwks(set) : [];
    return issuer !== null && keys.length > 0 ? { issuer, keys } : null;
  }

  /** A document of the origin; `null` if it cannot be had, or is none. */
  async #json(path, most) {
    try {
      const answer = await this.#fetch(new URL(path, this.#origin), { credentials: 'omit' });
      const text = answer.ok ? fromUtf8(await readSome(answer, most)) : null;
      return text === null ? null : parseJson(text);
    } catch (error) {
      // `fetch` fails with a TypeError where there is no network.
      if (error instanceof TypeError || error instanceof RangeError || error instanceof NoJson) return null;
      throw error;
    }
  }
}

/** The body of an answer. */
async function readSome(answer, most) {
  const bytes = new Uint8Array(most);
  let length = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.length > most) {
      reader.cancel().catch(() => {});
      throw new RangeError('longer than it can be');
    }
    bytes.set(value, length);
    length += value.length;
  }
}
