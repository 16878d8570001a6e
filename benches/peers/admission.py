#!/usr/bin/env python3
"""What admission costs a search: the same gateway with its limits off and on, next to nginx with the same bytes.

usage: admission.py [--seconds 3] [--rounds 5] [--connections 32]

Four callers ask for a pincode's answer (about 2 kB), alternating, as search.py does: of a gateway with `--limits off`;
of one with limits on, as 65,536 addresses, each within its allowance (told apart by X-Forwarded-For, which a sandbox believes
of this machine); of the same one with an API key, whose quota is set too high to be reached; and of nginx. What the headers
themselves cost to read is measured by sending them to the gateway whose limits are off as well.
Ends in a line `ratio X.XX`: the lesser of the two admitted rates next to the better nginx.
"""

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import urllib.request

from search import nginx, prepare
from side_by_side import (ROOT, cpu_seconds, fetch, free_port, machine, median, need, start, stop, wait_for, wrk)

SANDBOX_KEY = "opencowin-sandbox-0000000000000000000000"
ADDRESSES = 65_536

# wrk asks as another address each time; the requests are put together before the run.
SCRIPT = """
local requests, at = {{}}, 0
function init()
  for n = 0, {count} - 1 do
    local address = string.format("203.%d.%d.%d", math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
    requests[n] = wrk.format("GET", nil, {{ ["X-Forwarded-For"] = address }})
  end
end
function request()
  at = (at + 1) % {count}
  return requests[at]
end
"""


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connections", type=int, default=32)
    options = options.parse_args()
    need("nginx", "wrk", "taskset")
    subprocess.run(["cargo", "build", "--release", "-q"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as dir:
        os.chmod(dir, 0o755)
        run(options, dir)


def run(options, dir):
    servers = {}
    try:
        off, off_url = gateway(dir, "off")
        servers["off"] = off
        on, on_url = gateway(dir, "on")
        servers["on"] = on
        widen(on_url)
        path, size, _ = prepare(off_url, dir)["pincode.json"]
        wait_for(on_url + path)
        script = f"{dir}/addresses.lua"
        with open(script, "w") as file:
            file.write(SCRIPT.format(count=ADDRESSES))
        addressed, keyed = ["-s", script], ["-H", f"x-api-key: {SANDBOX_KEY}"]
        callers = {
            "limits off": (off, off_url + path, []),
            "limits off, addresses sent": (off, off_url + path, addressed),
            "limits on, by address": (on, on_url + path, addressed),
            "limits off, key sent": (off, off_url + path, keyed),
            "limits on, by key": (on, on_url + path, keyed),
        }
        for sendfile in ("on", "off"):
            process, url = nginx(dir, sendfile)
            servers[f"nginx {sendfile}"] = process
            callers[f"nginx sendfile {sendfile}"] = (process, url + "/pincode.json", [])
            wait_for(url + "/pincode.json")
        print(machine())
        print(f"wrk -t1 -c{options.connections} -d{options.seconds}s on core 1, servers on core 0, "
              f"{options.rounds} rounds, alternating; {size} bytes")
        report(measure(callers, options))
    finally:
        for process in servers.values():
            stop(process)


def gateway(dir, limits):
    url = f"http://127.0.0.1:{free_port()}"
    process = start([f"{ROOT}/target/release/opencowin", "--listen", url[7:], "--threads", "1", "--limits", limits,
                     "--data", f"{dir}/data-{limits}"], 0, stderr=subprocess.DEVNULL)
    wait_for(url + "/readyz")
    return process, url


def widen(url):
    """Sets the quota of the public key's plan too high to be reached, as the ministry does."""
    mobile = "9000000001"
    post(url + "/sandbox/officials", {"mobile": mobile, "name": "Bench Ministry", "role": "ministry"})
    asked = post(url + "/api/v2/staff/auth/generateOTP", {"mobile": mobile})
    text = json.loads(fetch(f"{url}/sandbox/outbox?mobile={mobile}"))["messages"][-1]["text"]
    password = next(word for word in text.replace(".", " ").split() if word.isdigit() and len(word) == 6)
    confirm = {"otp": hashlib.sha256(password.encode()).hexdigest(), "txnId": asked["txnId"], "device_id": "bench"}
    token = post(url + "/api/v2/staff/auth/confirmOTP", confirm)["token"]
    headers = {"Authorization": f"Bearer {token}", "X-Device-Id": "bench"}
    limits = json.loads(fetch(url + "/api/v2/ministry/limits", headers))
    limits["plans"]["high"]["apis"]["search"] = {"per_second": 10_000_000, "burst": 10_000_000, "per_day": 10 ** 12}
    post(url + "/api/v2/ministry/limits", limits, headers)


def post(url, body, headers=None):
    headers = {"Content-Type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def measure(callers, options):
    """Requests per CPU-second of the server, of each caller, in rounds."""
    rates = {name: [] for name in callers}
    for _ in range(options.rounds):
        for name, (process, url, arguments) in callers.items():
            before = cpu_seconds(process.pid)
            requests, _, errors = wrk(url, options.seconds, options.connections, arguments=arguments)
            rates[name].append(requests / (cpu_seconds(process.pid) - before))
            if errors:
                print(f"  {errors} errors: {name}")
    return rates


def report(rates):
    for name, values in rates.items():
        listed = " ".join(f"{v:.0f}" for v in values)
        print(f"  {name:28} {median(values):9.0f}  [{listed}]")
    cost = lambda name: 1e9 / median(rates[name])
    print(f"  an address costs {cost('limits on, by address') - cost('limits off, addresses sent'):.0f} ns "
          f"beside {cost('limits off, addresses sent') - cost('limits off'):.0f} ns for reading its header")
    print(f"  a key costs {cost('limits on, by key') - cost('limits off, key sent'):.0f} ns "
          f"beside {cost('limits off, key sent') - cost('limits off'):.0f} ns for finding it")
    best = max(median(v) for name, v in rates.items() if name.startswith("nginx"))
    admitted = min(median(rates["limits on, by address"]), median(rates["limits on, by key"]))
    print(f"ratio {admitted / best:.2f}")


if __name__ == "__main__":
    main()
