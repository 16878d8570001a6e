"""Drives PyPI's `cowin` 0.0.5, a tracker's library of May 2021, against the gateway. Only its host is changed."""

from cowin_api import CoWinAPI
from cowin_api.constants import Constants

from gateway import API, day

for name, value in vars(Constants).copy().items():
    if name.endswith("url"):
        setattr(Constants, name, value.replace("https://cdn-api.co-vin.in/api", API))

cowin = CoWinAPI()
states = cowin.get_states()["states"]
delhi = next(state["state_id"] for state in states if state["state_name"] == "Delhi")
district = str(cowin.get_districts(delhi)["districts"][0]["district_id"])

centres = cowin.get_availability_by_district(district, date=day(0))["centers"]
pincode = str(centres[0]["pincode"])
assert cowin.get_availability_by_pincode([pincode], date=day(0))["centers"]

adults = cowin.get_availability_by_district(district, date=day(0), min_age_limt=18)["centers"]
ages = {session["min_age_limit"] for centre in adults for session in centre["sessions"]}
assert ages == {18}, ages
# It returns HTTP errors instead of raising them.
assert cowin._call_api(f"{API}/v2/admin/location/districts/x").response.status_code == 400
print(f"cowin 0.0.5: {len(centres)} centres in the district, {len(adults)} of them with sessions from 18")
