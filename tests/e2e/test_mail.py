# SPDX-License-Identifier: BSD-2-Clause
"""Codes by mail: asked for, sent by a real Postfix, read out of the mail that
arrived, and logged in with."""

import re
import time

import mailworld
import servers
import sink
import world
from mailworld import ASKED, INTERRUPT, METHODS, Mailed, conf, service
from world import PASSWORD, PROMPT, code, talk, wait_for, wrong


class Ssh(Mailed):
    """The real client at the real server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        key = [service("sshd-mail", cls.mail.mail),
               service("sshd-mailonly", cls.mail.only)]
        world.write("/etc/pam.d/sshd-mailkey", "auth required pam_otp.so "
                    "conf=%s\n%s" % (cls.mail.only, world.ACCOUNT))
        cls.port = cls.world.sshd(40, key[0])
        cls.only = cls.world.sshd(41, key[1])
        cls.key = cls.world.sshd(
            42, "sshd-mailkey",
            "AuthenticationMethods publickey,keyboard-interactive\n")
        cls.blind = cls.world.sshd(43, key[1], "PasswordAuthentication yes\n")

    def login(self, user, *replies, port=None, password=PASSWORD, **more):
        return self.world.ssh(
            user, [("assword: ", password)] +
            [(PROMPT + ": ", reply) for reply in replies],
            port=port or self.port, **more)

    def gets_in(self, user, *replies, **more):
        got = self.login(user, *replies, **more)
        self.assertIn("IN-AS-" + user.name, got.text, got)
        return got

    def stays_out(self, user, *replies, **more):
        got = self.login(user, *replies, **more)
        self.assertNotIn("IN-AS-", got.text, got)
        self.assertEqual(got.status, 255, got)
        return got

    def test_asked_for(self):
        """who has a device types "email", and the code that arrives"""
        user = self.world.fresh()
        got = self.gets_in(user, " Email ", self.mail.next_code(user))
        self.assertIn("***", got.text, got)
        self.assertNotIn("%s@%s" % (user.name, servers.DOMAIN), got.text)
        self.assertEqual([row["result"] for row in self.sent()], ["sent"])
        # The device is good for the next login, of course.
        self.gets_in(user, code(user))

    def test_mail_says(self):
        """the mail says who asks whom for what, and nothing in its subject"""
        user = self.world.fresh()
        self.gets_in(user, "email", self.mail.next_code(user))
        mail = self.mail.postfix.mails(user.name)[-1]
        text = sink.body(mail)
        self.assertEqual([part.get_content_charset() for part in mail.walk()
                          if not part.is_multipart()], ["utf-8"])
        for word in (user.name, "sshd-mail", "world", "127.0.0.1", "UTC",
                     "10 minutes", "tell your administrator"):
            self.assertIn(word, text)
        self.assertEqual(mail["To"], user.name + "@" + servers.DOMAIN)
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertIsNotNone(mail["Message-ID"])
        self.assertLess(abs(mail["Date"].datetime.timestamp() - time.time()),
                        60)
        self.assertIsNone(re.search(r"\d{6}", mail["Subject"]))

    def test_at_once(self):
        """who has nothing else is sent one before the first prompt"""
        user = self.world.fresh(enrolled=False)
        self.gets_in(user, self.mail.next_code(user), port=self.only)
        self.assertEqual(len(self.mail.codes(user)), 1)

    def test_key_and_code(self):
        """the key, and a code that was sent"""
        user = self.world.fresh(enrolled=False)
        got = self.world.ssh(
            user, [(PROMPT + ": ", self.mail.next_code(user))],
            port=self.key, key=self.world.key_for(user),
            methods="publickey,keyboard-interactive")
        self.assertIn("IN-AS-" + user.name, got.text, got)

    def test_once(self):
        """it works once, and only the newest of a user's does"""
        user = self.world.fresh(enrolled=False)
        self.gets_in(user, self.mail.next_code(user), port=self.only)
        spent = self.mail.codes(user)[0]
        self.stays_out(user, spent, spent, spent, port=self.only)

    def test_next_connection(self):
        """it outlasts the connection, and none is sent in its place"""
        user = self.world.fresh(enrolled=False)
        take = self.mail.next_code(user)
        got = self.login(user, INTERRUPT, port=self.only)
        self.assertEqual(got.asked, 2, got)
        sent = take()
        got = self.gets_in(user, sent, port=self.only)
        self.assertIn("still good", got.text, got)
        self.assertEqual(self.mail.codes(user), [sent])

    def test_wrong(self):
        """three wrong answers end it"""
        user = self.world.fresh(enrolled=False)
        take = self.mail.next_code(user)
        got = self.stays_out(user, "00000000", "00000001", "00000002",
                             port=self.only)
        self.assertEqual(got.asked, 4, got)
        self.stays_out(user, *[take()] * 3, port=self.only)

    def test_limits(self):
        """no other is sent so soon, in this connection or the next"""
        user = self.world.fresh()
        take = self.mail.next_code(user)
        got = self.login(user, "email", "email", INTERRUPT)
        self.assertRegex(got.text, r"again in \d+ seconds", got)
        got = self.gets_in(user, "email", lambda _: take())
        self.assertRegex(got.text, r"again in \d+ seconds", got)
        self.assertEqual(len(self.mail.codes(user)), 1)
        self.assertEqual([row["result"] for row in self.sent()],
                         ["sent", "notsent", "notsent"])

    def nothing_sent(self, name, *replies, **more):
        user = self.world.users.get(name, name)
        before = self.mail.quiet(name)
        got = self.login(user, *replies, **more)
        self.assertNotIn("IN-AS-", got.text, got)
        self.assertEqual(self.mail.quiet(name), before, got)
        self.assertNotIn("sent", [row["result"] for row in self.sent()])
        return got

    def test_wrong_password(self):
        """nothing is sent to who has the password wrong"""
        user = self.world.fresh(enrolled=False)
        self.nothing_sent(user.name, port=self.only, password="wrong")

    def test_unknown(self):
        """nor for a name that nobody has: it gets no further either"""
        got = self.nothing_sent("stranger", "email", port=self.only)
        self.assertEqual(got.asked, 1, got)

    def test_root(self):
        """nor for root, whom sshd lets in in no case"""
        shadow = open("/etc/shadow").read()
        self.addCleanup(world.write, "/etc/shadow", shadow, 0o640)
        bob = re.search("(?m)^bob:([^:]*):", shadow).group(1)
        world.write("/etc/shadow", re.sub(
            "(?m)^root:[^:]*:", "root:%s:" % bob, shadow), 0o640)
        self.nothing_sent("root", "email", port=self.only)

    def test_blind(self):
        """nor on the answers of sshd's own, which are the password"""
        for user in (self.world.fresh(enrolled=False), self.world.fresh()):
            self.nothing_sent(user.name, port=self.blind, methods="password")

    def test_keyboard_beside(self):
        """but who is asked by that sshd is sent one"""
        user = self.world.fresh(enrolled=False)
        self.gets_in(user, self.mail.next_code(user), port=self.blind)


class Local(Mailed):
    """sudo and su."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in "sudo", "su":
            path = "/etc/pam.d/" + name
            cls.addClassCleanup(world.write, path, open(path).read())
            service(name, cls.mail.mail)

    def test_sudo(self):
        """sudo takes a code that was sent"""
        user = self.world.fresh()
        got = talk(["sudo", "sh", "-c", "echo IN-AS-$(id -un)"],
                   [ASKED, (PROMPT + ": ", "email"),
                    (PROMPT + ": ", self.mail.next_code(user))], user=user)
        self.assertIn("IN-AS-root", got.text, got)

    def test_sudo_at_once(self):
        """and who has nothing else is sent one unasked"""
        self.addCleanup(service, "sudo", self.mail.mail)
        service("sudo", self.mail.only)
        user = self.world.fresh(enrolled=False)
        got = talk(["sudo", "sh", "-c", "echo IN-AS-$(id -un)"],
                   [ASKED, (PROMPT + ": ", self.mail.next_code(user))],
                   user=user)
        self.assertIn("IN-AS-root", got.text, got)

    def test_su(self):
        """su has one sent to whom one wants to be"""
        user = self.world.fresh()
        got = talk(["su", user.name, "-c", "echo IN-AS-$(id -un)"],
                   [ASKED, (PROMPT + ": ", "email"),
                    (PROMPT + ": ", self.mail.next_code(user))],
                   user=self.world.users["bob"])
        self.assertIn("IN-AS-" + user.name, got.text, got)


class Unsaid(Mailed):
    """What the prompts do not say to who may not know it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        service("confirmed", conf("confirmed", METHODS +
                                  "\nconfirm-address = yes"))
        cls.file = "/etc/security/unsaid"
        world.write(cls.file, "# nobody yet\n")
        for name, more, source in (
                ("unsaid", "", "record"),
                ("unsaid-file", "", "record file:" + cls.file),
                ("unsaid-typed", "\nconfirm-address = yes",
                 "record file:" + cls.file)):
            path = conf(name, METHODS + "\nunenrolled = deny" + more,
                        "server = smtp://localhost\nemail-from = " + source)
            # No password, which would stop who is not there.
            world.write("/etc/pam.d/" + name, "auth required pam_otp.so "
                        "conf=%s\n%s" % (path, world.ACCOUNT))

    def test_confirmed(self):
        """an address that has to be typed: a wrong one looks like a right"""
        seen = []
        for right in True, False:
            user = self.world.fresh()
            take = self.mail.next_code(user)
            address = "%s@%s" % (user.name if right else "somebody",
                                 servers.DOMAIN)
            got = talk(["pamtester", "confirmed", user.name, "authenticate"],
                       [ASKED, (PROMPT + ": ", "email"),
                        ("address: ", address.upper()),
                        (PROMPT + ": ", lambda _: take() if right else
                         user.recovery[0])])
            self.assertIn("successfully authenticated", got.text, got)
            before = got.text[:got.text.rindex(PROMPT)]
            seen.append(before.replace(address.upper(), "ADDRESS"))
            self.assertNotIn("***", before)
            self.assertEqual(len(self.mail.codes(user)), right)
        # Nothing is said of what was sent, nor of what went to nobody.
        self.assertEqual(
            self.world.log.since(self.mark, "pam_otp-send["), [])
        first, second = [re.sub(r"(?m)^[\d-]+ [\d:]+ UTC", "NOW", text)
                         for text in seen]
        self.assertEqual(first, second)

    def test_refused(self):
        """what a server refuses while nobody waits for it is in the log"""
        user = self.world.fresh()
        address = "missing@" + servers.DOMAIN
        world.write("/etc/security/refused", "%s %s -\n" % (
            user.name, address))
        service("refused", conf(
            "refused", METHODS + "\nconfirm-address = yes\nnotify = all",
            "server = smtp://localhost\nemail-from = "
            "file:/etc/security/refused"))
        line = ("a message to m***g@%s was not sent: the server refused it "
                "(status 550)" % servers.DOMAIN)

        def told():
            return [text.split("]: ", 1)[1] for text in
                    self.world.log.since(self.mark, "pam_otp-send[")]
        got = talk(["pamtester", "refused", user.name, "authenticate"],
                   [ASKED, (PROMPT + ": ", "email"), ("address: ", address),
                    (PROMPT + ": ", user.recovery[0])])
        self.assertIn("successfully authenticated", got.text, got)
        # The code, and that a recovery code was used.
        wait_for(lambda: len(told()) == 2, 10, "nothing was said")
        self.assertEqual(told(), [line, line])

    def guesses(self, name, who, first="email"):
        """What is seen by who asks for mail, and then guesses."""
        got = talk(["pamtester", name, who, "authenticate"], [
            ("(?:%s|number): " % PROMPT, reply) for reply in
            (first, "12345678", "12345679", "12345670")])
        self.assertEqual(got.asked, 4, got)
        self.assertNotIn("successfully authenticated", got.text, got)
        return got.text

    def test_nobody(self):
        """no such user, and no address: the same, and nothing is sent"""
        user = self.world.fresh(enrolled=False).name
        world.write(self.file, "# nobody yet\n")
        for name in "unsaid", "unsaid-file":
            self.assertEqual(self.guesses(name, user),
                             self.guesses(name, "stranger"))
        self.assertNotIn("sent", [row["result"] for row in self.sent()])

    def test_nobody_typed(self):
        """an address that has to be typed: the same for who has one, too

        Until it is asked again: of who is not there nothing is kept.
        """
        users = [self.world.fresh(enrolled=False).name for _ in range(2)]
        address = "%s@%s" % (users[0], servers.DOMAIN)
        world.write(self.file, "%s %s -\n" % (users[0], address))
        seen = [self.guesses("unsaid-typed", who, "else@" + servers.DOMAIN)
                for who in (*users, "stranger")]
        self.assertEqual(seen[1], seen[2])
        first = [text[:text.index(PROMPT)] for text in seen]
        self.assertIn("If that is the email address", first[0])
        self.assertEqual(first[0], first[1])
        self.assertEqual([self.mail.quiet(user) for user in users], [0, 0])

    def test_somebody(self):
        """where it is not typed, who has an address is seen to have one"""
        user = self.world.fresh(enrolled=False).name
        world.write(self.file, "%s %s@%s -\n" % (user, user, servers.DOMAIN))
        text = self.guesses("unsaid-file", user)
        self.assertIn("A code was sent to", text)
        self.assertNotIn("A code was sent to",
                         self.guesses("unsaid-file", "stranger"))


class AtOnce(Mailed):
    def test_one_winner(self):
        """8 logins at once with one code that was sent: one winner"""
        world.write("/etc/pam.d/mailrace", "auth required pam_otp.so conf=%s"
                    "\n%s" % (self.mail.only, world.ACCOUNT))
        race = world.Race("mailrace")
        self.addCleanup(race.end)
        for _ in range(3):
            user = self.world.fresh(enrolled=False)
            take = self.mail.next_code(user)
            talk(["pamtester", "mailrace", user.name, "authenticate"],
                 [(PROMPT + ": ", INTERRUPT)])
            results = race.round([(user, take())] * 8)
            self.assertEqual(sorted(results), ["0"] + ["7"] * 7)


class Abroad(Mailed):
    """A server that is not this host: TLS and a password, or nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = servers.Authority("other")
        for name, scheme, where, authority in (
                ("tls", "smtp", servers.NAME, cls.mail.authority),
                ("tls-address", "smtp", servers.ADDRESS, cls.mail.authority),
                ("tls-other", "smtp", servers.NAME, other),
                ("tls-name", "smtp", "elsewhere.example.org",
                 cls.mail.authority)):
            service(name, conf(
                name, METHODS, "server = %s://%s:587\nuser = %s\nca-file = %s"
                "\nemail-from = file:%s" % (
                    scheme, where, servers.SUBMITTER, authority.file,
                    mailworld.ADDRESSES)))
        with open("/etc/hosts", "a") as hosts:
            hosts.write(servers.ADDRESS + " elsewhere.example.org\n")

    def test_submission(self):
        """STARTTLS, a certificate that is verified, and AUTH"""
        for name in "tls", "tls-address":
            user = self.world.fresh()
            self.passes(name, user, "email", self.mail.next_code(user))
        lines = self.world.log.since(self.mark, "sasl_username=")
        self.assertEqual(len(lines), 2, lines)

    def test_foreign(self):
        """a certificate of another CA or host: not sent, and that is said"""
        for name in "tls-other", "tls-name":
            user = self.world.fresh()
            before = self.mail.quiet(user)
            got = self.passes(name, user, "email", user.recovery[0])
            self.assertIn("No code could be sent", got.text, got)
            self.assertEqual(self.mail.quiet(user), before)
        rows = self.sent()
        self.assertEqual([row["reason"] for row in rows], ["failed"] * 2)
        # Of the code, and of the notice that a recovery code was used.
        lines = self.world.log.since(self.mark, "certificate is refused")
        for what in "a code to", "a message to":
            self.assertEqual(sum(what in line for line in lines), 2, lines)


class Late(Mailed):
    """A server that lets mail wait."""

    def test_greylisted(self):
        """what comes late is good in a later connection"""
        addresses = "/etc/security/grey"
        user = self.world.fresh()
        world.write(addresses, "%s %s@%s -\n" % (user.name, user.name,
                                                 servers.GREY))
        name = service("grey", conf(
            "grey", METHODS, "server = smtp://127.0.0.1\n"
            "email-from = file:" + addresses))
        grey = sink.Sink(2525, taking=False)
        self.addCleanup(grey.end)
        got = self.is_refused(name, user, "email", *wrong(user, 3))
        self.assertRegex(got.text, "A code was sent to", got)
        world.wait_for(lambda: grey.put_off)
        self.assertEqual(grey.mails, [])
        grey.taking = True
        mail = world.wait_for(lambda: grey.mails, 20, "it never came")[0]
        sent, = re.findall(mailworld.SENT_CODE, sink.body(mail))
        world.SHOWN.add(sent)
        self.passes(name, user, sent)
