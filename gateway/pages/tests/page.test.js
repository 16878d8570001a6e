/** What lies between the verifier and the page. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { issuerOf } from '../verify/core/issuer.js';
import { verifyTogether } from '../verify/core/together.js';
import { NoKeys, OriginTrust } from '../verify/core/trust.js';
import { Unreadable } from '../verify/core/verifier.js';
import { THOROUGH, readCodes } from '../verify/qr/read.js';
import { contentsOf } from '../verify/ui/pdf.js';

const read = name => readFileSync(new URL(`certificates/${name}`, import.meta.url));
const cases = JSON.parse(read('cases.json'));
const input = name => cases.find(one => one.name === name).input;
const NOW = new Date('2022-01-01');
const ISSUER = issuerOf('did:web:cowin.example');

const SERVED = {
  '/.well-known/did.json': read('did.json'),
  '/.well-known/jwks.json': read('jwks.json'),
  '/credentials/status/0': read('status-0.json'),
};

/** The trust of a page of this origin, which is served these documents; and what it asked for. */
function trustOf(served, origin = 'https://cowin.example') {
  const asked = [];
  const fetch = async url => {
    asked.push(url.href);
    if (served === null) throw new TypeError('no network');
    const body = served[url.pathname];
    return new Response(body ?? '', { status: body ? 200 : 404 });
  };
  return { trust: new OriginTrust(new URL(origin), fetch), asked };
}

test('keys come from the page’s own origin, once, and lists when they are needed', async () => {
  const { trust, asked } = trustOf(SERVED, 'http://127.0.0.1:8080');
  assert.ok((await trust.keys(ISSUER.did)).length > 0);
  assert.equal(await trust.keys('did:web:other.example'), null);
  assert.equal((await trust.list(ISSUER, 0)).url, 'https://cowin.example/credentials/status/0');
  await trust.list(ISSUER, 0);
  const own = path => `http://127.0.0.1:8080${path}`;
  assert.deepEqual(asked, [own('/.well-known/did.json'), own('/credentials/status/0')]);
});

test('a key set does where there is no DID document, and then the host is the issuer', async () => {
  const { '/.well-known/did.json': _, ...others } = SERVED;
  const { trust } = trustOf(others);
  assert.ok((await trust.keys(ISSUER.did)).length > 0);
  assert.equal(await trustOf(others, 'https://other.example').trust.keys(ISSUER.did), null);
});

test('without keys nothing is verified, and the next attempt asks again', async () => {
  for (const served of [null, {}, { '/.well-known/did.json': '{', '/.well-known/jwks.json': 'x'.repeat(1 << 20) }]) {
    const { trust, asked } = trustOf(served);
    await assert.rejects(trust.keys(ISSUER.did), NoKeys);
    await assert.rejects(trust.keys(ISSUER.did), NoKeys);
    assert.equal(asked.length, 4);
  }
});

test('a list that is missing, too long, another one or not signed is none', async () => {
  const list = String(SERVED['/credentials/status/0']);
  for (const body of [
    undefined,
    '',
    '{}',
    list.replace('"proofValue":"z', '"proofValue":"z2'),
    `${list}${' '.repeat(1 << 18)}`,
  ]) {
    const { trust } = trustOf({ ...SERVED, '/credentials/status/0': body });
    assert.equal(await trust.list(ISSUER, 0), null);
  }
  const { trust } = trustOf({ ...SERVED, '/credentials/status/1': list });
  assert.equal(await trust.list(ISSUER, 1), null);
});

test('a document is worth what the worst of its parts is', async () => {
  const { trust } = trustOf(SERVED);
  const outcome = async (...parts) => (await verifyTogether(parts, trust, NOW)).outcome;
  const [json, code] = [input('JSON: domestic'), input('code: domestic')];
  assert.equal(await outcome(json, code), 'valid');
  assert.equal(await outcome(json, 'https://cowin.example/', code), 'valid');
  assert.equal(await outcome(input('JSON: another name'), code), 'altered');
  const other = await verifyTogether([json, input('code: bare')], trust, NOW);
  assert.deepEqual([other.outcome, other.reason, other.facts], ['altered', 'disagreement', null]);
  for (const [parts, why] of [
    [[], 'foreign'],
    [['hello'], 'foreign'],
    [['hello', input('code: cut')], 'damaged'],
  ]) {
    await assert.rejects(verifyTogether(parts, trust, NOW), error => error instanceof Unreadable && error.why === why);
  }
});

test('an issued PDF holds the certificate twice', async () => {
  const { documents, pictures, photographs } = await contentsOf(new Uint8Array(read('certificate.pdf')));
  assert.deepEqual(documents.map(String), [String(new Uint8Array(Buffer.from(input('JSON: domestic'))))]);
  assert.deepEqual(
    pictures.flatMap(picture => readCodes(picture, THOROUGH)),
    [input('code: as a link')],
  );
  assert.equal(photographs.length, 0);
});

test('a PDF of anybody is looked at and no more', async () => {
  const pdf = read('certificate.pdf');
  for (let seed = 1; seed < 40; seed++) {
    const broken = new Uint8Array(pdf).map((byte, at) =>
      (at * 2654435761 + seed) % 997 === 0 ? (byte + seed) & 255 : byte,
    );
    await contentsOf(broken.subarray(0, (pdf.length * seed) / 40));
  }
  const image = '1 0 obj <</Subtype/Image /ColorSpace/DeviceGray /BitsPerComponent 8 /Length 4';
  for (const text of [
    '%PDF-1.7',
    '1 0 obj <</Type/EmbeddedFile /Length 99999999>> stream\n',
    `${image} /Width 99999 /Height 99999>> stream\nabcd`,
    `${image} /Width 4 /Height 0>> stream\nabcd`,
    'obj '.repeat(100_000),
    'obj stream\n'.repeat(100_000),
  ]) {
    const { documents } = await contentsOf(new Uint8Array(Buffer.from(text)));
    assert.deepEqual(documents, [], text.slice(0, 80));
  }
});

/** WCAG 2.2, 1.4.3: texts and their grounds differ by 4.5 to 1. */
test('texts are told from their ground, in light and dark', () => {
  const css = readFileSync(new URL('../verify/style.css', import.meta.url), 'utf8');
  const schemes = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) =>
    Object.fromEntries([...block.matchAll(/--([a-z-]+): #([0-9a-f]+)/g)].map(([, name, hex]) => [name, hex])),
  );
  const light = hex => {
    const full = hex.length === 3 ? [...hex].map(digit => digit + digit).join('') : hex;
    const [r, g, b] = [0, 2, 4].map(at => {
      const part = parseInt(full.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const tones = ['good', 'care', 'bad', 'none'];
  assert.equal(schemes.length, 2);
  for (const scheme of schemes) {
    for (const [ink, ground] of [
      ['ink', 'paper'],
      ['ink', 'card'],
      ['faint', 'paper'],
      ['faint', 'card'],
      ['accent', 'card'],
      ['accent', 'paper'],
      ['on-accent', 'accent'],
      ...tones.map(tone => [tone, `${tone}-paper`]),
    ]) {
      const [bright, dim] = [light(scheme[ink]), light(scheme[ground])].sort((one, other) => other - one);
      const contrast = (bright + 0.05) / (dim + 0.05);
      assert.ok(contrast >= 4.5, `${ink} on ${ground}: ${contrast}`);
    }
  }
});
