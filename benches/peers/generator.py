#!/usr/bin/env python3
"""The load generator next to wrk, both against nginx serving one static file.

usage: generator.py [--seconds 8] [--rounds 5] [--connections 64] [--bytes 1752] [--soak SECONDS]

nginx (one worker) is pinned to core 0, the generators take turns on core 1. A rate is requests per second of the
generator's own CPU time (user + system, all its threads), wrk's and ours alike. Each round runs wrk, our closed loop,
our open loop at 60 % of what the closed loop reached, and at half of that, where the send lag is read. `--soak` then
runs the open loop at that half for as long and compares the resident memory after a tenth of the time with that at the end.
Ends in two lines `ratio X.XX`: the closed loop's and the open loop's.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
import time

from search import nginx
from side_by_side import ROOT, machine, median, need, stop, wait_for

LOADTEST = os.path.join(ROOT, "target/release/opencowin-loadtest")

SCENARIO = """
name = "one-file"
about = "One static file, again and again."
connections = {connections}
sample_every = 0
{pace}

[[people]]
name = "readers"
share = 1
flow = "get"
path = "/file"
"""


def timed(command):
    """Runs a command on core 1; answers what it printed and the CPU seconds that it used."""
    process = subprocess.Popen(["taskset", "-c", "1"] + command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # 2: the machine paused and our generator says that it was late. Its CPU time counts all the same.
    if process.returncode not in (0, 2):
        raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{printed}")
    return printed, usage.ru_utime + usage.ru_stime


def wrk(url, options):
    printed, cpu = timed(["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", url])
    requests = int(re.search(r"(\d+) requests in", printed).group(1))
    return requests / cpu, requests / options.seconds


def command(dir, target, pace, seconds, options):
    scenario = os.path.join(dir, "scenario.toml")
    with open(scenario, "w") as file:
        file.write(SCENARIO.format(connections=options.connections, pace=pace))
    return [LOADTEST, "run", scenario, "--target", target, "--threads", "1", "--duration", f"{seconds}s",
            "--show", "quiet", "--json", f"{dir}/result.json", "--report", "-"]


def ours(dir, target, pace, options):
    """Requests per CPU-second, per second, and the result."""
    _, cpu = timed(command(dir, target, pace, options.seconds, options))
    result = json.load(open(f"{dir}/result.json"))
    operation = result["operations"]["get"]
    if not result["valid"]:
        print(f"  {' '.join(result['invalid_because'])}")
    return operation["count"] / cpu, result["rate_achieved"], result


def closed(options):
    return f"closed = {{ people = {options.connections} }}"


def open_loop(rate):
    return f"arrivals = {{ rate = {rate:.0f} }}"


def resident_mib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024


def soak(dir, target, rate, options):
    process = subprocess.Popen(["taskset", "-c", "1"] + command(dir, target, open_loop(rate), options.soak, options),
                               stdout=subprocess.DEVNULL)
    time.sleep(options.soak / 10)
    early = resident_mib(process.pid)
    time.sleep(options.soak * 0.88)
    late = resident_mib(process.pid)
    process.wait()
    print(f"soak of {options.soak} s at {rate:,.0f}/s: {early:.1f} MiB resident after a tenth, {late:.1f} MiB at the end")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=8)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--bytes", type=int, default=1752)
    options.add_argument("--soak", type=int, default=0)
    options = options.parse_args()
    need("nginx", "wrk", "taskset")
    subprocess.run(["cargo", "build", "--release", "--locked", "-q", "-p", "opencowin-loadtest"], cwd=ROOT, check=True)
    print(f"{machine()}; nginx sendfile off, one worker, core 0; generators on core 1, one thread, "
          f"{options.connections} connections, {options.bytes} bytes")
    with tempfile.TemporaryDirectory() as dir:
        # The worker of nginx is another user.
        os.chmod(dir, 0o755)
        os.mkdir(f"{dir}/www")
        with open(f"{dir}/www/file", "wb") as file:
            file.write(b"x" * options.bytes)
        server, target = nginx(dir, "off")
        try:
            wait_for(f"{target}/file")
            measure(dir, target, options)
        finally:
            stop(server)


def measure(dir, target, options):
    rounds = []
    for number in range(options.rounds):
        theirs, their_rate = wrk(f"{target}/file", options)
        tight, tight_rate, _ = ours(dir, target, closed(options), options)
        rate = 0.6 * tight_rate
        loose, loose_rate, _ = ours(dir, target, open_loop(rate), options)
        half, _, calm = ours(dir, target, open_loop(rate / 2), options)
        lag = calm["send_lag_ms"]
        rounds.append((tight / theirs, loose / theirs, half / theirs, lag["p99"], rate / 2))
        print(f"round {number + 1}: per CPU-second wrk {theirs:,.0f}, closed {tight:,.0f} ({tight / theirs:.2f}), "
              f"open {loose:,.0f} ({loose / theirs:.2f}), open at half {half:,.0f} ({half / theirs:.2f}); per second wrk {their_rate:,.0f}, "
              f"closed {tight_rate:,.0f}, open {loose_rate:,.0f} of {rate:,.0f}; at half send lag p50 {lag['p50'] * 1e3:.0f} µs, "
              f"p99 {lag['p99'] * 1e3:.0f} µs", flush=True)
    print(f"median: closed {median([r[0] for r in rounds]):.2f}, open {median([r[1] for r in rounds]):.2f}, "
          f"at half the send lag's p99 is {median([r[3] for r in rounds]) * 1e3:.0f} µs")
    if options.soak:
        soak(dir, target, median([r[4] for r in rounds]), options)
    print(f"ratio {median([r[0] for r in rounds]):.2f} closed loop")
    print(f"ratio {median([r[1] for r in rounds]):.2f} open loop")


if __name__ == "__main__":
    main()
