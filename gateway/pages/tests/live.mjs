/**
 * Drives the pages of a running sandbox in Chromium: a certificate that it issued is valid, altered and, once it was
 * corrected, revoked; and another site is told a status by the page that it embeds.
 *
 *   node live.mjs DIRECTORY CHROMIUM SERVER
 *
 * In the directory npm has installed playwright-core. The server's clock is moved, and its limits are off.
 */

import assert from 'node:assert/strict';
import { createPublicKey, randomUUID, verify as holds } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Programme } from './programme.js';
import { serveSite } from './server.js';

const NAME = 'Asha "Ashu" Devi';

const [packages, executablePath, origin] = process.argv.slice(2);
const { chromium } = createRequire(pathToFileURL(join(packages, '/')))('playwright-core');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] });
const programme = new Programme(origin);
const [site, stranger] = [await serveSite(''), await serveSite('')];

try {
  const person = await programme.vaccinate(NAME);
  await verified(person);
  await embedded(person);
} finally {
  await browser.close();
  [site, stranger].forEach(one => one.close());
}

/** What was issued is valid, what was changed is altered, and what was corrected is revoked. */
async function verified(person) {
  const certificate = (await programme.certificate(person)).toString();
  const page = await open(`${origin}/verify`);
  assert.equal(await verdict(page, certificate), 'Valid');
  assert.equal(await page.locator('dd bdi').first().innerText(), NAME);
  for (const [format, type] of [['pdf', 'application/pdf'], ['qr', 'image/png'], ['qr_text', 'text/plain']]) {
    assert.equal(await verdict(page, await programme.certificate(person, { format }), type), 'Valid', format);
  }
  assert.equal(await verdict(page, certificate.replace('Ashu', 'Usha')), 'Altered');
  await person.correct();
  const corrected = await programme.certificate(person, { before: certificate });
  assert.deepEqual(page.wrong, []);
  assert.equal(await verdict(await open(`${origin}/verify`), corrected), 'Valid');
  await revoked(certificate);
  console.log('a certificate is valid, altered, and revoked once it was corrected');
}

/** A list is looked at every few seconds by the server, and kept for a minute by a browser; this one is new each time. */
async function revoked(certificate) {
  for (let attempt = 0; attempt < 30; attempt++) {
    const page = await open(`${origin}/verify`);
    if ((await verdict(page, certificate)) === 'Revoked') return;
    await page.context().close();
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  assert.fail('a certificate that was corrected is not called revoked');
}

/** Another site is given the answer, signed for its partner; a site that is not the partner's shows no page. */
async function embedded(person) {
  const [partner, nonce] = [await programme.partner([site.origin]), randomUUID()];
  site.html = stranger.html = embedding(partner, nonce);
  const page = await open(site.origin);
  const frame = page.frameLocator('iframe');
  await frame.locator('#consent-text', { hasText: 'Example Airlines' }).waitFor();
  await frame.locator('#mobile').fill(person.mobile);
  await frame.locator('#name').fill('DEVI Asha');
  await frame.locator('#consent').check();
  await frame.getByRole('button', { name: 'Send me a code' }).click();
  await frame.locator('#otp').waitFor();
  await frame.locator('#otp').fill(await programme.password(person.mobile));
  await frame.getByRole('button', { name: 'Confirm' }).click();
  await frame.getByRole('heading', { name: 'Partially vaccinated' }).waitFor();
  const told = JSON.parse(await page.locator('#told').innerText());
  const said = await signed(told.answer);
  assert.deepEqual([said.aud, said.nonce, said.vaccination_status], [partner, nonce, 1]);
  assert.deepEqual(page.wrong, []);

  const refused = await open(stranger.origin);
  const inside = await (await refused.waitForSelector('iframe')).contentFrame();
  await refused.waitForTimeout(500);
  assert.equal(await inside.locator('form').count(), 0);
  console.log('another site is told a status, and no other than the partner’s is');
}

/** What an answer says, if a published key of that purpose signed it. */
async function signed(answer) {
  const [header, payload, signature] = answer.split('.');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url'));
  const { keys } = await programme.call('GET', '/.well-known/jwks.json');
  const key = keys.find(one => one.kid === kid && one.purpose === 'kyc');
  const publicKey = createPublicKey({ key, format: 'jwk' });
  assert.ok(holds(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url')));
  return JSON.parse(Buffer.from(payload, 'base64url'));
}

async function verdict(page, certificate, mimeType = 'application/json') {
  await page.locator('#result').evaluate(node => node.replaceChildren());
  const file = { name: 'certificate', mimeType, buffer: Buffer.from(certificate) };
  await page.locator('#file').setInputFiles(file);
  return page.locator('h2 [lang=en]').first().innerText();
}

/** A page in a context of its own, by the server's clock, which notes whatever goes wrong in it. The clock stands still. */
async function open(address) {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
  const { now } = await programme.call('POST', '/sandbox/clock', { body: { advance_s: 0 } });
  await page.clock.setFixedTime(now);
  page.wrong = [];
  page.on('pageerror', error => page.wrong.push(String(error)));
  page.on('console', message => message.type() === 'error' && page.wrong.push(message.text()));
  await page.goto(address, { waitUntil: 'networkidle' });
  return page;
}

function embedding(partner, nonce) {
  return `<!doctype html><meta charset="utf-8"><title>Another site</title>
    <div id="status"></div><pre id="told"></pre>
    <script>
      addEventListener('vaccination-status', ({ detail }) => {
        document.getElementById('told').append(JSON.stringify(detail));
      });
    </script>
    <script src="${origin}/kyc/embed.js" data-partner="${partner}" data-target="#status" data-nonce="${nonce}"></script>`;
}
