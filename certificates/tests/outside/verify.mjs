// Judges certificates by libraries that we did not write: Digital Bazaar's verifiable credentials with the suite
// eddsa-jcs-2022 and the bitstring status list, and jose for answers of the status service.
//
//   node verify.mjs DIRECTORY NODE_MODULES

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [directory, modules] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const load = async name => import(pathToFileURL(require.resolve(name)));

const vc = await load('@digitalbazaar/vc');
const { DataIntegrityProof } = await load('@digitalbazaar/data-integrity');
const { createVerifyCryptosuite } = await load('@digitalbazaar/eddsa-jcs-2022-cryptosuite');
const { checkStatus } = await load('@digitalbazaar/vc-bitstring-status-list');
const jose = await load('jose');

const read = name => readFileSync(`${directory}/${name}`, 'utf8');
const lines = name => read(name).trimEnd().split('\n');
const did = JSON.parse(read('did.json'));
const host = 'https://cowin.example';

// Everything that may be fetched; nothing else is.
const documents = new Map([
  [did.id, did],
  [`${host}/credentials/vaccination/v1`, JSON.parse(read('context.json'))],
  [`${host}/credentials/status/0`, JSON.parse(read('status-0.json'))],
]);
const multikey = 'https://w3id.org/security/multikey/v1';
for (const method of did.verificationMethod) documents.set(method.id, { '@context': multikey, ...method });

const documentLoader = async url => {
  const document = documents.get(url);
  if (document) return { contextUrl: null, documentUrl: url, document };
  return vc.defaultDocumentLoader(url);
};

const suite = () => new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
const judge = (credential, status) => vc.verifyCredential({
  credential,
  suite: suite(),
  documentLoader,
  now: new Date('2021-05-01T00:00:00Z'),
  checkStatus: status ? options => checkStatus({ ...options, suite: suite(), documentLoader }) : async () => ({ verified: true }),
});

let wrong = 0;
const expect = (right, what) => {
  if (right) return;
  wrong += 1;
  if (wrong < 10) console.error(`wrong: ${what}`);
};

const certificates = lines('certificates.jsonl').map(line => JSON.parse(line));
for (const [number, certificate] of certificates.entries()) {
  const result = await judge(certificate, false);
  expect(result.verified, `certificate ${number} is refused: ${result.error?.errors?.[0] ?? result.error}`);
}
// The list is long: each look unpacks it again.
for (const number of [0, 1, 99, 100, 101, 9_900, 9_999]) {
  const { results } = await checkStatus({ credential: certificates[number], suite: suite(), documentLoader });
  const revoked = results[0].status;
  expect(revoked === (number % 100 === 0), `certificate ${number}: revoked is ${revoked}`);
}
const mutations = lines('mutations.jsonl');
for (const [number, line] of mutations.entries()) {
  const result = await judge(JSON.parse(line), false);
  expect(!result.verified, `mutation ${number} is accepted`);
}
const keys = jose.createLocalJWKSet(JSON.parse(read('jwks.json')));
const options = { audience: 'https://airline.example', issuer: did.id, currentDate: new Date('2021-04-28T10:31:00Z') };
for (const [number, answer] of lines('answers.jsonl').entries()) {
  const { payload } = await jose.jwtVerify(answer, keys, options);
  expect(payload.vaccination_status === 1 && payload.nonce === `nonce-${number}`, `answer ${number}`);
  const changed = answer.replace(/\.[^.]*$/, lines('answers.jsonl')[(number + 1) % 100].match(/\.[^.]*$/)[0]);
  expect(await jose.jwtVerify(changed, keys, options).then(() => false, () => true), `changed answer ${number}`);
}
console.log(`@digitalbazaar/vc: ${certificates.length} certificates, ${mutations.length} mutations; jose: 100 answers; ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
