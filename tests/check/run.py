#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""What can be said of source and binaries without running them.

usage: run.py SOURCE WORK

Builds and installs below WORK, which must be empty.  The last line is
"N passed, N failed, N skipped".
"""

import glob
import os
import re
import subprocess
import sys

ENTRY_POINTS = {"pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt",
                "pam_sm_open_session", "pam_sm_close_session",
                "pam_sm_chauthtok"}
LIBRARIES = {"libcrypto.so.3", "libpam.so.0", "libc.so.6"}

# What no module may do to the process that has loaded it.
FORBIDDEN = {"exit", "_exit", "_Exit", "abort", "__assert_fail", "atexit",
             "setenv", "putenv", "unsetenv", "clearenv", "umask", "chdir",
             "fchdir", "signal", "sigaction", "setitimer", "alarm",
             "setlocale", "pthread_create", "openlog", "closelog", "srand",
             "strtok", "localtime", "gmtime", "getpwnam", "getpwuid",
             "strerror", "system", "popen"}

WARNINGS = """-std=gnu11 -D_GNU_SOURCE -DPAM_OTP_VERSION="" -Werror -Wall
-Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual
-Wformat=2 -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wundef
-Wswitch-enum""".split()

passed = failed = 0


def check(what, wrong):
    """"wrong" says what is wrong; nothing, if nothing is."""
    global passed, failed
    if wrong:
        failed += 1
        print("FAILED  %s: %s" % (what, wrong))
    else:
        passed += 1
        print("ok      " + what)
    sys.stdout.flush()


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=True).stdout


def complaint(*argv, **more):
    """What a program says when it fails; "" if it does not."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, **more)
    return "" if done.returncode == 0 else done.stdout[-2000:] or "failed"


def sources(source, *kinds):
    found = []
    for part in ("common", "pam_otp", "enroll", "deliver", "tests"):
        for kind in kinds:
            found += glob.glob("%s/%s/**/%s" % (source, part, kind),
                               recursive=True)
    return sorted(found)


def headers(source):
    for path in sources(source, "*.h"):
        for compiler in ("gcc", "clang"):
            check("%s compiles alone (%s)" % (
                os.path.relpath(path, source), compiler),
                complaint(compiler, *WARNINGS, "-I", source, "-x", "c",
                          "-fsyntax-only", "-", input="#include \"%s\"\n"
                          % path))


def long_lines(path):
    """Those beyond 80 columns: clang-format leaves comments as they are."""
    return [number for number, line in enumerate(open(path), 1)
            if len(line.rstrip("\n").expandtabs(8)) > 80]


def text(source):
    for path in sources(source, "*.[ch]"):
        check(os.path.relpath(path, source) + " is as clang-format has it",
              complaint("clang-format", "--dry-run", "-Werror", path))
        check(os.path.relpath(path, source) + " fits in 80 columns",
              " ".join("line %d" % number for number in long_lines(path)))
    lacking = [path for path in sources(source, "*.[ch]", "*.py") if
               "SPDX-License-Identifier: BSD-2-Clause" not in
               "".join(open(path).readlines()[:3])]
    check("every source file names its licence", " ".join(lacking))
    for path in glob.glob(source + "/*/*.[1-8]"):
        check(os.path.relpath(path, source) + " is a manual page",
              complaint("mandoc", "-T", "lint", "-W", "warning", path))


def printed_keys(tool):
    """{(section, key): default} of what "otp-enroll config" prints."""
    keys = {}
    for section, body in re.findall(r"^\[(.*)\]\n((?:#.*\n)*)",
                                    output(tool, "config"), re.M):
        for key, value in re.findall(r"^# (\S+) = (.*)$", body, re.M):
            keys[section, key] = value
    return keys


def manual_keys(page):
    """{(section, key): what is said of it} of pam_otp.conf(5)."""
    keys = {}
    for part in re.split(r"^\.Ss ", page, flags=re.M):
        named = re.match(r".*\[(\w+)\]", part)
        for key, said in re.findall(
                r"^\.It Cm (\S+) No =.*\n((?:(?!\.It|\.El).*\n)*)", part,
                re.M):
            keys[named.group(1) if named else "scenario", key] = said
    return keys


def manual_default(said):
    """The default as it would stand in a file, or None."""
    short = re.search(r"default is\n\.(?:Li|Ql) (.*) \.\n", said)
    if short:
        return short.group(1)
    shown = re.search(r"default is\n\.Bd .*\n((?:.*\n)*?)\.Ed\n", said)
    if not shown:
        return None
    return re.sub(r" ?\.(Pp|br) ", lambda end: {
        "Pp": r"\n\n", "br": r"\n"}[end.group(1)],
                  shown.group(1).strip().replace("\n", " "))


def examples(page):
    """The configurations that the manual shows."""
    shown = page[page.index(".Sh EXAMPLES"):page.index(".Sh SEE ALSO")]
    return [text.replace("\\e", "\\") for text in
            re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed\n", shown, re.M)
            if text.startswith("[") and "\npassword = " not in text]


def faults(tool, path):
    """Those of a configuration, on a host that may lack the user who sends."""
    return "\n".join(line for line in complaint(
        tool, "config", "--check", "--conf", path).splitlines()
        if "the user _pam_otp_send " not in line and
        "no user _pam_otp_send:" not in line)


def documented(source, work, tool, sender):
    """What "otp-enroll config" prints and the manual agree."""
    printed = printed_keys(tool)
    page = open(source + "/pam_otp/pam_otp.conf.5").read()
    items = manual_keys(page.replace("\\&", ""))
    check("pam_otp.conf(5) has the keys of otp-enroll config",
          " ".join("[%s] %s" % name for name in sorted(
              set(printed) ^ set(items))))
    check("pam_otp.conf(5) says what their defaults are",
          " ".join("[%s] %s" % name for name, value in printed.items()
                   if value and manual_default(items.get(name, "")) !=
                   re.sub(r"(\\n)+$", "", value)))
    secrets = work + "/example.secrets"
    with open(os.open(secrets, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        for section in "email", "sms", "ldap":
            file.write("[%s]\npassword = x\n" % section)
    for number, text in enumerate(examples(page), 1):
        path = "%s/example-%d.conf" % (work, number)
        with open(path, "w") as file:
            file.write("%s[send]\nsecrets = %s\nprogram = %s\n" % (
                text, secrets, sender))
        check("example %d of pam_otp.conf(5) has no fault" % number,
              faults(tool, path))


def symbols(module):
    names = {line.split()[-1].split("@")[0] for line in
             output("nm", "-D", "--defined-only", module).splitlines()}
    check("the module exports its six entry points and nothing else",
          " ".join(sorted(names ^ ENTRY_POINTS)))
    wanted = {line.split()[-1].split("@")[0] for line in
              output("nm", "-D", "--undefined-only", module).splitlines()}
    check("the module calls nothing that changes its host",
          " ".join(sorted(wanted & FORBIDDEN)))
    constructors = [name for name in
                    re.findall(r"\.(?:init|fini)_array\s+\S+\s+\S+\s+\S+\s+"
                               r"(\S+)", output("readelf", "-SW", module))
                    if int(name, 16) > 8]
    check("the module runs nothing when it is loaded", " ".join(constructors))
    writable = [line for line in output("nm", "-S", module).splitlines()
                if re.search(r" [bBdDcC] ", line) and not re.search(
                    r"completed\.|__dso_handle|__TMC_END__|_DYNAMIC|"
                    r"_GLOBAL_OFFSET_TABLE_|__JCR|__FRAME|_arrayE|_array_",
                    line)]
    writable = [line for line in writable if relocated(module, line)]
    check("the module has no variable that outlives a call",
          "\n".join(writable))


def relocated(module, line):
    """False for constants that the loader fills in, then closes (relro)."""
    address = int(line.split()[0], 16)
    for section in re.findall(r"\] (\.\S+)\s+\S+\s+(\S+) \S+ (\S+)",
                              output("readelf", "-SW", module)):
        start, size = int(section[1], 16), int(section[2], 16)
        if start <= address < start + size:
            return section[0] not in (".data.rel.ro", ".got")
    return True


def needed(path):
    return set(re.findall(r"\(NEEDED\)\s+Shared library: \[(.*)\]",
                          output("readelf", "-dW", path)))


def binaries(module, tool, service, sender):
    check("the module brings nothing but libcrypto with it",
          " ".join(sorted(needed(module) - LIBRARIES)))
    for library, owner in (("qrencode", tool), ("curl", sender)):
        found = [path for path in (module, tool, service, sender)
                 if any(library in name for name in needed(path))]
        check("lib%s is linked into %s alone" % (
            library, os.path.basename(owner)),
            "" if found == [owner] else " ".join(found) or "nothing")
    for path in (module, tool, service, sender):
        name = os.path.basename(path)
        dynamic = output("readelf", "-dW", path)
        segments = output("readelf", "-lW", path)
        kind = output("readelf", "-hW", path)
        check(name + " is bound at load time",
              "" if re.search(r"FLAGS.*\bNOW\b", dynamic) else dynamic)
        check(name + " has read-only relocations",
              "" if "GNU_RELRO" in segments else segments)
        check(name + " has no executable stack",
              "" if re.search(r"GNU_STACK.* RW ", segments) else segments)
        check(name + " is position-independent",
              "" if "DYN (" in kind else kind)
        check(name + " has stack protectors",
              "" if "__stack_chk_fail" in output("nm", "-D", path) else "no")
        check(name + " has fortified calls",
              "" if re.search(r"__\w+_chk\b(?<!stack_chk)",
                              output("nm", "-D", path)) else "no")
        mode = os.stat(path).st_mode & 0o7777
        check(name + " is neither setuid nor setgid",
              oct(mode) if mode & 0o6000 else "")


def install(source, build, dest, compiler, *more):
    """Build and install; the paths of module, tool, service and sender."""
    subprocess.run(["meson", "setup", "--prefix=/usr", "-Dtests=false",
                    "-Dwerror=true", *more, build, source], check=True,
                   stdout=subprocess.DEVNULL, env=dict(os.environ,
                                                       CC=compiler))
    subprocess.run(["meson", "install", "-C", build, "--destdir", dest],
                   check=True, stdout=subprocess.DEVNULL)
    module = glob.glob(dest + "/usr/lib/**/security/pam_otp.so",
                       recursive=True)
    made = module
    for name in ("*bin/otp-enroll", "*bin/pam_otpd", "libexec/pam_otp-send"):
        made += glob.glob(dest + "/usr/" + name)
    if [os.path.basename(path) for path in made] != [
            "pam_otp.so", "otp-enroll", "pam_otpd", "pam_otp-send"]:
        sys.exit("not installed as expected: " + " ".join(made))
    return made


def reproducible(source, work, compiler, first):
    """The same bytes from another directory, at another depth."""
    second = install(source, work + "/some/where/else-" + compiler,
                     work + "/dest-again-" + compiler, compiler)
    for one, other in zip(first, second):
        check("%s comes out the same twice (%s)" % (
            os.path.basename(one), compiler), complaint("cmp", one, other))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, work = map(os.path.abspath, sys.argv[1:])
    os.makedirs(work, exist_ok=True)
    headers(source)
    text(source)
    for compiler in ("gcc", "clang"):
        made = install(source, work + "/" + compiler,
                       work + "/dest-" + compiler, compiler)
        symbols(made[0])
        binaries(*made)
        reproducible(source, work, compiler, made)
    documented(source, work, made[1], made[3])
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
