/**
 * A JSON reader for documents that were signed: one text, one reading.
 *
 * `JSON.parse` takes the last of two members of one name and rounds numbers, so that others might read something else than
 * what was checked. Here both are refused, and so is what canonical JSON cannot express. Our documents hold whole
 * numbers alone.
 *
 * @module
 */

/** Our documents are four objects deep. */
const DEEPEST = 16;

const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A text that is no JSON, or has more than one reading. */
export class NoJson extends Error {}

/**
 * Reads a document. Objects have no prototype, so that no member's name means anything but itself.
 *
 * @param {string} text
 * @returns {unknown}
 * @throws {NoJson}
 */
export function parseJson(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.blank();
  if (reader.at !== text.length) throw new NoJson('something follows the document');
  return value;
}

class Reader {
  at = 0;

  constructor(text) {
    this.text = text;
  }

  value(depth) {
    if (depth > DEEPEST) throw new NoJson('too deep');
    this.blank();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  object(depth) {
    const object = Object.create(null);
    this.items('}', () => {
      this.blank();
      const name = this.string();
      if (name in object) throw new NoJson('a member is there twice');
      this.blank();
      this.expect(':');
      object[name] = this.value(depth + 1);
    });
    return object;
  }

  array(depth) {
    const array = [];
    this.items(']', () => array.push(this.value(depth + 1)));
    return array;
  }

  /** Reads what stands between brackets, with commas between. */
  items(end, read) {
    this.at++;
    this.blank();
    if (this.take(end)) return;
    do read();
    while ((this.blank(), this.take(',')));
    this.expect(end);
  }

  string() {
    this.expect('"');
    let value = '';
    for (;;) {
      const character = this.text[this.at++];
      if (character === '"') break;
      if (character === undefined || character < ' ') throw new NoJson('a string does not end');
      value += character === '\\' ? this.escape() : character;
    }
    if (!isWellFormed(value)) throw new NoJson('half a character');
    return value;
  }

  escape() {
    const character = this.text[this.at++];
    if (character === 'u') {
      const digits = this.text.slice(this.at, this.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new NoJson('not an escape');
      this.at += 4;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (!Object.hasOwn(ESCAPES, character ?? '')) throw new NoJson('not an escape');
    return ESCAPES[character];
  }

  number() {
    const whole = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
    whole.lastIndex = this.at;
    const digits = whole.exec(this.text)?.[0];
    const value = Number(digits);
    if (digits === undefined || digits === '-0' || !Number.isSafeInteger(value)) {
      throw new NoJson('not a whole number');
    }
    this.at += digits.length;
    return value;
  }

  word(word, value) {
    for (const character of word) this.expect(character);
    return value;
  }

  blank() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  take(character) {
    const there = this.text[this.at] === character;
    if (there) this.at++;
    return there;
  }

  expect(character) {
    if (!this.take(character)) throw new NoJson(`no ${character} at ${this.at}`);
  }
}

/**
 * @param {string} text
 * @returns {boolean} Whether it has no half of a surrogate pair, which UTF-8 cannot write.
 */
export function isWellFormed(text) {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
