/** The page's verifier says of every certificate what the issuer's own says. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { keysOfDid, keysOfJwks } from '../verify/core/keys.js';
import { parseJson } from '../verify/core/json.js';
import { isSet, readStatusList } from '../verify/core/status.js';
import { Unreadable, verify } from '../verify/core/verifier.js';
import { toUtf8 } from '../verify/core/bytes.js';

const read = name => readFileSync(new URL(`certificates/${name}`, import.meta.url), 'utf8');
const cases = JSON.parse(read('cases.json'));
const input = name => cases.find(one => one.name === name).input;

/** Thirty days after the first key, as of which the cases were judged. */
const AT = new Date((1_619_605_800 + 30 * 86_400) * 1000);

const { issuer, keys } = await keysOfDid(parseJson(read('did.json')));
const list = await readStatusList(parseJson(read('status-0.json')), issuer, keys);
const TRUST = {
  keys: async did => (did === issuer.did ? keys : null),
  list: async (_, number) => (number === 0 ? list : null),
};

/** What a verdict looks like to the issuer's verifier. */
function told({ outcome, reason, facts, status }) {
  const present = object => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
  return present({ outcome, reason, facts: facts && present(facts), status });
}

const WHY = { Foreign: 'foreign', Damaged: 'damaged', TooLong: 'too-long' };

for (const { name, input, expected } of cases) {
  test(name, async () => {
    if (expected.unreadable) {
      const isSo = error => error instanceof Unreadable && error.why === WHY[expected.unreadable];
      await assert.rejects(verify(input, TRUST, AT), isSo);
    } else {
      assert.deepEqual(told(await verify(input, TRUST, AT)), expected);
    }
  });
}

test('every pairwise exchange of two signed values is noticed', async () => {
  const text = input('JSON: international');
  const paths = pathsOf(JSON.parse(text)).filter(([first]) => first !== 'proof');
  assert.ok(paths.length > 30);
  for (const [at, one] of paths.entries()) {
    for (const other of paths.slice(at + 1)) {
      const changed = JSON.parse(text);
      const [first, second] = [get(changed, one), get(changed, other)];
      if (first === second) continue;
      set(changed, one, second);
      set(changed, other, first);
      const outcome = await verify(JSON.stringify(changed), TRUST, AT).then(
        verdict => verdict.outcome,
        () => 'none',
      );
      assert.ok(['altered', 'unknown-issuer', 'none'].includes(outcome), `${one} and ${other}: ${outcome}`);
    }
  }
});

test('no changed byte of a code goes unnoticed', async () => {
  const text = input('code: domestic');
  for (let at = 0; at < text.length; at++) {
    const changed = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1);
    const outcome = await verify(changed, TRUST, AT).then(
      verdict => verdict.outcome,
      () => 'none',
    );
    assert.notEqual(outcome, 'valid', `at ${at}`);
  }
});

test('a key set does as well as a DID document, but for keys that were revoked', async () => {
  const ids = list => list.map(key => key.id);
  const set = await keysOfJwks(parseJson(read('jwks.json')));
  assert.deepEqual(ids(set), ids(keys.filter(key => key.revoked === null)));
  assert.equal(keys.length, set.length + 1);
});

test("a key under another's name, of another controller or that asserts nothing is not taken", async () => {
  const did = JSON.parse(read('did.json'));
  const methods = did.verificationMethod;
  const [first, second] = methods.filter(method => !method.revoked && did.assertionMethod.includes(method.id));
  const changes = [
    document => Object.assign(method(document, first), { id: second.id }),
    document => Object.assign(method(document, first), { controller: 'did:web:other.example' }),
    document => Object.assign(method(document, first), { type: 'JsonWebKey' }),
    document => Object.assign(method(document, first), { publicKeyMultibase: 'z6Mk' }),
    document => (document.assertionMethod = document.assertionMethod.filter(id => id !== first.id)),
    document => delete document.assertionMethod,
  ];
  for (const change of changes) {
    const changed = structuredClone(did);
    change(changed);
    const { keys } = await keysOfDid(changed);
    assert.ok(!keys.some(key => `${did.id}#${key.id}` === first.id), `${change}`);
  }
  assert.equal(await keysOfDid({ ...did, id: 'did:web:Other' }), null);
  assert.equal(await keysOfDid(null), null);
  assert.deepEqual(await keysOfJwks({ keys: [null, {}, { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }] }), []);
});

test("a status list is its issuer's own, and signed", async () => {
  const text = read('status-0.json');
  assert.equal(isSet(list, 3000), true);
  assert.equal(isSet(list, 3001), false);
  assert.equal(isSet(list, 2 ** 20), null);
  for (const [from, to] of [
    ['status/0', 'status/1'],
    ['did:web:cowin.example","type', 'did:web:other.example","type'],
    ['#list', '#other'],
    ['revocation', 'suspension'],
    ['uH4sI', 'uH4sJ'],
    ['"validUntil":"2', '"validUntil":"3'],
    ['{', '{"ttl":1,'],
  ]) {
    const changed = text.replaceAll(from, to);
    assert.notEqual(changed, text, from);
    assert.equal(await readStatusList(parseJson(changed), issuer, keys), null, from);
  }
  const others = keys.filter(key => key.purpose !== 'status');
  assert.equal(await readStatusList(parseJson(text), issuer, others), null);
});

test('a bomb is defused', async () => {
  const { deflateRawSync, crc32 } = await import('node:zlib');
  const name = Buffer.from('certificate.json');
  const packed = deflateRawSync(Buffer.alloc(50 << 20, ' '));
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt16LE(name.length, 26);
  const zip = new Uint8Array(Buffer.concat([header, name, packed]));
  await assert.rejects(verify(zip, TRUST, AT), error => error.why === 'too-long');
});

test('any bytes are judged or refused', async () => {
  const good = toUtf8(input('code: domestic'));
  for (let seed = 1; seed < 400; seed++) {
    const bytes = Uint8Array.from({ length: seed % 90 }, (_, at) => Math.imul(seed * 7919 + at, 0x9e3779b1) >>> 24);
    const mixed = seed % 2 ? bytes : Uint8Array.from([...good.subarray(0, 5 + (seed % 200)), ...bytes]);
    const outcome = await verify(mixed, TRUST, AT).then(
      verdict => verdict.outcome,
      error => error,
    );
    assert.ok(outcome === 'altered' || outcome instanceof Unreadable, String(outcome?.stack));
  }
});

function method(document, { id }) {
  return document.verificationMethod.find(one => one.id === id);
}

/** Paths to all values that have no members. */
function pathsOf(value, path = []) {
  if (value === null || typeof value !== 'object') return [path];
  return Object.keys(value).flatMap(name => pathsOf(value[name], [...path, name]));
}

function get(value, path) {
  return path.reduce((inner, name) => inner[name], value);
}

function set(value, path, to) {
  get(value, path.slice(0, -1))[path.at(-1)] = to;
}
