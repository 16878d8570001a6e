/**
 * Drives the pages in Chromium: certificates of all kinds by link, file and camera, and the status page in another site.
 *
 *   node browser.mjs DIRECTORY CHROMIUM [SCREENSHOTS]
 *
 * In the directory npm has installed playwright-core; screenshots are written if there is a directory for them.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { verify as holds } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contentsOf } from '../verify/ui/pdf.js';
import { film, framed, paint, png } from './paint.js';
import { OTP, serve, serveSite } from './server.js';

const [packages, executablePath, screenshots] = process.argv.slice(2);
const { chromium } = createRequire(pathToFileURL(join(packages, '/')))('playwright-core');
const directory = mkdtempSync(join(tmpdir(), 'pages-'));

const read = name => readFileSync(new URL(`certificates/${name}`, import.meta.url));
const cases = JSON.parse(read('cases.json'));
const input = name => cases.find(one => one.name === name).input;
const file = (name, content) => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};

const symbol = await symbolIn(read('certificate.pdf'));
const args = ['--no-sandbox', '--disable-quic', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
const pointed = framed(paint(symbol, { module: 4, turn: 8, tilt: 0.08, blur: 0.8, noise: 8 }), 1280, 720);
args.push(`--use-file-for-fake-video-capture=${file('camera.y4m', film(pointed))}`);
const browser = await chromium.launch({ executablePath, args });
const site = await serveSite('');
const stranger = await serveSite('');
const server = await serve({ origins: [site.origin] });

try {
  await verdicts();
  await links();
  await files();
  await offline();
  await withoutEd25519();
  await keyboard();
  await camera();
  await embedded();
  await elsewhere();
  if (screenshots) await shots();
} finally {
  await browser.close();
  [server, site, stranger].forEach(one => one.close());
  rmSync(directory, { recursive: true });
}

/** Each kind of certificate is told as what it is; and what its issuer does not stand for is not repeated. */
async function verdicts() {
  const page = await open('/verify');
  for (const [name, title, shows] of [
    ['JSON: domestic', 'Valid', true],
    ['JSON: international', 'Valid', true],
    ['JSON: of a name in Hindi', 'Valid', true],
    ['JSON: of a name with quotes and controls', 'Valid', true],
    ['JSON: another name', 'Altered', false],
    ['JSON: a member more', 'Altered', false],
    ['JSON: revoked', 'Revoked', true],
    ['JSON: by a revoked key', 'Revoked', false],
    ['JSON: expired', 'Expired', true],
    ['JSON: not yet valid', 'Not yet valid', true],
    ['JSON: by an unknown issuer', 'Unknown issuer', false],
    ['JSON: of a list that is not there', 'Genuine, but cannot tell whether revoked', true],
    ['JSON: something else', 'Not a certificate', false],
  ]) {
    await choose(page, file('certificate.json', input(name)));
    assert.equal(await titleOf(page), title, name);
    assert.equal((await page.locator('dl').count()) === 1, shows, name);
    const written = shows ? JSON.parse(input(name)).credentialSubject.name : null;
    if (shows)
      assert.equal(
        await page
          .locator('dd bdi')
          .first()
          .evaluate(node => node.textContent),
        written,
      );
  }
  await done(page, 'certificates of all kinds are told as what they are');
}

/** A link is verified without a word of it leaving the browser, and does not stay in the address. */
async function links() {
  const before = server.requests.length;
  const link = new URL(input('code: as a link'));
  const page = await open(`/verify${link.hash}`);
  assert.equal(await titleOf(page), 'Valid');
  assert.equal(page.url(), `${server.origin}/verify`);
  const sent = server.requests.slice(before).join('\n');
  assert.ok(sent.includes('/credentials/status/0') && !sent.includes('OCW1'), sent);
  await page.locator('summary').click();
  await page.locator('#pasted').fill(input('code: revoked'));
  await page.locator('#text button').click();
  await page.getByRole('heading', { name: 'Revoked' }).waitFor();
  await done(page, 'links are verified, and stay in the browser');
}

/** The issued PDF, pictures of its code, the page as it is printed and scanned, and what is none of these. */
async function files() {
  const page = await open('/verify');
  const pdf = file('certificate.pdf', read('certificate.pdf'));
  const shown = [
    ['the PDF', pdf, 'Valid'],
    ['a picture', file('code.png', png(paint(symbol))), 'Valid'],
    ['a tilted picture', file('tilted.png', png(paint(symbol, { tilt: 0.2, turn: 30, module: 6, noise: 9 }))), 'Valid'],
    ['a code in a text file', file('code.txt', input('code: domestic')), 'Valid'],
    [
      'a picture of nothing',
      file('nothing.png', png({ width: 99, height: 99, shades: new Uint8Array(9801) })),
      'Not a certificate',
    ],
    ['an empty file', file('empty.json', ''), 'Not a certificate'],
    ['a damaged code', file('damaged.txt', input('code: cut')), 'Cannot be read'],
  ];
  for (const resolution of [150, 200, 300]) {
    const raster = join(directory, `page-${resolution}`);
    execFileSync('pdftoppm', ['-png', '-r', resolution, '-singlefile', pdf, raster]);
    shown.push([`the page at ${resolution} dpi`, `${raster}.png`, 'Valid']);
  }
  for (const [what, path, title] of shown) {
    await choose(page, path);
    assert.equal(await titleOf(page), title, what);
  }
  await done(page, 'files of all kinds are read');
}

/** Without a network nothing is called valid that may have been revoked. */
async function offline() {
  const page = await open('/verify');
  await page.context().setOffline(true);
  await choose(page, file('certificate.json', input('JSON: domestic')));
  assert.equal(await titleOf(page), 'Cannot verify now');
  await page.context().setOffline(false);
  await choose(page, file('certificate.json', input('JSON: another name')));
  assert.equal(await titleOf(page), 'Altered');
  await page.context().setOffline(true);
  await choose(page, file('certificate.json', input('JSON: domestic')));
  assert.equal(await titleOf(page), 'Genuine, but cannot tell whether revoked');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Valid' }).waitFor();
  await page.context().close();
  console.log('offline, what may have been revoked is not called valid');
}

/** A browser whose WebCrypto does not know Ed25519 comes to the same verdicts. */
async function withoutEd25519() {
  const page = await open('/verify', {}, () => {
    const { importKey } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
      if (algorithm === 'Ed25519') return Promise.reject(new DOMException('', 'NotSupportedError'));
      return importKey.call(this, format, key, algorithm, ...rest);
    };
  });
  for (const [name, title] of [
    ['JSON: domestic', 'Valid'],
    ['JSON: another name', 'Altered'],
    ['JSON: revoked', 'Revoked'],
  ]) {
    await choose(page, file('certificate.json', input(name)));
    assert.equal(await titleOf(page), title, name);
  }
  await done(page, 'without Ed25519 in the browser, verdicts are the same');
}

/** Everything can be reached by keyboard, and the verdict has the focus. */
async function keyboard() {
  const page = await open('/verify');
  const reached = [];
  for (let press = 0; press < 3; press++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
  }
  assert.deepEqual(reached, ['scan', 'file', 'SUMMARY']);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.insertText(input('code: domestic'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await titleOf(page), 'Valid');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
  assert.match(await page.getByRole('status').innerText(), /Valid/);
  await done(page, 'the keyboard does, and the verdict is announced');
}

async function camera() {
  const page = await open('/verify', { permissions: ['camera'] });
  await page.locator('#scan').click();
  await page.getByRole('heading', { name: 'Valid' }).waitFor();
  assert.equal(await page.locator('#camera').isVisible(), false);
  assert.equal(await page.evaluate(() => document.getElementById('video').srcObject), null);
  await done(page, 'the camera reads a certificate, and is let go');
}

/** The status page in another site, which is given the signed answer and nothing else. */
async function embedded() {
  site.html = embedding('nonce-of-the-site');
  const page = await open(site.origin);
  const frame = page.frameLocator('iframe');
  await frame.locator('#consent-text', { hasText: 'Example Airlines' }).waitFor();
  await askFor(frame);
  await frame.locator('#otp').fill('000000');
  await frame.getByRole('button', { name: 'Confirm' }).click();
  await frame.getByRole('alert').getByText('The code is wrong').waitFor();
  await frame.locator('#otp').fill(OTP);
  await frame.getByRole('button', { name: 'Confirm' }).click();
  await frame.getByRole('heading', { name: 'Fully vaccinated' }).waitFor();

  const told = JSON.parse(await page.locator('#told').innerText());
  assert.deepEqual(Object.keys(told), ['answer', 'nonce']);
  const [header, payload, signature] = told.answer.split('.');
  assert.ok(holds(null, Buffer.from(`${header}.${payload}`), server.key, Buffer.from(signature, 'base64url')));
  const said = JSON.parse(Buffer.from(payload, 'base64url'));
  assert.deepEqual([said.aud, said.nonce, said.vaccination_status], ['airline', 'nonce-of-the-site', 2]);
  const height = await page.locator('iframe').evaluate(node => node.clientHeight);
  assert.ok(height > 150 && height < 900, `the frame is ${height} pixels high`);
  // That the wrong code was refused is told on the console too.
  await done(page, 'the status page answers another site', /400 \(Bad Request\)/);
}

/** A site that is not the partner's cannot embed the page, nor can anybody without being one. */
async function elsewhere() {
  stranger.html = embedding('a nonce');
  const page = await open(stranger.origin);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  await page.waitForTimeout(500);
  assert.equal(await frame.locator('form').count(), 0);
  await page.context().close();

  const own = await open('/kyc');
  await askFor(own);
  await own.locator('#otp').fill(OTP);
  await own.getByRole('button', { name: 'Confirm' }).click();
  await own.getByRole('heading', { name: 'Fully vaccinated' }).waitFor();
  await done(own, 'no other site embeds it, and a person may ask for themself');
}

/** Pictures of the pages, on a phone and a desk, in light and dark. */
async function shots() {
  for (const colorScheme of ['light', 'dark']) {
    for (const [device, width, height] of [
      ['phone', 360, 740],
      ['desk', 1100, 800],
    ]) {
      const shot = async (page, name) => {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${name} is ${wide} pixels wide`);
        await page.screenshot({ path: join(screenshots, `${name}-${device}-${colorScheme}.png`), fullPage: true });
      };
      const page = await open('/verify', { colorScheme, viewport: { width, height } });
      await shot(page, 'verify');
      for (const name of [
        'international',
        'another name',
        'revoked',
        'of a list that is not there',
        'of a name of 200 letters',
      ]) {
        await choose(page, file('certificate.json', input(`JSON: ${name}`)));
        await titleOf(page);
        await shot(page, `verify-${name.replaceAll(' ', '-')}`);
      }
      await page.context().close();
      site.html = embedding('nonce');
      const host = await open(site.origin, { colorScheme, viewport: { width, height } });
      const frame = host.frameLocator('iframe');
      await frame.locator('#consent-text').waitFor();
      await host.waitForTimeout(200);
      await shot(host, 'kyc-1');
      await askFor(frame);
      await host.waitForTimeout(200);
      await shot(host, 'kyc-2');
      await frame.locator('#otp').fill(OTP);
      await frame.getByRole('button', { name: 'Confirm' }).click();
      await frame.getByRole('heading').nth(1).waitFor();
      await host.waitForTimeout(200);
      await shot(host, 'kyc-3');
      await host.context().close();
    }
  }
}

/** A page in a context of its own, which notes whatever goes wrong in it. */
async function open(address, options = {}, prepare = () => {}) {
  const context = await browser.newContext(options);
  await context.addInitScript(prepare);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.wrong = [];
  page.on('pageerror', error => page.wrong.push(String(error)));
  page.on('console', message => message.type() === 'error' && page.wrong.push(message.text()));
  await page.goto(new URL(address, server.origin).href, { waitUntil: 'networkidle' });
  return page;
}

/** Closes a page in which nothing went wrong but what had to, such as a list that is not there. */
async function done(page, what, expected = /404 \(Not Found\)/) {
  assert.deepEqual(
    page.wrong.filter(text => !expected.test(text)),
    [],
  );
  await page.context().close();
  console.log(what);
}

/** Chooses a file, and forgets the verdict before. */
async function choose(page, path) {
  await page.locator('#result').evaluate(node => node.replaceChildren());
  await page.locator('#file').setInputFiles(path);
}

function titleOf(page) {
  return page.locator('h2 [lang=en]').first().innerText();
}

async function askFor(page) {
  await page.locator('#mobile').fill('9876543210');
  await page.locator('#name').fill('Ramesh Kumar');
  await page.locator('#consent').check();
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.locator('#otp').waitFor();
}

function embedding(nonce) {
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Another site</title>
    <div id="status"></div><pre id="told" hidden></pre>
    <script>
      addEventListener('vaccination-status', ({ detail }) => {
        document.getElementById('told').hidden = false;
        document.getElementById('told').append(JSON.stringify(detail));
        document.getElementById('told').style.whiteSpace = 'pre-wrap';
        document.getElementById('told').style.overflowWrap = 'anywhere';
      });
    </script>
    <script src="${server.origin}/kyc/embed.js" data-partner="airline" data-target="#status" data-nonce="${nonce}"></script>`;
}

/** The modules of the code in an issued PDF. */
async function symbolIn(pdf) {
  const [{ width, shades }] = (await contentsOf(new Uint8Array(pdf))).pictures;
  // The quiet zone is four modules wide.
  const module = Math.floor(shades.findIndex(shade => shade === 0) / width) / 4;
  const size = width / module - 8;
  const isDark = (x, y) => shades[Math.floor((y + 4.5) * module) * width + Math.floor((x + 4.5) * module)] < 128;
  return {
    size,
    dark: Uint8Array.from({ length: size * size }, (_, at) => (isDark(at % size, Math.floor(at / size)) ? 1 : 0)),
  };
}
