"""What every check beside it needs of the gateway under test: its address and a login."""

import hashlib
import json
import os
import re
import urllib.request
from datetime import datetime, timedelta, timezone

HOST = os.environ["OPENCOWIN_HOST"]
API = HOST + "/api"
# Printed in gateway/src/identity/api_keys.rs; it opens nothing but a sandbox.
SANDBOX_KEY = "opencowin-sandbox-0000000000000000000000"


def day(ahead):
    """The date in India so many days ahead, as the wire writes dates."""
    india = timezone(timedelta(hours=5, minutes=30))
    return (datetime.now(india) + timedelta(days=ahead)).strftime("%d-%m-%Y")


def call(path, body=None, headers=None):
    """A plain JSON request, for what the clients under test do not do themselves."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(HOST + path, data, headers or {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def password_digest(mobile, key=None):
    """The SHA-256 of the last password sent to a number, which is what a client sends back.

    A password that was asked for with a key is read with that key.
    """
    headers = {"x-api-key": key} if key else {}
    messages = call(f"/sandbox/outbox?mobile={mobile}", headers=headers)["messages"]
    password = re.search(r"\b\d{6}\b", messages[-1]["text"]).group()
    return hashlib.sha256(password.encode()).hexdigest()


def log_in(mobile):
    """A token of the portal's door."""
    transaction = call("/api/v2/auth/generateMobileOTP", {"mobile": mobile})["txnId"]
    answer = {"otp": password_digest(mobile), "txnId": transaction}
    return call("/api/v2/auth/validateMobileOtp", answer)["token"]
