/** The parts of the verifier against the vectors of their standards. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { fromBase45, fromBase58, fromBase64url, toBase64url, toUtf8 } from '../verify/core/bytes.js';
import { NoCbor, Tagged, parseCbor } from '../verify/core/cbor.js';
import { isStrongKey, verifyByHand, verifyByPlatform, verifyEd25519 } from '../verify/core/ed25519.js';
import { Damaged, TooLong, inflate } from '../verify/core/inflate.js';
import { issuerOf } from '../verify/core/issuer.js';
import { canonical } from '../verify/core/jcs.js';
import { NoJson, parseJson } from '../verify/core/json.js';
import { proves } from '../verify/core/proof.js';

const hex = text => Uint8Array.from(Buffer.from(text, 'hex'));
const BY = [verifyByHand, verifyByPlatform];

/** RFC 8032, 7.1: key, message, signature. */
const ED25519 = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
  [
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    createHash('sha512').update('abc').digest('hex'),
    'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  ],
].map(vector => vector.map(hex));

test('signatures of RFC 8032 hold, by hand and by the platform', async () => {
  for (const [key, message, signature] of ED25519) {
    for (const equation of BY) assert.equal(await verifyEd25519(key, message, signature, equation), true);
  }
});

test('both ways agree about signatures, genuine and not', async () => {
  for (let round = 0; round < 20; round++) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    const message = toUtf8('message '.repeat(round));
    const signature = new Uint8Array(sign(null, message, privateKey));
    const changed = signature.map((byte, at) => (at === round * 3 ? byte ^ (1 << (round % 8)) : byte));
    for (const equation of BY) {
      assert.equal(await verifyEd25519(key, message, signature, equation), true);
      assert.equal(await verifyEd25519(key, message, changed, equation), false);
      assert.equal(await verifyEd25519(key, toUtf8('other'), signature, equation), false);
    }
  }
});

test('a signature has one form: S is below the order', async () => {
  const [key, message, signature] = ED25519[0];
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = bytes => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const more = (little(signature.subarray(32)) + order).toString(16).padStart(64, '0');
  const other = Uint8Array.from([...signature.subarray(0, 32), ...Buffer.from(more, 'hex').reverse()]);
  assert.equal(await verifyEd25519(key, message, other, verifyByHand), false);
  assert.equal(await verifyEd25519(key, message, signature.subarray(0, 63)), false);
});

/** The points of small order, and other spellings of them (source: "Taming the many EdDSAs", table 5). */
const WEAK = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(hex);

test('keys and nonces of small order are refused', async () => {
  const [key, message, signature] = ED25519[0];
  for (const weak of WEAK) {
    assert.equal(isStrongKey(weak), false);
    const forged = Uint8Array.from([...weak, ...new Uint8Array(32)]);
    for (const equation of BY) {
      assert.equal(await verifyEd25519(weak, message, forged, equation), false);
      assert.equal(
        await verifyEd25519(key, message, Uint8Array.from([...weak, ...signature.subarray(32)]), equation),
        false,
      );
    }
  }
  assert.equal(isStrongKey(key), true);
  assert.equal(isStrongKey(key.subarray(1)), false);
});

test('where the platform does not know Ed25519 it is done by hand', async context => {
  context.mock.method(crypto.subtle, 'importKey', async () => {
    throw new DOMException('no such algorithm', 'NotSupportedError');
  });
  for (const [key, message, signature] of ED25519) {
    assert.equal(await verifyEd25519(key, message, signature), true);
    assert.equal(await verifyEd25519(key, toUtf8('other'), signature), false);
  }
});

/** RFC 8785, 3.2.2 to 3.2.4 and appendix B. */
test('JSON becomes canonical as RFC 8785 says', () => {
  const sample = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);
  assert.equal(
    canonical(sample),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
  const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  assert.equal(canonical(order), '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
});

test('numbers become canonical as RFC 8785 says', () => {
  const bits = new DataView(new ArrayBuffer(8));
  for (const [ieee, text] of [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ]) {
    bits.setBigUint64(0, BigInt(`0x${ieee}`));
    assert.equal(canonical(bits.getFloat64(0)), text);
  }
  for (const none of [NaN, Infinity, undefined, 1n, () => {}, '\ud800', { '\udc00': 1 }]) {
    assert.throws(() => canonical(none), TypeError);
  }
});

/** W3C, Data Integrity EdDSA Cryptosuites 1.0, B.1 and B.3. */
test("the proof of the standard's own example holds", async () => {
  const vector = name => JSON.parse(readFileSync(new URL(`../../../certificates/src/proof/${name}`, import.meta.url)));
  const proofValue = 'z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX';
  const document = { ...vector('vector_document.json'), proof: { ...vector('vector_options.json'), proofValue } };
  const key = fromBase58('6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2', 34).subarray(2);
  assert.equal(await proves(document, key), true);
  assert.equal(await proves({ ...document, name: 'Another' }, key), false);
  const contexts = [...document['@context'], 'https://evil.example'];
  assert.equal(await proves({ ...document, '@context': contexts }, key), false);
});

test('JSON has one reading', () => {
  assert.deepEqual(
    { ...parseJson(' {"a" : [1, -2, "\\u00e9\\n😀", true, null], "__proto__": 3} ') },
    {
      ...Object.assign(Object.create(null), { a: [1, -2, 'é\n😀', true, null], ['__proto__']: 3 }),
    },
  );
  for (const wrong of [
    '',
    ' ',
    '{',
    '[',
    '"',
    '{}x',
    '[1,]',
    '{,}',
    '{"a":1,}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '01',
    '1.0',
    '1e2',
    '-0',
    '-',
    '+1',
    '9007199254740993',
    '.5',
    'nul',
    "'a'",
    '"\n"',
    '"\\x41"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '[1 2]',
    '{a:1}',
    'NaN',
    '\ufeff1',
    '['.repeat(100),
    `${'['.repeat(18)}${']'.repeat(18)}`,
  ]) {
    assert.throws(() => parseJson(wrong), NoJson, wrong);
  }
});

test('CBOR has one reading', () => {
  const read = text => parseCbor(hex(text));
  assert.equal(read('1903e8'), 1000);
  assert.equal(read('1b000000e8d4a51000'), 1_000_000_000_000);
  assert.equal(read('3903e7'), -1000);
  assert.equal(read('62c3bc'), 'ü');
  assert.deepEqual(read('83010203'), [1, 2, 3]);
  assert.deepEqual(
    [...read('a3010203043a00010000f6'.replace('f6', '05'))],
    [
      [1, 2],
      [3, 4],
      [-65537, 5],
    ],
  );
  assert.deepEqual(read('c24101'), new Tagged(2, Uint8Array.of(1)));
  for (const wrong of [
    '',
    '18',
    '1817',
    '190017',
    '1a0000ffff',
    '1b00000000ffffffff',
    '1b0020000000000000',
    '1c',
    '5f4101ff',
    '9f01ff',
    'f5',
    'fb3ff199999999999a',
    '62c328',
    '6261',
    'a201020102',
    'a203040102',
    'a120204101',
    'a1614101',
    '0101',
    '8181818181818181818101',
    '9bffffffffffffffff',
  ]) {
    assert.throws(() => read(wrong), NoCbor, wrong);
  }
});

test('texts of bytes are those of their standards', () => {
  const bytes = text => new TextDecoder().decode(text);
  for (const [plain, base45] of [
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ]) {
    assert.equal(bytes(fromBase45(base45)), plain);
  }
  for (const wrong of ['A', 'BB8A', 'GGW', ':::', '::', 'bb8', 'é', 'AB\n'])
    assert.equal(fromBase45(wrong), null, wrong);
  for (let length = 0; length < 70; length++) {
    const any = Uint8Array.from({ length }, (_, at) => (at * 83 + length * 7) & 255);
    assert.deepEqual(fromBase64url(toBase64url(any)), any);
    assert.equal(toBase64url(any), Buffer.from(any).toString('base64url'));
  }
  for (const wrong of ['A', 'AB', 'AAA=', 'AA+A', 'AAB']) assert.equal(fromBase64url(wrong), null, wrong);
  assert.deepEqual(fromBase58('112', 3), Uint8Array.of(0, 0, 1));
  for (const wrong of ['12', '1112', '0', 'l', 'zzzzzz', 'é']) assert.equal(fromBase58(wrong, 3), null, wrong);
});

test('a DID has one form', () => {
  assert.equal(issuerOf('did:web:localhost%3A8443').host, 'localhost:8443');
  assert.equal(issuerOf('did:web:cowin.example').context, 'https://cowin.example/credentials/vaccination/v1');
  for (const wrong of [
    null,
    1,
    '',
    'did:web:',
    'did:key:a',
    'did:web:a%3a1',
    'did:web:a:1',
    'did:web:a%2Fb',
    'did:web:Cowin.example',
    'did:web:a..b',
    'did:web:-a.example',
    'did:web:a%3A0',
    'did:web:a%3A07',
    'did:web:a%3A70000',
    'did:web:a%3A1%3A2',
    'did:web:a@b',
    'did:web:a#b',
  ]) {
    assert.equal(issuerOf(wrong), null, String(wrong));
  }
});

test('what is unpacked has an end', async () => {
  const { deflateSync } = await import('node:zlib');
  const packed = new Uint8Array(deflateSync(Buffer.alloc(1000, 'x')));
  assert.equal((await inflate(packed, 'deflate', 1000)).length, 1000);
  await assert.rejects(inflate(packed, 'deflate', 999), TooLong);
  await assert.rejects(inflate(packed.subarray(0, -5), 'deflate', 1000), Damaged);
  await assert.rejects(inflate(packed, 'gzip', 1000), Damaged);
  await assert.rejects(inflate(new Uint8Array(), 'deflate', 1000), Damaged);
});
