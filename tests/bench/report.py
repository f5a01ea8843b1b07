# SPDX-License-Identifier: BSD-2-Clause
"""The table."""

NAMES = {
    "permit": "pam_permit",
    "floor": "floor: pam_permit + one durable write",
    "ga": "pam_google_authenticator",
    "ga-skew": "  the same without noskewadj",
    "oath": "pam_oath",
    "otp": "pam_otp",
}
ROWS = {
    "right": "right code, HOTP, one user again and again",
    "right again": "right code, TOTP, state put back before each",
    "right others": "right code, TOTP, each login another user",
    "wrong": "wrong code, TOTP, state put back before each",
}
HOSTS = {
    "client": "a host without libcrypto (su, login, sudo)",
    "client-crypto": "a host that uses libcrypto anyway (sshd)",
}
NOTES = """\
- Every login ended as it has to (success, or a refusal of the wrong code), or this would
  not be printed. All state is in the page cache, and /dev/log has a reader.
- google-authenticator: one file a user, DISALLOW_REUSE and RATE_LIMIT 100 1 (as high as it
  goes, for it counts successes too), user=root, 10 recovery codes. pam_oath: one line a
  user, the measured user's in the middle, window as built in. pam_otp: 10 recovery codes,
  tries = 1, so that one call sees one answer, as with the others.
- pam_permit, and so the floor, look nobody up. All others do; the measured users are the
  first in /etc/passwd, so that no module pays for a search in it.
- The floor's write is a pwritev2(RWF_DSYNC) of 8192 of 16384 bytes that are there already,
  on the same file system and open before.
- Wrong codes: google-authenticator writes each (RATE_LIMIT), pam_otp writes each (its
  throttle), pam_oath none: it does not count.
- "Put back": the measured user's state is copied back in place and synced, untimed, since
  a TOTP code passes once, and 5 wrong codes make pam_otp stop looking.
- A p99 of fewer than 100 logins is their worst. pam_oath copies its whole file at every
  success, so with 100,000 users it has few: see n in the JSON.
- Cold: a new process for each login, from before the fork to its reaping; files cached.
- Mail: from "email" being typed, on a terminal, to the prompt that says where it was sent;
  each login another user, as the next code has to wait. Postfix writes its queue to the
  same disk, and says that it has it."""


def us(value):
    return f"{value:,.0f}"


def quantile_line(name, cells):
    text = "".join(
        f"{us(c['p50']):>9} /{us(c['p99']):>7}" if c else f"{'-':>18}"
        for c in cells)
    return f"  {name:<38}{text}"


def heading(figures, title):
    users = "".join(
        f"{n:,} user{'s' if n > 1 else ''}".rjust(18)
        for n in figures["scales"])
    print(f"\n{title}")
    print(" " * 40 + users)


def services(found, prefix):
    """In the order of NAMES, those with any figure under "prefix"."""
    have = {key[len(prefix):].split("/")[0]
            for key in found if key.startswith(prefix)}
    return [name for name in NAMES if name in have]


def show_warm(figures):
    heading(figures, "1. One process: microseconds from pam_start to pam_end, "
            "p50 / p99")
    for row, title in ROWS.items():
        print(title)
        for service in services(figures["warm"], row + "/"):
            print(quantile_line(NAMES[service], [
                figures["warm"].get(f"{row}/{service}/{n}")
                for n in figures["scales"]]))


def show_cold(figures):
    heading(figures, "2. A process for each login: microseconds, whole, "
            "p50 / p99")
    for host, title in HOSTS.items():
        for row in ("right", "wrong"):
            print(f"{ROWS[row].split(',')[0]}, {title}")
            prefix = f"{host}/{row}/"
            for service in services(figures["cold"], prefix):
                print(quantile_line(NAMES[service], [
                    figures["cold"][f"{prefix}{service}/{n}"]["whole"]
                    for n in figures["scales"]]))
        base, ours, ga = ([figures["cold"][f"{host}/right/{service}/{n}"]
                           ["whole"]["p50"] for n in figures["scales"]]
                          for service in ("permit", "otp", "ga"))
        for name, added in (("pam_google_authenticator", ga),
                            ("pam_otp", ours)):
            print(f"  {name + ' less pam_permit, right':<38}" + "".join(
                f"{us(a - b):>9}{'':9}" for a, b in zip(added, base)))


def show_calls(figures):
    print(f"\n3. System calls a login (and those that sync), "
          f"{max(figures['scales']):,} users")
    print(f"{'':40}{'warm':>16}{'':4}{'warm':>16}{'whole process':>16}")
    print(f"{'':40}{'right code':>16}{'':4}{'wrong code':>16}"
          f"{'right code':>16}")
    for service, name in NAMES.items():
        cells = [figures["syscalls"].get(f"{what}/{service}/{how}")
                 for what, how in (("right", "warm"), ("wrong", "warm"),
                                   ("right", "cold"))]
        text = [f"{c['calls']} ({c['syncs']})" if c else "-" for c in cells]
        print(f"  {name:<38}{text[0]:>16}{'':4}{text[1]:>16}{text[2]:>16}")


def show_memory(figures):
    print("\n4. Added to the host during a login, against pam_permit: KiB, "
          "and shared objects")
    print(f"{'':40}{'RSS':>10}{'PSS':>10}{'private':>10}   objects")
    for host, title in HOSTS.items():
        print(title)
        base = figures["memory"][f"{host}/permit"]
        for service in ("ga", "oath", "otp"):
            got = figures["memory"][f"{host}/{service}"]
            added = [o.rsplit("/", 1)[-1] for o in got["objects"]
                     if o not in base["objects"]]
            print(f"  {NAMES[service]:<38}" + "".join(
                f"{got[k] - base[k]:>10,}" for k in ("rss", "pss", "private"))
                + f"   {len(added)}: {' '.join(added[1:]) or '-'}")


def show_instructions(figures):
    found = figures["instructions"]
    if not found:
        return
    print("\n5. Instructions of a login in user space (callgrind), 1 user: "
          "right, wrong")
    for service, name in NAMES.items():
        cells = [found.get(f"{row}/{service}") for row in ("right", "wrong")]
        print(f"  {name:<38}" + "".join(
            f"{c:>16,}" if c is not None else f"{'-':>16}" for c in cells))


def show_mail(figures):
    found = figures["mail"]
    print(f"\n6. A code by mail, local Postfix: milliseconds, p50 / p99 of "
          f"{found['n']} logins")
    print(f"  {'from asking to sent':<38}{found['p50'] / 1000:>9.1f} /"
          f"{found['p99'] / 1000:>7.1f}")


def targets(figures):
    """(What, worst ratio, the bar)"""
    warm, scales = figures["warm"], figures["scales"]

    def worst(row, service, over_row, over):
        return max(warm[f"{row}/{service}/{n}"]["p50"] /
                   warm[f"{over_row}/{over}/{n}"]["p50"] for n in scales)

    yield ("right code, HOTP / google-authenticator's",
           worst("right", "otp", "right", "ga"), 0.5)
    yield ("right code, TOTP / google-authenticator's",
           worst("right again", "otp", "right again", "ga"), 0.5)
    yield ("right code, HOTP / floor",
           worst("right", "otp", "right", "floor"), 1.5)
    yield ("right code, TOTP / floor",
           worst("right again", "otp", "right", "floor"), 1.5)
    yield ("wrong code / right code, TOTP (1.05: noise)",
           worst("wrong", "otp", "right again", "otp"), 1.05)
    for row, title in (("right", "right code, HOTP"),
                       ("wrong", "wrong code, TOTP")):
        yield (f"{title}: {scales[-1]:,} users / 1 user",
               warm[f"{row}/otp/{scales[-1]}"]["p50"] /
               warm[f"{row}/otp/{scales[0]}"]["p50"], 1.1)
    yield ("durable writes a login, right or wrong", max(
        figures["syscalls"][f"{row}/otp/warm"]["syncs"]
        for row in ("right", "wrong")), 1)


def show_targets(figures):
    print("\n7. What was to be reached (p50, one process, the worst number of "
          "users)")
    for what, got, bar in targets(figures):
        verdict = "reached" if got <= bar else "falls short"
        print(f"  {what:<50}{got:>7.2f}  at most {bar:<5} {verdict}")


def show(figures):
    print(f"pam_otp beside its peers, {figures['date']}")
    print(f"Linux {figures['kernel']}, {figures['cpus']} CPUs")
    print(figures["file system"])
    if figures["quick"]:
        print("A quick run, to see that it works: the figures mean nothing.")
    show_warm(figures)
    show_cold(figures)
    show_calls(figures)
    show_memory(figures)
    show_instructions(figures)
    show_mail(figures)
    show_targets(figures)
    print("\nNotes\n" + NOTES)
    print(f"\nTook {figures['seconds']} s.")
