/**
 * The page that verifies: takes what the camera sees, a file, a text or the fragment of the page's own address, and says
 * what it is worth. All of it happens in the browser.
 *
 * @module
 */

import { codeIn } from './core/compact.js';
import { verifyTogether } from './core/together.js';
import { NoKeys, OriginTrust } from './core/trust.js';
import { Unreadable } from './core/verifier.js';
import { Camera } from './ui/camera.js';
import { both, byId } from './ui/dom.js';
import { certificatesIn } from './ui/files.js';
import { PROGRESS } from './ui/labels.js';
import { failureCard, verdictCard } from './ui/verdict.js';

const trust = new OriginTrust(new URL(location.origin), (...request) => fetch(...request));
const camera = new Camera(byId('video'));

byId('scan').addEventListener('click', scan);
byId('stop').addEventListener('click', () => {
  stopScanning();
  say(null);
  byId('scan').focus();
});
byId('file').addEventListener('change', ({ target }) => {
  takeFile(target.files[0]);
  // The same file can be chosen once more.
  target.value = '';
});
byId('text').addEventListener('submit', event => {
  event.preventDefault();
  show([[byId('pasted').value]]);
});
addEventListener('dragover', event => event.preventDefault());
addEventListener('drop', event => {
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});
addEventListener('paste', ({ clipboardData }) => takeFile(clipboardData.files[0]));
addEventListener('hashchange', takeFragment);
addEventListener('pagehide', () => camera.stop());
takeFragment();

/** Verifies what stands behind `#` of a link, and takes it out of the address, which others may come to see. */
function takeFragment() {
  if (location.hash.length < 2) return;
  const link = location.href;
  history.replaceState(null, '', location.pathname);
  show([[link]]);
}

async function takeFile(file) {
  if (!file) return;
  stopScanning();
  say(PROGRESS.looking);
  // Lets the page show that before it is busy.
  await new Promise(resolve => setTimeout(resolve, 30));
  const certificates = await certificatesIn(file);
  await show(certificates.length > 0 ? certificates : [['']]);
}

async function scan() {
  byId('result').replaceChildren();
  byId('camera').hidden = false;
  say(PROGRESS.looking);
  byId('stop').focus();
  try {
    await camera.start(found);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    stopScanning();
    say(error.name === 'NotAllowedError' ? PROGRESS.denied : PROGRESS.noCamera);
  }
}

function found(text) {
  const isCertificate = codeIn(text) !== null || text.startsWith('PK') || text.startsWith('{');
  if (isCertificate) show([[text]]);
  else say(PROGRESS.otherCode);
  return isCertificate;
}

function stopScanning() {
  camera.stop();
  byId('camera').hidden = true;
}

/** Shows a card for each certificate and leads the reader there. */
async function show(certificates) {
  stopScanning();
  say(PROGRESS.verifying);
  const again = () => show(certificates);
  const cards = await Promise.all(certificates.map(parts => cardFor(parts, again)));
  byId('result').replaceChildren(...cards.map(({ card }) => card));
  say(cards[0].title);
  // The card says the same to those who see it.
  byId('progress').classList.add('unseen');
  byId('result').querySelector('h2').focus();
}

async function cardFor(parts, again) {
  try {
    return verdictCard(await verifyTogether(parts, trust, new Date()), again);
  } catch (error) {
    if (error instanceof Unreadable) return failureCard(error.why, again);
    if (error instanceof NoKeys) return failureCard('no-keys', again);
    throw error;
  }
}

/** Tells how it stands, also to those who do not see the page. */
function say(label) {
  byId('progress').classList.remove('unseen');
  byId('progress').replaceChildren(...(label ? [both('span', label)] : []));
}
