"""Prints a configuration for Schemathesis with values that exist on the gateway under test.

Half of the fuzzed requests use them, so that answers to requests which succeed are compared with the description too.
"""

import json

from gateway import SANDBOX_KEY, call, day, log_in

MOBILE = "9812345671"
SEARCH = "/api/v2/appointment/sessions/public/findByDistrict?dose=1&available=true&min_age_limit=18"


def main():
    districts = [d["district_id"] for d in call("/api/v2/admin/location/districts/9")["districts"]]
    sessions = [
        session
        for district in districts
        for session in call(f"{SEARCH}&district_id={district}&date={day(1)}")["sessions"]
        if "max_age_limit" not in session
    ]
    token = log_in(MOBILE)
    headers = {"authorization": f"Bearer {token}"}
    people = [register(headers, number) for number in range(3)]
    # One appointment stays; the other can be moved and cancelled, its person and the third can be booked.
    kept, other = (book(headers, sessions[0], person) for person in people[:2])
    values = {
        "query.date": [day(ahead) for ahead in range(-1, 3)],
        "query.district_id": districts,
        "path.state_id": [9, 21],
        "query.pincode": sorted({str(s["pincode"]) for s in sessions}),
        "query.center_id": sorted({s["center_id"] for s in sessions}),
        "query.lat": [28.6],
        "query.long": [77.2],
        "query.vaccine": ["COVISHIELD", "COVAXIN"],
        "query.mobile": [MOBILE],
        "query.appointment_id": [kept],
        "body.appointment_id": [other],
        "body.session_id": [s["session_id"] for s in sessions[:2]],
        "body.slot": sorted({s["slots"][0] for s in sessions[:2]}),
        "body.dose": [1],
        "body.beneficiaries[*]": people[1:],
        "body.beneficiariesToCancel[*]": people[1:2],
        "body.gender_id": [1, 2],
        "body.photo_id_type": [8, 12],
    }
    print(f'headers = {{ Authorization = "Bearer {token}", x-api-key = "{SANDBOX_KEY}" }}')
    for name, known in values.items():
        print(f'[dictionaries."{name}"]\nvalues = {json.dumps(known)}')
    print("[parameters]")
    for name in values:
        print(f'"{name}" = {{ dictionary = "{name}", probability = 0.5 }}')


def register(headers, number):
    """A new person of the account."""
    person = {
        "name": "Asha Rao", "birth_year": "1970", "gender_id": 2, "photo_id_type": 8,
        "photo_id_number": f"P765432{number}", "consent_version": "1",
    }
    return str(call("/api/v2/registration/beneficiary/new", person, headers)["beneficiary_reference_id"])


def book(headers, session, person):
    """An appointment of the person's for a first dose."""
    wish = {
        "dose": 1, "session_id": session["session_id"], "slot": session["slots"][0], "beneficiaries": [person],
    }
    return call("/api/v2/appointment/schedule", wish, headers)["appointment_confirmation_no"]


main()
