# SPDX-License-Identifier: BSD-2-Clause
"""Where addresses are looked up: slapd and PostgreSQL, in the private world."""

import glob
import os
import pwd
import re
import subprocess

import processes
import world
from servers import ADDRESS, BINDER, BINDER_PASSWORD, DOMAIN
from world import TOP, run, wait_for, write

SLAPD_CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile %(cert)s
TLSCertificateKeyFile %(key)s
pidfile %(top)s/slapd.pid
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="%(binder)s" read by * none
database mdb
suffix "dc=example,dc=org"
rootdn "cn=root,dc=example,dc=org"
directory %(top)s/data
maxsize 10485760
"""

TREE = """\
dn: dc=example,dc=org
objectClass: domain
dc: example

dn: %(binder)s
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: reader
userPassword: %(password)s

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

"""

PERSON = """\
dn: uid=%(name)s,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: %(name)s
cn: %(name)s
sn: %(name)s
mail: %(mail)s
mobile: %(mobile)s

"""


class Slapd:
    """A directory, read by BINDER alone: ldap on loopback, ldaps on ADDRESS.

    "people" are triples of name, mail and mobile.
    """

    URL = "ou=people,dc=example,dc=org"

    def __init__(self, authority, people):
        top = TOP + "/ldap"
        os.makedirs(top + "/data")
        cert = authority.issue("ldap.example.org", ADDRESS)
        write(top + "/slapd.conf", SLAPD_CONF % {
            "cert": cert[0], "key": cert[1], "top": top, "binder": BINDER})
        run(["slapadd", "-f", top + "/slapd.conf"], input=TREE % {
            "binder": BINDER, "password": BINDER_PASSWORD} + "".join(
                PERSON % dict(zip(("name", "mail", "mobile"), person))
                for person in people))
        self.child = subprocess.Popen(
            ["slapd", "-d", "0", "-f", top + "/slapd.conf", "-h",
             "ldap://127.0.0.1:389/ ldaps://%s:636/" % ADDRESS],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_for(lambda: world.can_connect(389), 10, "slapd does not listen")

    def end(self):
        self.child.terminate()
        self.child.wait()


# Read at once: the world has other files in the place of the host's.
PAGE = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                         "..", "pam_otp", "pam_otp.conf.5")).read()


def shown(word):
    """The one example of the manual that has this word, as it is read."""
    found = [text for text in re.findall(
        r"(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", PAGE) if word in text]
    assert len(found) == 1, found
    return found[0].replace("\\e", "\\")


class Postgres:
    """A database with a table of people, which the delivery user may read;
    .script asks it, and is the manual's.

    "people" are triples of name, mail and phone.
    """

    def __init__(self, people):
        bin_dir = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        top, self.script = TOP + "/postgres", TOP + "/bin/address-of"
        user = pwd.getpwnam("postgres")
        for path in top, "/run/postgresql":
            os.makedirs(path)
            os.chown(path, user.pw_uid, user.pw_gid)

        def become():
            processes.become((user.pw_uid, user.pw_gid))
            os.chdir(top)

        run([bin_dir + "/initdb", "-D", top + "/data", "-A", "peer",
             "--no-sync", "-E", "UTF8", "--locale=C"], preexec_fn=become)
        self.child = subprocess.Popen(
            [bin_dir + "/postgres", "-D", top + "/data", "-c",
             "listen_addresses=", "-c", "fsync=off", "-c",
             "unix_socket_directories=/run/postgresql"], preexec_fn=become,
            stdin=subprocess.DEVNULL, stdout=open(top + ".log", "w"),
            stderr=subprocess.STDOUT)
        wait_for(lambda: run(["psql", "-XAtc", "SELECT 1", "-h",
                              "/run/postgresql", "postgres"], check=False,
                             preexec_fn=become).returncode == 0, 20,
                 "postgres does not answer")
        sql = "CREATE DATABASE people;\n\\connect people\n" \
            "CREATE TABLE people (login text PRIMARY KEY, mail text, " \
            "phone text);" \
            "CREATE ROLE _pam_otp_send LOGIN;" \
            "GRANT SELECT ON people TO _pam_otp_send;" + "".join(
                "INSERT INTO people VALUES ('%s', '%s', '%s');" % person
                for person in people)
        run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-h", "/run/postgresql",
             "postgres"], input=sql, preexec_fn=become)
        write(self.script, shown("psql"), 0o755)

    def end(self):
        self.child.terminate()
        self.child.wait()


class Directories:
    """Both, with everybody who is made for tests; made once."""

    made = None

    @classmethod
    def get(cls, authority):
        if cls.made is None:
            cls.made = cls(authority)
        return cls.made

    def __init__(self, authority):
        people = [(name, "%s@%s" % (name, DOMAIN), "+447700900001")
                  for name in world.THE.users if name[0] == "u"]
        self.slapd = Slapd(authority, people)
        self.postgres = Postgres(people)
        with open("/etc/hosts", "a") as hosts:
            hosts.write(ADDRESS + " ldap.example.org\n")
