/**
 * Shows a verdict.
 *
 * @module
 */

import { both, element } from './dom.js';
import { AGAIN, FAILURES, FIELDS, OUTCOMES, REASONS } from './labels.js';

/**
 * A card that tells a verdict in a word, what that means, and what the certificate says.
 *
 * @param {import("../core/verifier.js").Verdict} verdict
 * @param {() => void} again Verifies once more; offered where that may tell more.
 * @returns {{ card: HTMLElement, title: import("./labels.js").Label }}
 */
export function verdictCard(verdict, again) {
  const { tone, title, text } = OUTCOMES[shownAs(verdict)];
  const card = cardOf(tone, title, REASONS[verdict.reason] ?? text);
  if (shownAs(verdict) === 'not-checked') card.append(againButton(again));
  if (verdict.facts) card.append(fieldsOf(verdict));
  return { card, title };
}

/**
 * A card that tells why there is no verdict.
 *
 * @param {keyof FAILURES} why
 * @param {() => void} again
 * @returns {{ card: HTMLElement, title: import("./labels.js").Label }}
 */
export function failureCard(why, again) {
  const { tone, title, text } = FAILURES[why];
  const card = cardOf(tone, title, text);
  if (why === 'no-keys') card.append(againButton(again));
  return { card, title };
}

/** Which of the outcomes' words tell it. */
function shownAs({ outcome, reason, status }) {
  if (reason === 'not-yet-valid') return 'early';
  return outcome === 'valid' && (status === null || status.stale) ? 'not-checked' : outcome;
}

function cardOf(tone, title, text) {
  const heading = both('h2', title, { tabindex: '-1' });
  return element('article', { class: `card ${tone}` }, heading, both('p', text));
}

function againButton(again) {
  const button = both('button', AGAIN, { type: 'button' });
  button.addEventListener('click', again);
  return button;
}

function fieldsOf({ facts, status }) {
  const fields = element('dl', {});
  for (const [name, value] of shown(facts, status)) {
    if (value === null) continue;
    // Whatever direction a name is written in, it stays within its line.
    fields.append(element('div', {}, both('dt', FIELDS[name]), element('dd', {}, element('bdi', {}, value))));
  }
  return fields;
}

/** The fields in the order in which a reader compares them with a person, and then with a record. */
function shown(facts, status) {
  const birth = facts.dateOfBirth ? ['dateOfBirth', day(facts.dateOfBirth)] : ['birthYear', String(facts.birthYear)];
  return [
    ['name', facts.name],
    birth,
    ['gender', facts.gender],
    ['passport', facts.passport],
    ['vaccine', facts.vaccine],
    ['dose', doseOf(facts)],
    ['date', day(facts.date)],
    ['place', [facts.facility, facts.district, facts.state, facts.country].join(', ')],
    ['manufacturer', facts.manufacturer],
    ['prophylaxis', facts.prophylaxis],
    ['batch', facts.batch],
    ['reference', facts.reference],
    ['certificateId', facts.certificateId],
    ['issuer', facts.issuer.replace('did:web:', '').replace('%3A', ':')],
    ['signed', moment(facts.signed)],
    ['validUntil', facts.validUntil && moment(facts.validUntil)],
    ['asOf', status && moment(status.asOf)],
  ];
}

function doseOf({ dose, totalDoses }) {
  return dose > totalDoses ? `${dose}` : `${dose} / ${totalDoses}`;
}

function day(text) {
  return new Date(text).toLocaleDateString('en-IN', { dateStyle: 'long', timeZone: 'UTC' });
}

function moment(text) {
  return new Date(text).toLocaleString('en-IN', { dateStyle: 'long', timeStyle: 'short' });
}
