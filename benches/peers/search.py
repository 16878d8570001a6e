#!/usr/bin/env python3
"""Search next to nginx serving the same bytes as a static file.

usage: search.py [--seconds 5] [--rounds 5] [--connections 32]

Starts the release build of the gateway on one thread pinned to core 0, fetches one small and two district answers,
writes the very bytes where nginx (one worker, pinned to core 0) serves them, and lets wrk on core 1 ask each in turn.
Both nginx settings that matter are run, sendfile on and off; the ratio is against the better one.
Ends in a line `ratio X.XX`: the least of the ratios.
"""

import argparse
import datetime
import json
import os
import subprocess
import tempfile
import time

from side_by_side import (ROOT, fetch, free_port, machine, median, need, per_cpu_second, start, stop, wait_for)

NGINX = """
worker_processes 1;
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/error.log error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile {sendfile};
    tcp_nopush {sendfile};
    tcp_nodelay on;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    open_file_cache max=1000 inactive=300s;
    open_file_cache_valid 300s;
    output_buffers 2 1m;
    types {{ }}
    default_type application/json;
    server {{ listen 127.0.0.1:{port} reuseport; root {dir}/www; {gzip} }}
}}
"""


def nginx(dir, sendfile):
    port = free_port()
    path = os.path.join(dir, f"nginx-{sendfile}.conf")
    with open(path, "w") as conf:
        conf.write(NGINX.format(dir=dir, sendfile=sendfile, port=port, gzip=""))
    process = start(["nginx", "-p", dir, "-c", path, "-e", f"{dir}/error.log"], 0)
    return process, f"http://127.0.0.1:{port}"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connections", type=int, default=32)
    options = options.parse_args()
    need("nginx", "wrk", "taskset")
    subprocess.run(["cargo", "build", "--release", "-q"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as dir:
        os.chmod(dir, 0o755)
        run(options, dir)


def run(options, dir):
    ours_url = f"http://127.0.0.1:{free_port()}"
    ours = start([f"{ROOT}/target/release/opencowin", "--listen", ours_url[7:], "--threads", "1",
                  "--limits", "off", "--data", f"{dir}/data"], 0)
    peers = {}
    try:
        wait_for(ours_url + "/readyz")
        answers = prepare(ours_url, dir)
        for sendfile in ("on", "off"):
            peers[f"nginx sendfile {sendfile}"] = nginx(dir, sendfile)
        for name, (process, url) in peers.items():
            wait_for(url + "/" + next(iter(answers)))
        print(machine())
        print(f"wrk -t1 -c{options.connections} -d{options.seconds}s on core 1, servers on core 0, "
              f"{options.rounds} rounds, alternating; nginx:{NGINX.replace('{{', '{').replace('}}', '}')}")
        ratios = [compare(name, path, size, headers, ours, ours_url, peers, options)
                  for name, (path, size, headers) in answers.items()]
        print(f"ratio {min(ratios):.2f}")
    finally:
        for process, _ in peers.values():
            stop(process)
        stop(ours)


def prepare(url, dir):
    """Picks the answers and writes their bytes for nginx: name → (path, bytes, request headers)."""
    os.makedirs(f"{dir}/www")
    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5.5)).strftime("%d-%m-%Y")
    base = "/api/v2/appointment/sessions/public/"
    paths = {
        "pincode.json": f"{base}findByPin?pincode={busy_pincode(url, base, today)}&date={today}",
        "mid-district.json": f"{base}calendarByDistrict?district_id=512&date={today}",
        "large-district.json": f"{base}calendarByDistrict?district_id=395&date={today}",
    }
    answers = {}
    for name, path in paths.items():
        for coding, headers in (("", {}), (".gz", {"Accept-Encoding": "gzip"})):
            body = settled(url + path, headers)
            if coding and body[:2] != b"\x1f\x8b":
                continue
            with open(f"{dir}/www/{name}{coding}", "wb") as file:
                file.write(body)
            answers[name + coding] = (path, len(body), [f"{k}: {v}" for k, v in headers.items()])
    return answers


def settled(url, headers):
    """The answer once its compressed form has been built."""
    for _ in range(3):
        body = fetch(url, headers)
        time.sleep(0.3)
    return body


def busy_pincode(url, base, today):
    """A pincode whose answer has about 2 kB."""
    centers = json.loads(fetch(f"{url}{base}calendarByDistrict?district_id=395&date={today}"))["centers"]
    pincodes = sorted({c["pincode"] for c in centers})
    sizes = {p: len(fetch(f"{url}{base}findByPin?pincode={p}&date={today}")) for p in pincodes}
    return min(sizes, key=lambda p: abs(sizes[p] - 2000))


def compare(name, path, size, headers, ours, ours_url, peers, options):
    rates = {"opencowin": []}
    walls = {"opencowin": []}
    for _ in range(options.rounds):
        rounds = {"opencowin": (ours.pid, ours_url + path, headers)}
        rounds |= {peer: (process.pid, f"{url}/{name}", ()) for peer, (process, url) in peers.items()}
        for server, (pid, url, sent) in rounds.items():
            rate, wall = per_cpu_second(pid, url, options.seconds, options.connections, sent)
            rates.setdefault(server, []).append(rate)
            walls.setdefault(server, []).append(wall)
    print(f"{name}, {size} bytes: requests per server CPU-second (median of rounds; wall-clock rate)")
    for server, values in rates.items():
        listed = " ".join(f"{v:.0f}" for v in values)
        print(f"  {server:20} {median(values):9.0f}  [{listed}]  {median(walls[server]):.0f}/s")
    best = max(median(v) for server, v in rates.items() if server != "opencowin")
    ratio = median(rates["opencowin"]) / best
    print(f"  ratio to the better nginx {ratio:.2f}")
    return ratio


if __name__ == "__main__":
    main()
