# SPDX-License-Identifier: BSD-2-Clause
"""What is measured, and how."""

import collections
import json
import os
import re
import subprocess
import sys

from world import code, now_code, user, wrong_code

PAM_SUCCESS, PAM_AUTH_ERR = 0, 7
WARM_UP = 3  # logins of each process that are not counted
SLOW = ("oath", 100000)  # copies nine megabytes at every login

Size = collections.namedtuple(
    "Size",
    "scales rounds logins slow cold cold_rounds callgrind others mails")
FULL = Size((1, 1000, 100000), 25, 40, (3, 5), 10, 10, True, 975, 200)
QUICK = Size((1, 50), 1, 10, (1, 3), 3, 1, False, 10, 5)

# Services, and the rows that they are measured in.
WARM = {
    "right": ("permit", "floor", "ga", "oath", "otp"),
    "right again": ("ga", "oath", "otp"),
    "right others": ("ga", "oath", "otp"),
    "wrong": ("ga", "ga-skew", "oath", "otp"),
}
COLD = {
    "right": ("permit", "floor", "ga", "oath", "otp"),
    "wrong": ("ga", "ga-skew", "oath", "otp"),
}
HOSTS = ("client", "client-crypto")


class Wrong(Exception):
    """A login did not end as it has to: no figure would mean anything."""


class Script:
    """Logins for the client, and how each has to end."""

    def __init__(self, made, service, n):
        self.made, self.service, self.n = made, service, n
        self.module = service.partition("-")[0]
        self.lines, self.expect = [], []
        self.wrong = wrong_code_once()

    def copy(self, kind):
        if self.module in ("ga", "oath", "otp"):
            state = self.made.path(self.n, "as", f"{self.module}-{kind}")
            self.lines.append(
                f"copy {state} {self.made.state(self.n, self.module)}")

    def login(self, who, answer):
        self.lines.append(f"login {user(who)} {answer}")
        wrong = answer == self.wrong and self.module not in (
            "permit", "floor")
        self.expect.append(PAM_AUTH_ERR if wrong else PAM_SUCCESS)

    def text(self):
        return "\n".join(self.lines) + "\n"

    def argv(self, *options, client="client"):
        argv = [self.made.built[client], *options]
        if self.service == "floor":
            argv += ["-s", self.made.slot]
        return argv + [self.made.path(self.n, "pam"),
                       "permit" if self.service == "floor" else self.service]


_wrong = []


def wrong_code_once():
    if not _wrong:
        _wrong.append(wrong_code())
    return _wrong[0]


def script(made, service, n, row, logins, others=()):
    """The script of one process: "logins" of a row, or one of each other."""
    s = Script(made, service, n)
    if row == "right":
        s.copy("hotp")
        first = 1 if s.module == "ga" else 0
        for i in range(first, first + logins):
            s.login(0, code(i))
        return s
    for _ in range(WARM_UP if others else logins):
        # Back to what it was: or else this code were spent, and a few
        # wrong ones make whoever counts them stop looking.
        if not (row == "wrong" and s.module == "oath" and len(s.expect)):
            s.copy("totp")
        s.login(0, s.wrong if row == "wrong" else now_code())
    for who in others:
        s.login(who, now_code())
    return s


def run(s, *options, client="client", before=()):
    done = subprocess.run([*before, *s.argv(*options, client=client)],
                          input=s.text(), check=True, capture_output=True,
                          text=True)
    results = [tuple(map(int, line.split()))
               for line in done.stdout.splitlines() if line[0].isdigit()]
    if [r[0] for r in results] != s.expect:
        raise Wrong(f"{s.service}, {s.n} users: expected {s.expect}, "
                    f"got {[r[0] for r in results]}")
    return results, done


def quantiles(ns):
    ns = sorted(ns)
    return {"n": len(ns), "p50": ns[len(ns) // 2] / 1000,
            "p99": ns[min(len(ns) - 1, len(ns) * 99 // 100)] / 1000}


def warm(made, size):
    """All rows in turn, round by round: what drifts hits all alike."""
    found = collections.defaultdict(list)
    for r in range(size.rounds):
        for row, services in WARM.items():
            for n in size.scales:
                if row == "right others" and n == 1:
                    continue
                for service in services[r % len(services):] + \
                        services[:r % len(services)]:
                    found[row, service, n] += warm_round(
                        made, size, row, service, n, r)
    return {f"{row}/{service}/{n}": quantiles(ns)
            for (row, service, n), ns in found.items() if ns}


def warm_round(made, size, row, service, n, r):
    slow = (service, n) == SLOW
    rounds, logins = size.slow if slow else (size.rounds, size.logins)
    if r >= rounds:
        return []
    others = ()
    if row == "right others":
        each = size.others // size.rounds
        stride = (n - 1) // size.others or 1
        others = [1 + stride * i
                  for i in range(r * each, (r + 1) * each)][:logins]
    made.first_in_passwd([0, *others])
    s = script(made, service, n, row, WARM_UP + logins, others)
    return [inside for _, inside, _ in run(s)[0][WARM_UP:]]


def cold(made, size):
    found = collections.defaultdict(list)
    made.first_in_passwd([0])
    for r in range(size.cold_rounds):
        for host in HOSTS:
            for row, services in COLD.items():
                for n in size.scales:
                    for service in services:
                        slow = (service, n) == SLOW
                        if slow and r >= size.slow[0]:
                            continue
                        s = script(made, service, n, row,
                                   1 + (size.slow[1] if slow else size.cold))
                        found[host, row, service, n] += [
                            (whole, inside) for _, inside, whole
                            in run(s, "-c", client=host)[0][1:]]
    return {f"{host}/{row}/{service}/{n}": {
        "whole": quantiles([f[0] for f in results]),
        "inside": quantiles([f[1] for f in results])}
            for (host, row, service, n), results in found.items()}


CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)")


def is_sync(name, rest):
    return name in ("fsync", "fdatasync", "sync", "syncfs", "msync",
                    "sync_file_range") or "RWF_DSYNC" in rest or \
        "RWF_SYNC" in rest


def calls(lines):
    """How often each system call stands in lines of a trace; and syncs."""
    found = [m.groups() for m in map(CALL.match, lines) if m]
    count = collections.Counter(name for name, _ in found)
    return dict(count.most_common()), sum(is_sync(*call) for call in found)


def syscalls(made, n):
    """Of the last login of a warm process, and of a process with one."""
    out = {}
    trace = os.path.join(made.base, "trace")
    before = ["strace", "-f", "-qq", "-s", "80", "-o", trace]
    made.first_in_passwd([0])
    for row, services in COLD.items():
        for service in services:
            for how, logins in (("warm", 5), ("cold", 1)):
                run(script(made, service, n, row, logins), "-k",
                    before=before)
                with open(trace, encoding="utf-8") as f:
                    lines = f.read().splitlines()
                begin = [i for i, line in enumerate(lines)
                         if 'write(-1, "begin"' in line][-1]
                end = [i for i, line in enumerate(lines)
                       if 'write(-1, "end"' in line][-1]
                count, syncs = calls(lines[begin + 1:end])
                out[f"{row}/{service}/{how}"] = {
                    "calls": sum(count.values()), "syncs": syncs,
                    "by name": count}
    return out


def memory(made, n):
    out = {}
    for host in HOSTS:
        for service in ("permit", "ga", "oath", "otp"):
            s = script(made, service, n, "right", 1)
            _, done = run(s, "-m", client=host)
            kib = {m[1]: int(m[2]) for m in re.finditer(
                r"^memory (\w+): +(\d+) kB", done.stdout, re.M)}
            out[f"{host}/{service}"] = {
                "rss": kib["Rss"], "pss": kib["Pss"],
                "private": kib["Private_Clean"] + kib["Private_Dirty"],
                "objects": re.findall(r"^object (.*)", done.stdout, re.M)}
    return out


def instructions(made, n):
    """Of one login more in a warm process; the kernel's are not in it."""
    out = {}
    few, many = 3, 13
    before = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    for row, services in COLD.items():
        for service in services:
            total = {}
            for logins in (few, many):
                _, done = run(script(made, service, n, row, logins),
                              before=before)
                total[logins] = int(re.search(
                    r"Collected : (\d+)", done.stderr)[1])
            out[f"{row}/{service}"] = (total[many] - total[few]) // (
                many - few)
    return out


def mail(built, size):
    """In a world of its own, with the module that was built, whatever the rest
    is measured with."""
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(built["here"], "mail.py"),
         built["meson"], str(size.mails)], check=True, text=True,
        capture_output=True)
    return quantiles(json.loads(done.stdout.splitlines()[-1]))


def everything(made, size):
    most = max(size.scales)
    return {
        "date": subprocess.run(["date", "-u", "+%F %H:%M UTC"], check=True,
                               capture_output=True, text=True).stdout.strip(),
        "kernel": os.uname().release, "cpus": os.cpu_count(),
        "file system": made.fs, "scales": size.scales,
        "warm": warm(made, size), "cold": cold(made, size),
        "syscalls": syscalls(made, most), "memory": memory(made, most),
        "instructions": instructions(made, 1) if size.callgrind else None,
    }
