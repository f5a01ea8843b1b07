# SPDX-License-Identifier: BSD-2-Clause
"""Processes: which there are, of other users, and the memory of one."""

import os
import pickle
import re

from world import User


def as_user(who, function, *args):
    """What a function returns in a process of somebody's: of a User, who has
    logged in, or of a uid and a gid."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            become(who)
            with os.fdopen(write, "wb") as out:
                pickle.dump(function(*args), out)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        data = answer.read()
    os.waitpid(child, 0)
    return pickle.loads(data)


def become(who):
    if isinstance(who, User):
        who.demote()
        return
    uid, gid = who
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def state(pid):
    """The letter of it, or "gone"."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "gone"


def named(*names):
    """The processes of these names, or all of them: pid and name."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/status" % pid) as file:
                status = file.read()
        except OSError:
            continue
        name = re.match("Name:\t(.*)", status).group(1)
        if "\nState:\tZ" not in status and (not names or name in names):
            found[int(pid)] = name
    return found


def read_memory(pid):
    """Every mapping of a process, as far as it can be read."""
    found = []
    with open("/proc/%d/maps" % pid) as maps, \
            open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            begin, end = (int(n, 16) for n in line.split()[0].split("-"))
            if " r" not in line or "[v" in line or begin >= 1 << 63:
                continue
            try:
                mem.seek(begin)
                found.append(mem.read(min(end - begin, 64 << 20)))
            except (OSError, ValueError):
                pass
    return b"".join(found)
