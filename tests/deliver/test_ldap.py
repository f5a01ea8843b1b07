# SPDX-License-Identifier: BSD-2-Clause
"""Addresses from a directory: slapd, with names that mean harm."""

import os
import shutil
import subprocess
import unittest

import place
import servers
from place import EMAIL, FAR, LATE, LOOKUP, NEAR, PASSWORD, SMS

BASE = "dc=example,dc=org"
NUMBER = "+442079460018"

CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {dir}/pid
argsfile {dir}/args
TLSCACertificateFile {ca}
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
database mdb
suffix "{base}"
directory {dir}/data
rootdn "cn=root,{base}"
rootpw {password}
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=closed,{base}" by dn="cn=root,{base}" read by * none
access to * by * read
"""


def entry(uid, ou="people", **values):
    lines = ["dn: uid=%s,ou=%s,%s" % (uid.replace(",", "\\,"), ou, BASE),
             "objectClass: inetOrgPerson", "cn: x", "sn: x"]
    for name, given in dict(values, uid=uid).items():
        lines += ["%s: %s" % (name, one) for one in
                  ([given] if isinstance(given, str) else given)]
    return "\n".join(lines) + "\n\n"


PEOPLE = ("dn: {0}\nobjectClass: dcObject\nobjectClass: organization\n"
          "o: x\ndc: example\n\n"
          "dn: ou=people,{0}\nobjectClass: organizationalUnit\n\n"
          "dn: ou=closed,{0}\nobjectClass: organizationalUnit\n\n"
          .format(BASE)) + "".join([
              entry("alice", mail="alice@example.org",
                    mobile="+44 (20) 7946-0018", telephoneNumber=NUMBER),
              entry("bob", mail=["b1@example.org", "b2@example.org"]),
              entry("many", mail=["m%d@example.org" % i for i in range(9)]),
              entry("none"),
              entry("odd", mail=["Ödd@example.org", "a@b.org evil@b.org",
                                 "odd@example.org"]),
              entry("a*", mail="star@example.org"),
              entry("(x)", mail="brackets@example.org"),
              entry("bäck\\slash", mail="back@example.org")
              .replace("uid=bäck\\slash", "uid=bäck\\\\slash"),
              entry("twin1", sn="twin", mail="t1@example.org"),
              entry("twin2", sn="twin", mail="t2@example.org"),
              entry("shut", ou="closed", mail="shut@example.org"),
          ])


@unittest.skipUnless(shutil.which("slapd", path="/usr/sbin:/usr/bin"),
                     "there is no slapd")
class Ldap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = place.path("ldap")
        os.makedirs(directory + "/data")
        place.write(directory + "/conf", CONF.format(
            dir=directory, base=BASE, password=PASSWORD,
            ca=place.path("ca.pem"), cert=place.path("good.pem"),
            key=place.path("good.key")))
        place.write(directory + "/people", PEOPLE)
        place.run("slapadd", "-f", directory + "/conf", "-l",
                  directory + "/people", env=dict(
                      os.environ, PATH="/usr/sbin:/usr/bin"))
        cls.slapd = subprocess.Popen(
            ["/usr/sbin/slapd", "-d", "0", "-f", directory + "/conf", "-h",
             "ldap://%s:3389 ldaps://%s:6636 ldap://%s:3389" % (
                 FAR, FAR, NEAR)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        place.wait_for(lambda: cls.look("alice").text.startswith("ok "))

    @classmethod
    def tearDownClass(cls):
        cls.slapd.terminate()
        cls.slapd.wait()

    @staticmethod
    def look(account, server="ldap://127.0.0.1:3389", attribute="mail",
             match="(uid={user})", base="ou=people," + BASE, scope="sub",
             channel=EMAIL, **more):
        fields = {"kind": LOOKUP, "account": account, "channel": channel,
                  "source": "%s/%s?%s?%s?%s" % (server, base, attribute,
                                                scope, match)}
        fields.update(more)
        return place.ask(**fields)

    def test_mail(self):
        for account, found in (
                ("alice", "ok alice@example.org"), ("none", "ok"),
                ("bob", "ok b1@example.org b2@example.org"),
                ("nobody", "ok"), ("ALICE", "ok alice@example.org")):
            with self.subTest(account):
                self.assertEqual(self.look(account).text, found)

    def test_numbers(self):
        for attribute in ("mobile", "telephoneNumber"):
            self.assertEqual(self.look("alice", attribute=attribute,
                                       channel=SMS).text, "ok " + NUMBER)
        self.assertEqual(self.look("alice", channel=SMS).text, "ok")
        self.assertEqual(self.look("alice", attribute="mobile").text, "ok")

    def test_not_more_than_four(self):
        found = self.look("many").text.split()
        self.assertEqual(found[0], "ok")
        self.assertEqual(len(set(found)), 5)

    def test_what_is_no_address_is_passed_over(self):
        self.assertEqual(self.look("odd").text, "ok odd@example.org")

    def test_ways_to_it(self):
        ca = place.path("ca.pem")
        clear = "failed the URL must begin with https: or ldaps:, " \
            "since the server is another host"
        refused = "failed the server's certificate is refused: "
        for server, how, found in (
                ("ldaps://mail.test:6636", {"ca_file": ca},
                 "ok alice@example.org"),
                ("ldap://127.0.0.1:3389", {"ca_file": ca},
                 "ok alice@example.org"),
                ("ldap://mail.test:3389", {"ca_file": ca}, clear),
                ("ldap://192.0.2.1:3389", {}, clear),
                ("ldaps://other.test:6636", {"ca_file": ca},
                 refused + "it is for another name"),
                ("ldaps://mail.test:6636", {"ca_file": place.path(
                    "rogue.pem")}, refused + "self-signed certificate "
                 "in certificate chain"),
                ("ldaps://mail.test:1", {},
                 "failed the server cannot be reached")):
            with self.subTest(server):
                self.assertEqual(self.look("alice", server, **how).text,
                                 found)

    def test_nothing_is_asked_in_clear(self):
        with servers.Raw(servers.Raw.hear_all) as server:
            for how in ({}, {"ca_file": place.path("ca.pem")}):
                answer = self.look("alice", "ldap://mail.test:%d"
                                   % server.port, user="cn=root," + BASE,
                                   password=PASSWORD, **how)
                self.assertTrue(answer.text.startswith("failed "))
        self.assertEqual(server.heard, b"")
        self.assertEqual(server.connections, 0)

    def test_bind(self):
        closed = "ou=closed," + BASE
        self.assertEqual(self.look("shut", base=closed).text,
                         "failed LDAP: search failed")
        self.assertEqual(self.look("shut", base=closed, user="cn=root," + BASE,
                                   password=PASSWORD).text,
                         "ok shut@example.org")
        self.assertEqual(self.look("shut", base=closed, user="cn=root," + BASE,
                                   password="wrong").text,
                         "failed the server does not take user and password")

    def test_names_that_mean_harm(self):
        """A name is a name, and never a part of the filter or the URL."""
        for account, found in (
                ("*", "ok"), ("a*", "ok star@example.org"), ("ali*", "ok"),
                ("(x)", "ok brackets@example.org"),
                ("bäck\\slash", "ok back@example.org"),
                ("alice)(mail=*", "ok"), ("x)(|(uid=alice", "ok"),
                ("*)(uid=alice))(|(uid=*", "ok"), ("alice\\2a", "ok"),
                ("%61lice", "ok"), ("alice%2a", "ok"), ("a%6cice", "ok"),
                ("alice?x", "ok"), ("alice#x", "ok"), ("{user}", "ok"),
                ("alice)", "ok"), ("\\", "ok"), ("x y", "ok"),
                ("alice,ou=people", "ok"), ("\u202ealice", "ok")):
            with self.subTest(account):
                self.assertEqual(self.look(account).text, found)

    def test_names_in_a_dn(self):
        for account, found in (
                ("alice", "ok alice@example.org"), ("(x)",
                                                    "ok brackets@example.org"),
                ("bäck\\slash", "ok back@example.org"),
                ("alice,ou=people," + BASE + "?mail?base", None),
                ("x,uid=alice", None), ("alice+cn=x", None)):
            answer = self.look(account, base="uid={user},ou=people," + BASE,
                               scope="base", match="(objectClass=*)").text
            with self.subTest(account):
                if found:
                    self.assertEqual(answer, found)
                else:
                    self.assertNotIn("@", answer)

    def test_one_entry_alone(self):
        """Of two it would be a guess whose code it is."""
        self.assertEqual(self.look("twin", match="(sn={user})").text,
                         "failed 2 entries match, and one must")
        # nobody put the name into the filter
        self.assertEqual(self.look("alice", match="(uid=bob)").text,
                         "failed there is no {user} in the URL")

    def test_urls_that_are_none(self):
        for source in ("ldap:{user}", "ldap://u:p@127.0.0.1/{user}",
                       "ldapi://%2frun%2fldapi/{user}", "http://x/{user}",
                       "ldap://127.0.0.1/{user}#x", "ldap://127.0.0.1/{user} ",
                       "ldap://127.0.0.1/{user}{x}", "{user}", "",
                       "file:///etc/hosts?{user}"):
            with self.subTest(source):
                answer = place.ask(kind=LOOKUP, account="alice",
                                   channel=EMAIL, source=source)
                self.assertTrue(answer.text.startswith("failed "))

    def test_nobody_is_referred_elsewhere(self):
        """What is there may be no TLS, and not this host."""
        def tlv(tag, *parts):
            value = b"".join(parts)
            return bytes([tag, len(value)]) + value

        def talk(server, conn):
            while True:
                asked = server.hear(conn)
                number = tlv(2, asked[4:5])
                for kind, answer in replies.get(asked[5], []):
                    conn.sendall(tlv(0x30, number, tlv(kind, answer)))

        done = b"\x0a\1\0\4\0\4\0"
        for way in ("instead", "beside"):
            with self.subTest(way), servers.Raw(talk, NEAR) as server, \
                    servers.Raw(servers.Raw.hear_all) as other:
                url = tlv(4, b"ldap://%s:%d/dc=x" % (FAR.encode(),
                                                     other.port))
                replies = {0x60: [(0x61, done)], 0x63: [
                    (0x65, b"\x0a\1\x0a\4\0\4\0" + tlv(0xa3, url))]}
                if way == "beside":
                    replies[0x63] = [(0x73, url), (0x65, done)]
                answer = self.look("alice", "ldap://127.0.0.1:%d"
                                   % server.port, seconds=2)
                self.assertIn(b"alice", server.heard)
                self.assertEqual(other.connections, 0)
                self.assertNotIn(b"@", answer.line)

    def test_servers_that_hang_or_talk(self):
        def silent(server, conn):
            server.hear_all(conn)

        def garbage(server, conn):
            server.hear(conn)
            while True:
                conn.sendall(b"\x30\x84\x7f\xff\xff\xff" + b"x" * 4096)

        for talk in (silent, garbage):
            with self.subTest(talk.__name__), \
                    servers.Raw(talk, NEAR) as server:
                answer = self.look("alice", "ldap://127.0.0.1:%d"
                                   % server.port, seconds=1)
                self.assertLess(answer.seconds, 1 + LATE)
                self.assertNotIn(b"ok", answer.line)

    def test_memory(self):
        """libldap would take in whatever a server says is coming."""
        with open(place.PROGRAM, "rb") as program:
            if b"__asan_init" in program.read():
                self.skipTest("a sanitizer takes more than the program may")

        def flood(server, conn):
            server.hear(conn)
            conn.sendall(bytes.fromhex("300c02010161070a010004000400"))
            server.hear(conn)
            conn.sendall(b"\x30\x84" + (512 << 20).to_bytes(4, "big"))
            while True:
                conn.sendall(bytes(1 << 20))

        with servers.Raw(flood, NEAR) as server:
            child = place.start()
            child.stdin.write(place.request(
                kind=LOOKUP, account="alice", channel=EMAIL, seconds=5,
                source="ldap://127.0.0.1:%d/dc=x?mail?sub?(uid={user})"
                % server.port))
            child.stdin.close()
            line = child.stdout.read()
            child.stdout.close()
            _, child.returncode, used = os.wait4(child.pid, 0)
        self.assertRegex(line, b"^failed [^\n]+\n$")
        self.assertLess(used.ru_maxrss, 128 << 10)
