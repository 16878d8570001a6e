/**
 * A vaccination programme in a sandbox, by its API alone: somebody is given a dose, has it corrected, and a partner asks for
 * their status. The sandbox's clock is moved.
 *
 * @module
 */

import { createHash, randomInt, randomUUID } from 'node:crypto';

const SANDBOX_KEY = 'opencowin-sandbox-0000000000000000000000';
const BATCHES = ['4120Z001', '4120Z002'];
const DAY_MS = 86_400_000;

/** The programme of a sandbox at an origin. */
export class Programme {
  /** @param {string} origin */
  constructor(origin) {
    this.origin = origin;
  }

  /** Calls the API; what it answers has to be a success. */
  async call(method, path, { body, token, device, key } = {}) {
    const headers = {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(device && { 'X-Device-Id': device }),
      ...(key && { 'x-api-key': key }),
    };
    const answer = await fetch(this.origin + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text.startsWith('{') ? JSON.parse(text) : text;
  }

  /** The password in the newest message to a number. */
  async password(mobile) {
    const { messages } = await this.call('GET', `/sandbox/outbox?mobile=${mobile}`);
    return messages.at(-1).text.match(/\b[0-9]{6}\b/)[0];
  }

  /** Logs somebody in at a door; on a device, where tokens are bound to one. */
  async logIn(door, mobile, device) {
    const { ask, confirm } = DOORS[door];
    const { txnId } = await this.call('POST', ask, { body: { mobile } });
    const otp = createHash('sha256')
      .update(await this.password(mobile))
      .digest('hex');
    const body = { txnId, otp, ...(device && { device_id: device }) };
    const { token } = await this.call('POST', confirm, { body });
    return { token, device };
  }

  /** Somebody of the staff, or an official, who is logged in. */
  async official(role, place = {}) {
    const mobile = number();
    await this.call('POST', '/sandbox/officials', { body: { mobile, name: 'Meena Kumari', role, ...place } });
    return this.logIn('staff', mobile, randomUUID());
  }

  /**
   * Gives somebody a first dose at a session of tomorrow, by when the clock is moved to its morning.
   *
   * @param {string} name
   * @returns {Promise<{ mobile: string, reference: string, correct: () => Promise<void> }>} Whom, and how to have the dose
   *   corrected, which ends its certificate.
   */
  async vaccinate(name) {
    const session = await this.sessionOfTomorrow();
    const person = await this.booked(name, session);
    await this.moveTo(session.date);
    const place = { center_id: session.center_id };
    const manager = await this.official('facility-manager', place);
    const vaccinator = await this.official('vaccinator', place);
    const at = (who, what, body) =>
      this.call('POST', `/api/v2/vaccinator/${what}`, { body, ...who, key: SANDBOX_KEY });
    for (const batch of BATCHES) {
      const parcel = { vaccine: session.vaccine, batch, doses: 10, expiry: inYears(session.date, 1) };
      await at(manager, 'stock/receive', parcel);
    }
    const { mobile, reference, ...shown } = person;
    const dose = { beneficiary_reference_id: reference, vaccine: session.vaccine, dose: 1, ...place };
    const given = { ...dose, ...shown, vaccine_batch: BATCHES[0], vaccinator_name: 'Meena Kumari' };
    await at(vaccinator, 'beneficiaries/vaccinate', given);
    const correction = { beneficiary_reference_id: reference, dose: 1, vaccine_batch: BATCHES[1], reason: 'misread', ...place };
    return {
      mobile,
      reference,
      correct: () => at(manager, 'beneficiaries/correct', correction),
    };
  }

  /** Registers somebody who goes to a session, and answers what they show there. */
  async booked(name, { session_id, slots }) {
    const mobile = number();
    const { token } = await this.logIn('portal', mobile);
    const document = { photo_id_type: 8, photo_id_number: `P${randomInt(1_000_000, 9_999_999)}` };
    const person = { name, birth_year: '1960', gender_id: 2, comorbidity_ind: 'N', consent_version: '1', ...document };
    const registered = await this.call('POST', '/api/v2/registration/beneficiary/new', { body: person, token });
    const reference = registered.beneficiary_reference_id;
    const seat = { dose: 1, session_id, slot: slots[0], beneficiaries: [reference] };
    await this.call('POST', '/api/v2/appointment/schedule', { body: seat, token });
    const { beneficiaries } = await this.call('GET', '/api/v2/appointment/beneficiaries', { token });
    const { security_code } = beneficiaries[0].appointments[0];
    return { mobile, reference, security_code, ...document };
  }

  /** The certificate of somebody's first dose, once it is there and is not the one before; as JSON, or in another format. */
  async certificate({ mobile, reference }, { before = '', format = 'json' } = {}) {
    const { token } = await this.logIn('public', mobile);
    const query = new URLSearchParams({ beneficiary_reference_id: reference, format });
    const url = `${this.origin}/api/v2/registration/certificate/public/download?${query}`;
    for (let attempt = 0; attempt < 50; attempt++) {
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
      const certificate = Buffer.from(await answer.arrayBuffer());
      if (answer.ok && certificate.toString() !== before) return certificate;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error('there is no certificate');
  }

  /** A partner that may ask for a status, and embeds the page in these origins; answers its id. */
  async partner(origins) {
    const mobile = number();
    const { partner_id: id } = await this.call('POST', '/api/v2/partners', { body: application(mobile) });
    const administrator = await this.logIn('partner', mobile, randomUUID());
    const ministry = await this.official('ministry');
    const decision = { decision: 'approve', reason: 'as discussed' };
    await this.call('POST', `/api/v2/ministry/partners/${id}/decision`, { body: decision, ...ministry });
    await this.call('POST', `/api/v2/partners/${id}/origins`, { body: { origins }, ...administrator });
    return id;
  }

  /** A session of tomorrow for people of 45 years or more. */
  async sessionOfTomorrow() {
    const { now } = await this.call('POST', '/sandbox/clock', { body: { advance_s: 0 } });
    const date = wireDate(new Date(Date.parse(now) + DAY_MS));
    for (let district = 1; district < 800; district++) {
      const path = `/api/v2/appointment/sessions/public/findByDistrict?district_id=${district}&date=${date}`;
      const { sessions } = await this.call('GET', path);
      const found = sessions.find(one => one.min_age_limit === 45 && one.available_capacity_dose1 > 0);
      if (found) return found;
    }
    throw new Error(`nobody vaccinates on ${date}`);
  }

  /** Moves the clock to ten in the morning of a day in India. */
  async moveTo(date) {
    const [day, month, year] = date.split('-');
    const morning = Date.parse(`${year}-${month}-${day}T10:00:00+05:30`);
    const { now } = await this.call('POST', '/sandbox/clock', { body: { advance_s: 0 } });
    const advance_s = Math.max(0, Math.ceil((morning - Date.parse(now)) / 1000));
    await this.call('POST', '/sandbox/clock', { body: { advance_s } });
  }
}

const DOORS = {
  portal: { ask: '/api/v2/auth/generateMobileOTP', confirm: '/api/v2/auth/validateMobileOtp' },
  public: { ask: '/api/v2/auth/public/generateOTP', confirm: '/api/v2/auth/public/confirmOTP' },
  staff: { ask: '/api/v2/staff/auth/generateOTP', confirm: '/api/v2/staff/auth/confirmOTP' },
  partner: { ask: '/api/v2/partners/auth/generateOTP', confirm: '/api/v2/partners/auth/confirmOTP' },
};

function number() {
  return String(randomInt(9_000_000_000, 9_999_999_999));
}

function wireDate(moment) {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Kolkata' }).format(moment).replaceAll('/', '-');
}

function inYears(date, years) {
  const [day, month, year] = date.split('-');
  return `${Math.min(day, 28)}-${month}-${Number(year) + years}`;
}

function application(administrator_mobile) {
  return {
    organisation_name: 'Example Airlines',
    organisation_type: 'private',
    registration_number: 'U85110DL2015PTC123456',
    person_name: 'Ravi Kumar',
    person_designation: 'Director',
    person_mobile: '9876500001',
    person_email: 'ravi@air.example.in',
    address_street: '12 Janpath',
    address_city: 'New Delhi',
    address_district: 'New Delhi',
    address_state: 'Delhi',
    address_pincode: '110001',
    purpose: 'Knowing whether passengers are vaccinated.',
    expected_users: 1000,
    expected_requests_per_day: 1000,
    api_email: 'api@air.example.in',
    website: 'https://air.example.in',
    terms_url: 'https://air.example.in/terms',
    privacy_url: 'https://air.example.in/privacy',
    apis: ['status'],
    declaration_version: '2021-05',
    declaration_name: 'Ravi Kumar',
    administrator_name: 'Meera Nair',
    administrator_mobile,
  };
}
