"""Drives PyPI's `cowin-api` 1.0.1, generated in April 2021 from the real service's description, against the gateway.

Only its host is changed. What it does not do itself is done around it and said where it is done.
"""

import asyncio
import sys
from types import ModuleType

# As published its certificate module fails on import, since it names a type that the models lack (it would read a PDF
# as JSON besides): the rest is imported without it.
certificates = ModuleType("cowin_api.api.certificate_ap_is_api")
certificates.AsyncCertificateAPIsApi = certificates.SyncCertificateAPIsApi = lambda client: None
sys.modules[certificates.__name__] = certificates

from cowin_api import models
from cowin_api.api_client import ApiClient, AsyncApis
from cowin_api.exceptions import UnexpectedResponse
from pydantic import BaseModel, parse_obj_as

from gateway import API, SANDBOX_KEY, day, password_digest

MOBILE = "9812345670"

# It means to resolve the models' references to one another, but asks whether a class is an instance.
for model in vars(models).values():
    if isinstance(model, type) and issubclass(model, BaseModel):
        model.update_forward_refs()


def authorise(client, token):
    """The client leaves headers to a middleware: the partner's key, and the token once there is one."""

    async def middleware(request, call_next):
        request.headers["x-api-key"] = SANDBOX_KEY
        if token:
            request.headers["authorization"] = f"Bearer {token[0]}"
        return await call_next(request)

    client.add_middleware(middleware)


async def done(call):
    """The client takes 204, which the real service answered to changes, for an unexpected status."""
    try:
        await call
    except UnexpectedResponse as answer:
        assert answer.status_code == 204 and not answer.content, answer
    else:
        raise AssertionError("a change is answered with 204")


async def refused(call, status, code):
    """An error that the client can read with its own model."""
    try:
        answer = await call
    except UnexpectedResponse as error:
        body = models.InlineResponse400.parse_obj(error.structured())
        assert (error.status_code, body.error_code) == (status, code) and body.error, error
    else:
        raise AssertionError(f"{code} instead of {answer}")


async def lists(apis):
    """States, districts, id types, genders; answers a district and a state."""
    states = (await apis.metadata_ap_is_api.states()).states
    delhi = next(state for state in states if state.state_name == "Delhi")
    districts = (await apis.metadata_ap_is_api.districts(state_id=int(delhi.state_id))).districts
    hindi = (await apis.metadata_ap_is_api.states(accept_language="hi_IN")).states
    types = (await apis.metadata_ap_is_api.id_types()).types
    genders = (await apis.metadata_ap_is_api.genders()).genders
    assert len(states) >= 36 and districts and types
    assert hindi[0].state_name_l and not states[0].state_name_l
    assert [gender.gender for gender in genders] == ["Male", "Female", "Others"]
    return int(districts[0].district_id)


async def public_search(apis, district):
    """All four public searches, read with the client's own models; answers a pincode with sessions."""
    search = apis.appointment_availability_ap_is_api
    found = await search.public_find_by_district(district_id=district, date=day(1))
    sessions = parse_obj_as(list[models.SessionResponseSchema], found["sessions"])
    assert sessions, "nothing is on sale in the district"
    pincode = sessions[0].pincode
    found = await search.public_find_by_pin(pincode=pincode, date=day(1))
    assert parse_obj_as(list[models.SessionResponseSchema], found["sessions"])
    for call in (
        search.public_calendar_by_district(district_id=district, date=day(0)),
        search.public_calendar_by_pin(pincode=pincode, date=day(0)),
    ):
        assert parse_obj_as(list[models.SessionCalendarEntrySchema], (await call)["centers"])
    await refused(search.public_find_by_pin(pincode="12", date=day(1)), 400, "APPOIN0018")
    return pincode


async def log_in(apis, token):
    """The protected door, with a partner's key."""
    door = apis.authentication_ap_is_api
    asked = await door.generate_otp(models.InlineObject2(mobile=MOBILE))
    answer = models.InlineObject3(otp=password_digest(MOBILE, SANDBOX_KEY), txnId=asked.txn_id)
    confirmed = await door.confirm_otp(answer)
    assert confirmed.is_new_account == "Y" and confirmed.token.count(".") == 2
    token.append(confirmed.token)
    await refused(door.confirm_otp(answer), 400, "USRAUT0014")


async def register(apis):
    """A person for whom every adult's first dose is open; the client sends the numbers as floats."""
    person = models.InlineObject4(
        name="Asha Rao", birth_year="1970", gender_id=2, photo_id_type=8, photo_id_number="N7654321",
        comorbidity_ind="N", consent_version="1",
    )
    registration = apis.beneficiary_registration_ap_is_api
    answer = await registration.beneficiary_registration_for_partner_applications(person)
    assert len(answer.beneficiary_reference_id) == 14
    return answer.beneficiary_reference_id


async def protected_search(apis, district, pincode):
    """The searches with a token; answers two sessions with seats for a first dose."""
    search = apis.vaccination_appointment_ap_is_api
    for call in (
        search.find_by_pin(pincode=pincode, date=day(1)),
        search.calendar_by_pin(pincode=pincode, date=day(0)),
        search.calendar_by_district(district_id=district, date=day(0), vaccine="COVISHIELD"),
        apis.metadata_ap_is_api.find_by_lat_long(lat=28.6, long=77.2),
    ):
        assert any((await call).values())
    free = []
    for ahead in range(1, 8):
        found = await search.find_by_district(district_id=district, date=day(ahead), vaccine="COVISHIELD")
        free += filter(has_a_seat, found["sessions"])
    return parse_obj_as(list[models.SessionResponseSchema], free[:2])


def has_a_seat(session):
    """Whether the person registered here can book it."""
    adults = session["min_age_limit"] >= 18 and "max_age_limit" not in session
    return adults and session["slots"] and session["available_capacity_dose1"] > 0


async def listed(apis):
    """The one person of the account, and the person's appointments, read with the client's own models."""
    (person,) = (await apis.vaccination_appointment_ap_is_api.beneficiaries())["beneficiaries"]
    # The description that the client was made from knows two vaccines; the real service sent "" before the first dose.
    assert person["vaccine"] == ""
    return models.BenefeiciaryResponseSchema.parse_obj(person | {"vaccine": None})


async def book(apis, person, first, second):
    """Schedule, list, reschedule, list, cancel, list."""
    desk = apis.vaccination_appointment_ap_is_api

    def schedule(session, slot):
        return desk.schedule(
            models.InlineObject6(dose=1.0, session_id=session, slot=slot, beneficiaries=[person])
        )

    await refused(schedule(first.session_id, "NO SUCH SLOT"), 400, "APPOIN0015")
    appointment = (await schedule(first.session_id, first.slots[0]))["appointment_confirmation_no"]
    await refused(schedule(second.session_id, second.slots[0]), 400, "APPOIN0022")
    await appears_as(apis, appointment, first)

    change = models.InlineObject7(
        appointment_id=appointment, session_id=second.session_id, slot=second.slots[0]
    )
    await done(desk.reschedule_appointment(change))
    await appears_as(apis, appointment, second)

    cancel = models.InlineObject8(appointment_id=appointment, beneficiariesToCancel=[person])
    await done(desk.cancel_appointment(cancel))
    assert (await listed(apis)).appointments == []


async def appears_as(apis, appointment, session):
    """The list shows this appointment, in this session."""
    (shown,) = (await listed(apis)).appointments
    assert str(shown.appointment_id) == appointment and shown.dose == 1.0
    assert (shown.session_id, shown.slot) == (session.session_id, session.slots[0])


async def main():
    client, token = ApiClient(host=API, timeout=10), []
    authorise(client, token)
    apis = AsyncApis(client)
    district = await lists(apis)
    pincode = await public_search(apis, district)
    await log_in(apis, token)
    await refused(apis.vaccination_appointment_ap_is_api.beneficiaries(), 400, "APPOIN0001")
    person = await register(apis)
    first, second = await protected_search(apis, district, pincode)
    await book(apis, person, first, second)
    await done(
        apis.beneficiary_registration_ap_is_api.delete_beneficiary(
            models.InlineObject5(beneficiary_reference_id=person)
        )
    )
    print("cowin-api 1.0.1: lists, searches, login, registration, booking, change and cancellation as it expects")


asyncio.run(main())
