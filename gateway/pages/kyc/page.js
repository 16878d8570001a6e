/**
 * The page that tells somebody's vaccination status: to themself, or to the site in which it is embedded
 * ({@link module:embed}). That site is given the signed answer and nothing else.
 *
 * @module
 */

import { both, byId, element } from '../verify/ui/dom.js';
import { CONSENT_ALONE, CONSENT_VERSION, consentTo } from './consent.js';
import { PROBLEMS, PROGRESS, STATUSES, toldTo } from './labels.js';
import { Refused, partyOf, sendCode, statusBy } from './service.js';

const parameters = new URLSearchParams(location.search);
const question = {
  partner: parameters.get('partner') ?? '',
  origin: parameters.get('origin') ?? '',
  nonce: parameters.get('nonce') ?? '',
};
let txnId = '';
let party = '';

byId('person').addEventListener('submit', event => step(event, askForCode));
byId('code').addEventListener('submit', event => step(event, askForStatus));
byId('again').addEventListener('click', () => {
  say(null);
  turnTo('person', 'mobile');
});
new ResizeObserver(() => tell({ height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(
  document.body,
);
open();

/** Shows the form, with the name of who asks. */
async function open() {
  try {
    if (question.partner !== '') party = await partyOf(question);
    else if (parent !== window) throw new Refused(403);
    byId('consent-text').append(both('span', question.partner === '' ? CONSENT_ALONE : consentTo(party)));
    byId('consent-version').append(CONSENT_VERSION);
    byId('person').hidden = false;
  } catch (error) {
    complain(error);
  }
}

async function askForCode() {
  const person = { mobile: byId('mobile').value, name: byId('name').value.trim(), consent: CONSENT_VERSION };
  txnId = await sendCode(question, person);
  byId('otp').value = '';
  turnTo('code', 'otp');
  say(PROGRESS.sent);
}

async function askForStatus() {
  const { status, answer } = await statusBy(question, txnId, byId('otp').value);
  if (question.partner !== '') tell({ answer });
  const { tone, title, text } = STATUSES[status];
  const heading = both('h2', title, { tabindex: '-1' });
  const card = element('article', { class: `card ${tone}` }, heading, both('p', text));
  if (question.partner !== '') card.append(both('p', toldTo(party)));
  byId('person').hidden = byId('code').hidden = true;
  byId('result').replaceChildren(card);
  say(null);
  heading.focus();
}

/** Does what a form asks for, once at a time. */
async function step(event, action) {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector('[type=submit]');
  button.disabled = true;
  byId('problem').replaceChildren();
  say(PROGRESS.working);
  try {
    await action();
  } catch (error) {
    say(null);
    complain(error);
  } finally {
    button.disabled = false;
  }
}

function complain(error) {
  if (!(error instanceof Refused)) throw error;
  byId('problem').replaceChildren(both('span', PROBLEMS[error.status] ?? PROBLEMS[error.status < 500 ? 400 : 500]));
}

function turnTo(form, field) {
  byId('person').hidden = form !== 'person';
  byId('code').hidden = form !== 'code';
  byId(field).focus();
}

/** Tells how it stands, also to those who do not see the page. */
function say(label) {
  byId('progress').replaceChildren(...(label ? [both('span', label)] : []));
}

/** Tells the site in which this page is embedded, and no other. */
function tell(message) {
  if (parent !== window && URL.canParse(question.origin)) {
    parent.postMessage({ ...message, nonce: question.nonce }, new URL(question.origin).origin);
  }
}
