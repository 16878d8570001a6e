/**
 * Serves the pages as the gateway does (`gateway/pages/README.md`), with the documents of `certificates/` and a service behind
 * the status page that knows one person; for tests.
 *
 * @module
 */

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const PAGES = new URL('..', import.meta.url);
const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; ";

const DOCUMENTS = {
  '/.well-known/did.json': 'did.json',
  '/.well-known/jwks.json': 'jwks.json',
  '/credentials/status/0': 'status-0.json',
};

/** The code that every message holds. */
export const OTP = '271828';

/**
 * Starts the server.
 *
 * @param {{ origins: string[] }} partner Where the one verifying party, `airline`, embeds the status page.
 * @returns {Promise<{ origin: string, requests: string[], key: import("node:crypto").KeyObject, close: () => void }>} Its
 *   origin, all that was sent to it, and the key that verifies its answers.
 */
export async function serve({ origins }) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const requests = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://service');
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push(`${request.method} ${request.url} ${body}`);
    const reply = (await page(url, origins)) ?? service(url, request, body, origins, privateKey);
    response.writeHead(reply.status, { 'X-Content-Type-Options': 'nosniff', ...reply.headers }).end(reply.body);
  });
  const origin = await listen(server, '127.0.0.1');
  return { origin, requests, key: publicKey, close: () => server.close() };
}

/**
 * Starts another site, of one page.
 *
 * @param {string} html
 * @returns {Promise<{ origin: string, close: () => void }>}
 */
export async function serveSite(html) {
  const server = createServer((_, response) => response.writeHead(200, { 'Content-Type': TYPES.html }).end(site.html));
  const site = { html, origin: await listen(server, 'localhost'), close: () => server.close() };
  return site;
}

async function listen(server, host) {
  await new Promise(resolve => server.listen(0, host, resolve));
  return `http://${host}:${server.address().port}`;
}

async function page(url, origins) {
  const path = url.pathname;
  if (Object.hasOwn(DOCUMENTS, path)) {
    const body = await readFile(new URL(`tests/certificates/${DOCUMENTS[path]}`, PAGES));
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  }
  const file = path === '/verify' || path === '/kyc' ? `${path}/index.html` : path;
  if (!/^\/(verify|kyc)(\/[a-z0-9-]+)*\.(html|js|css)$/.test(file)) return null;
  const embedding = path === '/kyc' && url.searchParams.get('partner') === 'airline' ? origins.join(' ') : "'none'";
  const headers = {
    'Content-Type': TYPES[file.split('.').at(-1)],
    'Content-Security-Policy': `${CSP}frame-ancestors ${embedding}`,
    'Cross-Origin-Resource-Policy': path === '/kyc/embed.js' ? 'cross-origin' : 'same-origin',
  };
  return { status: 200, headers, body: await readFile(new URL(`.${file}`, PAGES)) };
}

function service(url, request, body, origins, key) {
  const { partner = '', origin = '', nonce = '' } = Object.fromEntries(url.searchParams);
  const given = body && JSON.parse(body);
  const refuse = (status, errorCode) => json(status, { errorCode, error: '' });
  if (partner !== '' && (partner !== 'airline' || !origins.includes(origin))) return refuse(403, '');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /api/v3/vaccination/status/partner':
      return json(200, { name: 'Example Airlines' });
    case 'POST /api/v3/vaccination/generateOTP':
      return json(200, { txnId: randomUUID() });
    case 'POST /api/v3/vaccination/confirmOTP':
      if (given.otp !== createHash('sha256').update(OTP).digest('hex')) return refuse(400, 'USRAUT0014');
      return json(200, { token: 'token' });
    case 'GET /api/v3/vaccination/status':
      if (request.headers.authorization !== 'Bearer token')
        return { status: 401, headers: {}, body: 'Unauthenticated access!' };
      return json(200, { vaccination_status: 2, ...(partner && { answer: answer(partner, nonce, key) }) });
    default:
      return refuse(404, '');
  }
}

function json(status, value) {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

/** A signed answer. */
function answer(aud, nonce, key) {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'did:web:cowin.example',
    aud,
    iat,
    exp: iat + 600,
    jti: randomUUID(),
    nonce,
    vaccination_status: 2,
  };
  const signed = `${part({ alg: 'EdDSA', kid: 'kid', typ: 'vaccination-status+jwt' })}.${part(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}
