"""What the side-by-side runs share: pinned processes, their CPU time, wrk, and honest ratios.

Servers run on core 0 and generators on core 1, one pair at a time, alternating. Rates are requests per second of the
server's own CPU time (user + system, all its threads and workers), since wall-clock rates on a shared machine say
more about the neighbours. Medians over the rounds are printed, and every round.
"""

import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TICK = os.sysconf("SC_CLK_TCK")

# Servers and drivers of a thousand connections need more than the usual thousand files.
_, MOST_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))


def need(*programs):
    """Ends the run, saying why, if a peer is not installed."""
    missing = [p for p in programs if shutil.which(p) is None]
    if missing:
        sys.exit(f"skipped: {', '.join(missing)} not installed (Debian packages: nginx wrk postgresql)")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, core, **options):
    """Starts a process pinned to a core."""
    return subprocess.Popen(["taskset", "-c", str(core)] + command, **options)


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(url, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return fetch(url)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def fetch(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=10) as answer:
        return answer.read()


def cpu_seconds(pid):
    """User and system time of a process, of its children that still run, and of those it has waited for."""
    total = 0
    for each in [pid] + children(pid):
        try:
            fields = open(f"/proc/{each}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / TICK


def children(pid):
    try:
        direct = open(f"/proc/{pid}/task/{pid}/children").read().split()
    except OSError:
        return []
    return [int(c) for c in direct] + [g for c in direct for g in children(int(c))]


def wrk(url, seconds, connections, headers=(), arguments=()):
    """Runs wrk on core 1; answers (requests, seconds, errors)."""
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *arguments]
    for header in headers:
        command += ["-H", header]
    text = subprocess.run(command + [url], capture_output=True, text=True, check=True).stdout
    requests, unit_seconds = re.search(r"(\d+) requests in ([\d.]+)s", text).groups()
    errors = sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return int(requests), float(unit_seconds), errors + (int(bad.group(1)) if bad else 0)


def per_cpu_second(pid, url, seconds, connections, headers=()):
    """Requests per second of the server's CPU time, and per second of the clock."""
    before = cpu_seconds(pid)
    requests, wall, errors = wrk(url, seconds, connections, headers)
    used = cpu_seconds(pid) - before
    if errors:
        print(f"  {errors} errors at {url}")
    return requests / used, requests / wall


def median(values):
    return statistics.median(values)


def machine():
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {model.group(1) if model else 'unknown'}, load {load:.1f}"
