#!/usr/bin/env python3
"""Durable bookings through HTTP next to PostgreSQL, spread over many sessions or all on one.

usage: booking.py [spread|hot] [--connections 1,64,256,1024] [--seconds 3] [--rounds 3]

Ours: a gateway on core 0 and the booking driver on core 1; every booking is a POST with a token, checked against the
person's record, committed with fdatasync and answered. PostgreSQL on core 0 and pgbench on core 1: one prepared
statement that takes a seat if one is free and inserts the appointment, fsync and synchronous_commit on. The same
directory's disk, the same numbers of clients, alternating. Ends in a line `ratio X.XX`: at 64 connections, or the
first number given.
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import tempfile

from side_by_side import ROOT, cpu_seconds, free_port, machine, median, need, start, stop, wait_for

SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "shared_buffers": "1GB", "max_connections": "1100",
    "max_wal_size": "8GB", "checkpoint_timeout": "30min", "autovacuum": "off", "listen_addresses": "",
}

SCHEMA = """
CREATE TABLE session (id int PRIMARY KEY, free int NOT NULL) WITH (fillfactor = 50);
CREATE TABLE appointment (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), session int NOT NULL,
                          beneficiary bigint NOT NULL, dose int NOT NULL, UNIQUE (beneficiary, dose));
INSERT INTO session SELECT n, 1000000000 FROM generate_series(1, 10000) n;
"""

BOOK = """
\\set session {session}
\\set beneficiary random(10000000000000, 99999999999999)
WITH seat AS (UPDATE session SET free = free - 1 WHERE id = :session AND free > 0 RETURNING id)
INSERT INTO appointment (session, beneficiary, dose) SELECT id, :beneficiary, 1 FROM seat;
"""


def main():
    options = argparse.ArgumentParser()
    options.add_argument("mode", choices=["spread", "hot"], nargs="?", default="spread")
    options.add_argument("--connections", help="default: 64,1,256,1024 spread, 64 hot")
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    options.connections = options.connections or ("64,1,256,1024" if options.mode == "spread" else "64")
    need("pgbench", "postgres", "taskset", "runuser")
    subprocess.run(["cargo", "build", "--release", "-q", "-p", "opencowin-benches"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(dir=ROOT + "/target") as dir:
        os.chmod(dir, 0o755)
        with Postgres(dir, options.mode) as postgres, Ours(dir, options.mode) as ours:
            run(options, postgres, ours)


def run(options, postgres, ours):
    print(machine())
    print(f"{options.mode}: {options.seconds} s a round, {options.rounds} rounds, alternating, servers on core 0, "
          f"clients on core 1; PostgreSQL settings {SETTINGS}, one prepared statement:{BOOK}")
    ratios = []
    for connections in (int(c) for c in options.connections.split(",")):
        # A thousand back ends on one core need seconds before the first of them has booked.
        seconds = max(options.seconds, 6) if connections > 500 else options.seconds
        rounds = [(ours.book(connections, seconds), postgres.book(connections, seconds))
                  for _ in range(options.rounds)]
        for name, figures in zip(("opencowin", "postgresql"), zip(*rounds)):
            rates = [rate for rate, _ in figures]
            per_cpu = median([rate_cpu for _, rate_cpu in figures])
            print(f"  {connections:5} connections {name:11} {median(rates):8.0f}/s "
                  f"[{' '.join(f'{r:.0f}' for r in rates)}], {per_cpu:.0f} per server CPU-second")
        ratio = median([ours_rate / theirs for (ours_rate, _), (theirs, _) in rounds])
        print(f"  {connections:5} connections ratio {ratio:.2f}")
        ratios.append(ratio)
    print(f"ratio {ratios[0]:.2f}")


class Postgres:
    def __init__(self, dir, mode):
        self.dir, self.mode = f"{dir}/postgres", mode

    def __enter__(self):
        os.mkdir(self.dir)
        shutil.chown(self.dir, "postgres")
        initdb = shutil.which("initdb") or newest_binary("initdb")
        self.user("bash", "-c", f"{initdb} -D {self.dir}/data -A trust >/dev/null")
        settings = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
        server = shutil.which("postgres")
        self.process = start(["runuser", "-u", "postgres", "--", server, "-D", f"{self.dir}/data",
                              "-k", self.dir, *settings], 0, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if subprocess.run(["pg_isready", "-q", "-h", self.dir]).returncode == 0:
                break
            subprocess.run(["sleep", "0.1"])
        self.user("psql", "-q", "-h", self.dir, "-c", SCHEMA, "postgres")
        with open(f"{self.dir}/book.sql", "w") as script:
            script.write(BOOK.format(session="random(1, 10000)" if self.mode == "spread" else "1"))
        return self

    def user(self, *command):
        # A login's limits apply again; a thousand clients need more files than they allow at first.
        command = ["prlimit", "--nofile=8192", *command]
        done = subprocess.run(["runuser", "-u", "postgres", "--", *command], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{command[2]} failed: {done.stderr}")
        return done.stdout

    def book(self, connections, seconds):
        before = cpu_seconds(self.process.pid)
        text = self.user("taskset", "-c", "1", "pgbench", "-h", self.dir, "-n", "-M", "prepared", "-f",
                         f"{self.dir}/book.sql", "-c", str(connections), "-j", "1", "-T", str(seconds), "postgres")
        # The clients' back ends are gone by now, and their time with them: waited for, it is the server's.
        used = cpu_seconds(self.process.pid) - before
        rate = float(next(line for line in text.splitlines() if line.startswith("tps = ")).split()[2])
        return rate, rate * seconds / used if used else 0

    def __exit__(self, *_):
        self.user("bash", "-c", f"kill -INT $(head -1 {self.dir}/data/postmaster.pid)")
        self.process.wait(60)


class Ours:
    def __init__(self, dir, mode):
        self.dir, self.mode, self.runs = dir, mode, 0

    def __enter__(self):
        self.address = f"127.0.0.1:{free_port()}"
        stock = ["--sessions", "10000", "--seats", "1000"] if self.mode == "spread" else \
                ["--sessions", "64", "--seats", "65535"]
        self.process = start([f"{ROOT}/target/release/booking_server", "--listen", self.address, "--limits", "off",
                              "--data", f"{self.dir}/data", "--list", f"{self.dir}/sessions", *stock], 0,
                             stderr=subprocess.DEVNULL)
        wait_for(f"http://{self.address}/readyz")
        while not os.path.exists(f"{self.dir}/sessions"):
            subprocess.run(["sleep", "0.1"])
        return self

    def book(self, connections, seconds):
        sessions = open(f"{self.dir}/sessions").read().splitlines()
        self.runs += 1
        with open(f"{self.dir}/chosen", "w") as chosen:
            chosen.write("\n".join(sessions if self.mode == "spread" else [sessions[self.runs]]) + "\n")
        people = max(2000, min(connections, 64) * 420) * seconds
        command = ["taskset", "-c", "1", f"{ROOT}/target/release/booking_driver", "--target", self.address,
                   "--connections", str(connections), "--seconds", str(seconds), "--people", str(people),
                   "--sessions", f"{self.dir}/chosen", "--first-mobile", str(7_000_000_000 + self.runs * 1_000_000)]
        driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        driver.stderr.readline()  # everyone is registered
        before = cpu_seconds(self.process.pid)
        figures = json.loads(driver.communicate()[0].splitlines()[-1])
        used = cpu_seconds(self.process.pid) - before
        if figures["refused"]:
            print(f"  {figures['refused']} bookings were refused")
        return figures["rate"], figures["bookings"] / used if used else 0

    def __exit__(self, *_):
        stop(self.process)


def newest_binary(name):
    return sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[-1]


if __name__ == "__main__":
    main()
