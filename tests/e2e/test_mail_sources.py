# SPDX-License-Identifier: BSD-2-Clause
"""Text messages through a gateway, and where addresses are looked up."""

import re

import directories
import mailworld
import servers
import world
from mailworld import (ADDRESSES, GATEWAY, METHODS, SECRETS, SMS, Mailed, conf,
                       service)
from world import KEY, STORE, wait_for


class Text(Mailed):
    """A gateway that is asked as Twilio is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = servers.Gateway()
        cls.addClassCleanup(cls.plain.end)
        cls.abroad = servers.Gateway(
            servers.ADDRESS, 8443, cls.mail.authority.issue(servers.NAME))
        cls.addClassCleanup(cls.abroad.end)
        for name, preset, gateway, more in (
                ("sms", "twilio", cls.plain, ""),
                ("whatsapp", "twilio-whatsapp", cls.plain, ""),
                ("https", "twilio", cls.abroad,
                 "ca-file = %s\n" % cls.mail.authority.file),
                ("https-other", "twilio", cls.abroad,
                 "ca-file = %s\n" % servers.Authority("foreign").file)):
            service(name, conf(name, SMS, "", GATEWAY % (
                preset, gateway.url, servers.ACCOUNT_SID, ADDRESSES) + more))

    def next_text(self, gateway):
        """The code in the message that comes now."""
        before = len(gateway.messages)

        def take(_=""):
            message = wait_for(lambda: gateway.messages[before:], 10,
                               "no message came")[0]
            found, = re.findall(mailworld.SENT_CODE, message["Body"])
            world.SHOWN.add(found)
            return found
        return take

    def test_twilio(self):
        """the fields that Twilio wants, and the code in one of them"""
        user = self.world.fresh()
        got = self.passes("sms", user, "sms", self.next_text(self.plain))
        message = self.plain.messages[-1]
        self.assertEqual(message["To"], self.mail.number(user))
        self.assertEqual(message["From"], "+15005550006")
        self.assertIn(user.name, message["Body"])
        self.assertNotIn(self.mail.number(user), got.text, got)

    def test_whatsapp(self):
        """the same to WhatsApp"""
        user = self.world.fresh()
        self.passes("whatsapp", user, "sms", self.next_text(self.plain))
        self.assertEqual(self.plain.messages[-1]["To"],
                         "whatsapp:" + self.mail.number(user))

    def test_offered(self):
        """who can be reached by both is asked which it is to be"""
        service("both", conf("both", SMS + " email\nunenrolled = deny",
                             mailworld.LOCAL, GATEWAY % (
                                 "twilio", self.plain.url,
                                 servers.ACCOUNT_SID, ADDRESSES)))
        for word, take in (("sms", self.next_text(self.plain)),
                           ("email", None)):
            user = self.world.fresh(enrolled=False)
            take = take or self.mail.next_code(user)
            number = []

            def choose(seen):
                masked = r"\*\*\*.*%s" % ("@" if word == "email" else "\\d\\d")
                number.extend(re.findall(r"(?m)^(\d)  .*" + masked, seen))
                return number[0]
            got = self.passes("both", user, choose, take)
            self.assertIn("Type its number", got.text, got)

    def test_https(self):
        """a gateway that is not this host is asked by https"""
        user = self.world.fresh()
        self.passes("https", user, "sms", self.next_text(self.abroad))

    def test_foreign(self):
        """and not if somebody else's certificate is shown"""
        user = self.world.fresh()
        before = len(self.abroad.messages), self.abroad.refused
        got = self.passes("https-other", user, "sms", user.recovery[0])
        self.assertIn("No code could be sent", got.text, got)
        self.assertEqual((len(self.abroad.messages), self.abroad.refused),
                         before)

    def test_refused(self):
        """what the gateway does not take is said; the log has its status"""
        self.plain.status = 503
        self.addCleanup(setattr, self.plain, "status", 201)
        user = self.world.fresh()
        got = self.passes("sms", user, "sms", user.recovery[0])
        self.assertIn("No code could be sent", got.text, got)
        self.assertTrue([line for line in self.world.log.since(self.mark)
                         if "503" in line])


LDAP = "ldap://127.0.0.1/%s?%s?one?(uid={user})"
INSIDE = """\
#!/bin/sh
tell() {
	logger -t inside "$@"
}
tell "uid $(id -u) gid $(id -G) words $# environment $(env | grep -v \\
    -e ^PWD= -e ^SHLVL= -e ^_= | tr '\\n' ' ')end"
for path in %s; do
	if head -c 1 "$path" >/dev/null 2>&1 || ls "$path/" >/dev/null 2>&1
	then
		tell "read $path"
	fi
	if (: >>"$path") 2>/dev/null; then
		tell "wrote $path"
	fi
done
echo "$1@%s"
"""


class Sources(Mailed):
    """Each by itself, read by the program that may read nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = directories.Directories.get(cls.mail.authority)
        cls.postgres = made.postgres

    def source(self, name, sources, more=""):
        return service(name, conf(
            name, METHODS, "server = smtp://localhost\nemail-from = " +
            sources, more))

    def mailed(self, name, user):
        return self.passes(name, user, "email", self.mail.next_code(user))

    def test_gecos(self):
        """the account's own field"""
        user = self.world.fresh()
        text = open("/etc/passwd").read()
        self.addCleanup(world.write, "/etc/passwd", text)
        world.write("/etc/passwd", re.sub(
            r"(?m)^(%s:x:\d+:\d+):" % user.name,
            r"\1:Une Personne,,%s@%s" % (user.name, servers.DOMAIN), text))
        self.mailed(self.source("gecos", "gecos"), user)

    def test_ldap(self):
        """a directory, read as somebody who may"""
        binder = "[ldap]\nuser = %s\n" % servers.BINDER
        self.mailed(self.source("ldap", LDAP % (directories.Slapd.URL, "mail"),
                                binder), self.world.fresh())

    def test_ldap_tls(self):
        """a directory elsewhere, by TLS"""
        url = LDAP.replace("ldap://127.0.0.1", "ldaps://ldap.example.org")
        self.mailed(self.source(
            "ldaps", url % (directories.Slapd.URL, "mail"),
            "[ldap]\nuser = %s\nca-file = %s\n" % (
                servers.BINDER, self.mail.authority.file)),
            self.world.fresh())

    def test_database(self):
        """a database, asked as the manual shows it"""
        self.mailed(self.source("sql", "exec:" + self.postgres.script),
                    self.world.fresh())

    def test_in_order(self):
        """one that fails is told of in the log, and the next is asked"""
        user = self.world.fresh()
        self.mailed(self.source("order", "exec:/usr/bin/false file:" +
                                ADDRESSES), user)
        self.assertTrue([line for line in self.world.log.since(self.mark)
                         if "/usr/bin/false" in line])

    def test_nowhere(self):
        """who has no address is told so, and gets in with a device"""
        user = self.world.fresh()
        got = self.passes(self.source("nowhere", "record"), user, "email",
                          user.recovery[0])
        self.assertIn("No address is known", got.text, got)

    def test_inside(self):
        """a program of exec: can read neither store, key nor passwords"""
        script = world.TOP + "/bin/inside"
        user = self.world.fresh()
        paths = [KEY, STORE, STORE + "/users", "/etc/security", SECRETS,
                 "%s/users/%s" % (STORE, user.name), "/etc/shadow",
                 "/var/lib/pam_otp"]
        world.write(script, INSIDE % (" ".join(paths), servers.DOMAIN), 0o755)
        self.mailed(self.source("inside", "exec:" + script), user)
        said = [line.split("inside: ", 1)[1] for line in
                self.world.log.since(self.mark, "inside: ")]
        self.assertEqual(said, ["uid %d gid %d words 2 environment end" % (
            (world.SENDER_UID,) * 2)])
