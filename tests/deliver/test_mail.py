# SPDX-License-Identifier: BSD-2-Clause
"""Mail, and the servers that it goes to."""

import base64
import re
import ssl
import time
import unittest
from email.utils import parsedate_to_datetime

import place
from mailserver import Server
from place import CODE, FAR, LATE, NEAR, PASSWORD, TEXT, mail
from servers import Names, Raw, Silent, smtp

NO_TLS = "failed the server offers no TLS, without which nothing is sent"
REFUSED = "failed the server's certificate is refused: "
TOO_MUCH = "^failed the server says more than anybody would read$"
AT_ONCE = "^failed (?!the server did not answer in time)"


def at(server, scheme="smtp", host="mail.test"):
    return "%s://%s:%d" % (scheme, host, server.port)


class Sent(unittest.TestCase):
    def arrived(self, server, answer):
        self.assertEqual(answer.text, "ok")
        self.assertEqual(answer.status, 0)
        self.assertEqual(len(server.mails), 1)
        return server.mails[0]

    def test_starttls(self):
        with Server(starttls="good") as server:
            got = self.arrived(server, mail(at(server)))
        self.assertTrue(got.tls)
        self.assertEqual(got.sender, "otp@example.net")
        self.assertEqual(got.recipients, ["alice@example.org"])
        self.assertEqual(got.helo, "host.test")
        self.assertEqual(got.text, TEXT)

    def test_smtps(self):
        with Server(smtps="good") as server:
            got = self.arrived(server, mail(at(server, "smtps")))
        self.assertTrue(got.tls)
        self.assertEqual(got.text, TEXT)

    def test_plain_on_loopback(self):
        for host, server in (("127.0.0.1", NEAR), ("127.9.9.9", "127.9.9.9"),
                             ("[::1]", "::1"), ("localhost", NEAR)):
            with self.subTest(host), Server(server) as server:
                got = self.arrived(server, mail(at(server, host=host),
                                                ca_file=None))
                self.assertFalse(got.tls)
                self.assertEqual(got.text, TEXT)

    def test_names_are_looked_up(self):
        """By a name server, from within the confinement."""
        with Server(starttls="good") as server, Names("dns.test") as names:
            self.assertEqual(mail(at(server, host="dns.test")).text,
                             REFUSED + "it is for another name")
            self.assertEqual(mail(at(server, host="none.test")).text,
                             "failed the server's name is not known")
        self.assertEqual(set(names.asked), {"dns.test", "none.test"})

    def test_a_name_server_that_is_silent(self):
        """It is waited for by a thread, and that is not waited for."""
        conf = place.path("etc/resolv.conf")
        with open(conf) as file:
            self.addCleanup(place.write, conf, file.read())
        place.write(conf, "nameserver %s\n" % FAR)
        with Silent():
            answer = mail("smtp://dns.test:25", seconds=2)
        self.assertEqual(answer.text,
                         "failed the server did not answer in time")
        self.assertLess(answer.seconds, 2 + LATE)

    def test_plain_on_loopback_though_its_certificate_is_unknown(self):
        """As the local server of a new Debian: nobody signed it."""
        with Server(NEAR, starttls="unknown") as server:
            server.SMTP_kwargs["require_starttls"] = False
            self.arrived(server, mail(at(server, host=NEAR), ca_file=None))

    def test_head(self):
        before = int(time.time())
        with Server(starttls="good") as server:
            got = self.arrived(server, mail(at(server))).message
        self.assertEqual(sorted(got.keys()), [
            "Auto-Submitted", "Content-Type", "Date", "From", "Message-ID",
            "Mime-Version", "Subject", "To"])
        self.assertEqual(got["From"], "otp@example.net")
        self.assertEqual(got["To"], "alice@example.org")
        self.assertEqual(got["Subject"], "Your code")
        self.assertEqual(got["Auto-Submitted"], "auto-generated")
        self.assertRegex(got["Message-ID"], "^<[0-9a-f]{32}@example.net>$")
        self.assertRegex(got["Date"], r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), "
                         r"\d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
                         r"|Dec) \d{4} \d\d:\d\d:\d\d \+0000$")
        self.assertAlmostEqual(parsedate_to_datetime(got["Date"]).timestamp(),
                               before, delta=10)

    def test_message_ids_differ(self):
        with Server(starttls="good") as server:
            mail(at(server))
            mail(at(server))
        ids = {got.message["Message-ID"] for got in server.mails}
        self.assertEqual(len(ids), 2)

    def test_texts_arrive_as_they_are(self):
        rows = ["x", "Grüße, Ödön: 日本語 😀\n", "a " * 1000,
                "line\n.\n..\n.code\n", "=3D=20 = \n=\n", "tab\there \n",
                "From the host\n" + CODE + "\n\nlast line without an end",
                "é" * 1024]
        with Server(starttls="good") as server:
            for text in rows:
                self.assertEqual(mail(at(server), text=text).text, "ok")
        for text, got in zip(rows, server.mails, strict=True):
            with self.subTest(text[:20]):
                self.assertEqual(got.text.rstrip("\n"), text.rstrip("\n"))
                self.assertLessEqual(max(map(len, got.raw.split(b"\r\n"))),
                                     998)
                self.assertTrue(got.raw.isascii())

    def test_a_code_is_never_broken(self):
        """Quoted-printable breaks long lines; a code stands in one piece."""
        with Server(starttls="good") as server:
            mail(at(server), text="code:\n\n    %s\n\n%s\n" % (CODE, "x" * 200))
        self.assertIn(b"\r\n    " + CODE.encode() + b"\r\n",
                      server.mails[0].raw)

    def test_control_bytes_in_a_text(self):
        with Server(starttls="good") as server:
            mail(at(server), text="a\rb\x1b[2Jc\x7f\td")
        self.assertEqual(server.mails[0].text.rstrip("\n"), "a?b?[2Jc?\td")

    def test_subjects(self):
        rows = ["plain", "Dein Code für host", "日本語" * 20, "=?UTF-8?Q?x?=",
                "a" * 255, "é" * 127, "€" * 85]
        with Server(starttls="good") as server:
            for subject in rows:
                self.assertEqual(mail(at(server), subject=subject).text, "ok")
        for subject, got in zip(rows, server.mails, strict=True):
            with self.subTest(subject):
                self.assertEqual(got.message["Subject"], subject)

    def test_encoded_words(self):
        """RFC 2047, 2: 75 characters; 5: no character is in two of them."""
        for subject in ("é" * 127, "x" + "€" * 84, "日本語 " * 25):
            with Server(starttls="good") as server:
                mail(at(server), subject=subject)
            raw, = re.findall(rb"^Subject: (.*\r\n(?: .*\r\n)*)",
                              server.mails[0].raw, re.M)
            words = raw.split()
            self.assertGreater(len(words), 1)
            for word in words:
                self.assertLessEqual(len(word), 75)
                text, = re.findall(rb"^=\?UTF-8\?B\?(.*)\?=$", word)
                base64.b64decode(text, validate=True).decode()

    def test_subject_that_is_no_utf8(self):
        with Server(starttls="good") as server:
            fields = dict(kind=1, seconds=5, server=at(server), to="a@b.org",
                          from_="otp@example.net", ca_file=place.path("ca.pem"),
                          text=TEXT)
            raw = place.request(**fields) + b"subject=a\xff\xc3(\n"
            self.assertEqual(place.ask(raw).text, "ok")
        self.assertEqual(server.mails[0].message["Subject"], "a??(")

    def test_auth(self):
        for starttls, host, scheme in (("good", FAR, "smtp"),
                                       (None, NEAR, "smtp"),
                                       ("smtps", FAR, "smtps")):
            with self.subTest(scheme + host), Server(
                    host, starttls=starttls if scheme == "smtp" else None,
                    smtps="good" if scheme == "smtps" else None,
                    auth=("mailer", PASSWORD)) as server:
                self.arrived(server, mail(
                    at(server, scheme, "mail.test" if host == FAR else host),
                    user="mailer", password=PASSWORD,
                    ca_file=place.path("ca.pem") if host == FAR else None))
                self.assertEqual([login[2:] for login in server.logins],
                                 [("mailer", PASSWORD)])

    def test_auth_that_needs_nobody_else(self):
        """Not what needs a ticket of Kerberos', though the name looks so."""
        with Raw(smtp(b"250-x\r\n250 AUTH GSSAPI CRAM-MD5 LOGIN PLAIN\r\n",
                      b"535 no\r\n"), NEAR) as server:
            mail(at(server, host=NEAR), ca_file=None, password=PASSWORD,
                 user="mailer@example.org")
        self.assertRegex(server.heard, rb"\r\nAUTH (PLAIN|LOGIN)\r\n")

    def test_client_certificate(self):
        with Server(smtps="good") as server:
            server.ssl_context.load_verify_locations(place.path("ca.pem"))
            server.ssl_context.verify_mode = ssl.CERT_REQUIRED
            url = at(server, "smtps")
            self.arrived(server, mail(url, client_cert=place.path("client.pem"),
                                      client_key=place.path("client.key")))
            self.assertTrue(mail(url).text.startswith("failed "))
            self.assertEqual(
                mail(url, client_cert=place.path("none.pem")).text,
                "failed the client certificate or key cannot be read")
            self.assertEqual(len(server.mails), 1)


class NotSent(unittest.TestCase):
    """Nothing arrives, and nobody hears the code in clear."""

    def not_sent(self, server, expected, **more):
        answer = mail(at(server, more.pop("scheme", "smtp"),
                         more.pop("host", "mail.test")), **more)
        self.assertEqual(answer.text, expected)
        self.assertEqual(answer.status, 0)  # which tells nobody
        if isinstance(server, Server):
            self.assertEqual(server.mails, [])
        else:
            self.assertNotIn(CODE.encode(), server.heard)
            self.assertNotIn(b"MAIL", server.heard)
            self.assertNotIn(b"AUTH", server.heard)

    def test_starttls_is_not_offered(self):
        with Server() as server:
            self.not_sent(server, NO_TLS)
        with Raw(smtp(b"250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n")) as server:
            self.not_sent(server, NO_TLS, user="mailer", password=PASSWORD)

    def test_starttls_is_refused(self):
        with Raw(smtp(b"250-mail.test\r\n250 STARTTLS\r\n",
                      b"454 TLS not available\r\n")) as server:
            self.not_sent(server, NO_TLS + " (status 454)")

    def test_starttls_is_wanted_on_loopback_with_a_ca_file(self):
        with Server(NEAR) as server:
            self.not_sent(server, NO_TLS, host=NEAR)

    def test_words_in_front_of_tls(self):
        """What came in clear together with the 220 is not of the server."""
        with Raw(smtp(b"250-mail.test\r\n250 STARTTLS\r\n",
                      b"220 go\r\n250 AUTH PLAIN\r\n")) as server:
            answer = mail(at(server))
        self.assertTrue(answer.text.startswith("failed "), answer.text)
        self.assertNotIn(b"MAIL", server.heard)

    def test_certificates(self):
        for cert, host, ca_file, expected in (
                ("good", "other.test", "ca", "it is for another name"),
                ("good", FAR, "ca", "it is for another name"),
                ("expired", "mail.test", "ca", "certificate has expired"),
                ("unknown", "mail.test", "ca",
                 "unable to get local issuer certificate"),
                ("good", "mail.test", None,
                 "unable to get local issuer certificate")):
            for scheme, how in (("smtp", {"starttls": cert}),
                                ("smtps", {"smtps": cert})):
                with self.subTest((cert, host, scheme)), \
                        Server(**how) as server:
                    self.not_sent(server, REFUSED + expected, scheme=scheme,
                                  host=host, ca_file=ca_file and
                                  place.path(ca_file + ".pem"))

    def test_a_ca_file_is_the_only_one(self):
        """What the host trusts beside it does not count any more."""
        with Server(starttls="unknown") as server:
            place.trust("rogue")
            self.assertEqual(mail(at(server), ca_file=None).text, "ok")
            del server.mails[:]
            self.not_sent(server, REFUSED +
                          "unable to get local issuer certificate")

    def test_ca_file_that_is_not_there(self):
        with Server(starttls="good") as server:
            self.not_sent(server,
                          "failed the file that ca-file names cannot be read",
                          ca_file="/nowhere.pem")

    def test_auth_is_refused(self):
        with Server(starttls="good", auth=("mailer", "another")) as server:
            self.not_sent(server, "failed the server does not take user and "
                          "password (status 535)", user="mailer",
                          password=PASSWORD)

    def test_refusals(self):
        rows = [
            ({"rcpt": "451 later"}, 451), ({"rcpt": "450 greylisted"}, 450),
            ({"rcpt": "550 nobody"}, 550), ({"rcpt": "421 too many"}, 421),
            ({"data": "554 spam:"}, 554), ({"data": "452 disk"}, 452),
        ]
        for how, status in rows:
            with self.subTest(how), Server(starttls="good", **how) as server:
                answer = mail(at(server))
                self.assertEqual(answer.text, "failed the server refused it "
                                 "(status %d)" % status)
                self.assertEqual(server.mails, [])

    def test_nobody_there(self):
        server = Raw(None)
        server.__exit__()
        self.assertEqual(mail(at(server)).text,
                         "failed the server cannot be reached")
        self.assertEqual(mail("smtp://nowhere.test").text,
                         "failed the server's name is not known")

    def test_greeting_that_is_none(self):
        for greeting in (b"554 go away\r\n", b"HTTP/1.1 200 OK\r\n\r\n",
                         b"\x16\x03\x01\x00\xff" * 9, b"220\x00\r\n"):
            def talk(server, conn):
                conn.sendall(greeting)
                server.hear_all(conn)
            with self.subTest(greeting), Raw(talk) as server:
                answer = mail(at(server), seconds=1)
                self.assertTrue(answer.text.startswith("failed "))
                self.assertNotIn(b"MAIL", server.heard)


class Hostile(unittest.TestCase):
    """Whatever the server does, it is over when it has to be."""

    def over(self, talk, expected, seconds=1, **more):
        with Raw(talk) as server:
            answer = mail(at(server), seconds=seconds, **more)
        self.assertLess(answer.seconds, seconds + LATE)
        self.assertRegex(answer.text, expected)

    def test_tarpit(self):
        def silent(server, conn):
            server.hear_all(conn)
        self.over(silent, "^failed the server did not answer in time$")

    def test_tarpit_later(self):
        self.over(smtp(b"250-mail.test\r\n250 STARTTLS\r\n", b"220 go\r\n"),
                  "^failed the server did not answer in time$")

    def test_greeting_after_six_seconds(self):
        """As Postfix's postscreen does it, to see who cannot wait."""
        def late(server, conn):
            time.sleep(6)
            smtp(b"250 mail.test\r\n", b"250 ok\r\n", b"250 ok\r\n",
                 b"354 go on\r\n", b"250 ok\r\n", b"221 bye\r\n")(server, conn)
        with Raw(late, NEAR) as server:
            answer = mail(at(server, host=NEAR), ca_file=None, seconds=10)
        self.assertEqual(answer.text, "ok")
        self.assertIn(CODE.encode(), server.heard)

    def test_goodbye_without_an_answer(self):
        """Nobody waits for that, as it was sent; but it is said."""
        talk = smtp(b"250 mail.test\r\n", b"250 ok\r\n", b"250 ok\r\n",
                    b"354 go on\r\n", b"250 ok\r\n")
        with Raw(talk, NEAR) as server:
            began = time.monotonic()
            child = place.start()
            child.stdin.write(place.request(
                kind=place.MAIL, seconds=4, server=at(server, host=NEAR),
                to="a@b.org", from_="a@b.org", text=TEXT))
            child.stdin.close()
            self.assertEqual(child.stdout.read(), b"ok\n")
            self.assertLess(time.monotonic() - began, LATE)
            child.wait()
            self.assertLess(time.monotonic() - began, 4 + LATE)
            child.stdout.close()
        self.assertTrue(server.heard.endswith(b"QUIT\r\n"), server.heard)

    def test_drip(self):
        def drip(server, conn):
            for byte in b"220-" + b"x" * 10000:
                conn.sendall(bytes([byte]))
                time.sleep(0.05)
        self.over(drip, "^failed the server did not answer in time$")

    def test_lines_without_end(self):
        def lines(server, conn):
            while True:
                conn.sendall(b"220-welcome\r\n" * 1000)
        self.over(lines, TOO_MUCH, seconds=30)

    def test_banner_of_a_mebibyte(self):
        for end in (b"", b"\r\n"):
            def banner(server, conn):
                conn.sendall(b"220 " + b"x" * (1 << 20) + end)
                server.hear_all(conn)
            # One line is libcurl's to bound, which calls it what it likes.
            self.over(banner, AT_ONCE, seconds=30)

    def test_half_close(self):
        def half(server, conn):
            conn.sendall(b"220 mail.test\r\n")
            server.hear(conn)
            conn.shutdown(1)
            server.hear_all(conn)
        self.over(half, AT_ONCE)

    def test_reset(self):
        def reset(server, conn):
            conn.sendall(b"220 mail.test\r\n")
            server.hear(conn)
            conn.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER
        self.over(reset, AT_ONCE)

    def test_its_words_are_not_repeated(self):
        """Not even where it says the code, a terminal's or a log's words."""
        said = ("535 %s %s \x1b]0;x\x07 result=accept\r\n"
                % (CODE, PASSWORD)).encode()
        with Raw(smtp(b"250-x\r\n250 AUTH PLAIN\r\n", said),
                 NEAR) as server:
            answer = mail(at(server, host=NEAR), ca_file=None, user="mailer",
                          password=PASSWORD)
        self.assertEqual(answer.text, "failed the server does not take user "
                         "and password (status 535)")
        with Server(starttls="good", data="554 " + CODE) as server:
            answer = mail(at(server))
        self.assertEqual(answer.text,
                         "failed the server refused it (status 554)")

    def test_addresses(self):
        """None adds a recipient, a header or a command."""
        rows = ["a@example.org>\r\nRCPT TO:<evil@example.org", "a@b.org\n",
                "a@b.org\r\nBcc: evil@example.org", "a b@example.org",
                "<a@example.org>", "a@example.org,evil@example.org",
                "a@example.org> NOTIFY=NEVER", "a@b.org evil@example.org",
                "\"a\"@example.org", "a@", "@b.org", "a", "", "a@b@c.org",
                "a@exa mple.org", "ä@example.org", "-a@example.org",
                "a@[192.0.2.1]", "a@b.org\0", "a" * 65 + "@b.org",
                "a@" + "b" * 250 + ".org", "postmaster", "a@b.org;x",
                "a@b.org\u2028", "a@.org", "a..b@b.org"]
        with Server(starttls="good") as server:
            for row in rows:
                for end in ("to", "from_"):
                    with self.subTest((row, end)):
                        answer = mail(at(server), **{end: row})
                        self.assertRegex(answer.text, "^failed (the (recipient"
                                         "|sender) is no address|pam_otp-send "
                                         "was asked nothing it knows)$")
            self.assertEqual(server.mails, [])

    def test_names_for_helo(self):
        with Server(starttls="good") as server:
            for helo in ("a b", "a\r\nRCPT", "a/b", "a%0d%0aMAIL", "a?b",
                         "ä.test", "a#b", "a<b", "[192.0.2.1]"):
                with self.subTest(helo):
                    self.assertTrue(mail(at(server), helo=helo).text
                                    .startswith("failed "))
            self.assertEqual(server.mails, [])
            self.assertEqual(mail(at(server), helo=None).text, "ok")
            self.assertEqual(mail(at(server) + "/", helo="a.b-c").text, "ok")
            self.assertEqual(server.mails[1].helo, "a.b-c")

    def test_servers_that_are_none(self):
        for server in ("", "mail.test", "http://mail.test", "smtp:mail.test",
                       "file:///etc/hosts", "smtp://u:p@mail.test",
                       "smtp://u@mail.test", "smtp://mail.test/x",
                       "smtp://mail.test?x", "smtp://mail.test#x",
                       "smtp://mail.test:99999", "smtp://mail test",
                       "smtp://", "smtpss://mail.test", "scp://mail.test",
                       "gopher://mail.test:25/_MAIL", "smtp://mail.tést",
                       "smtp://mail.test%0d%0aX", "imap://mail.test",
                       "smtp://;AUTH=x@mail.test"):
            with self.subTest(server):
                self.assertRegex(mail(server).text,
                                 "^failed the (server's |)URL is ")


class Asked(unittest.TestCase):
    """What is no request."""

    def test_requests(self):
        good = dict(kind=1, seconds=1, server="smtp://192.0.2.1:1",
                    to="a@b.org", from_="a@b.org", text=TEXT)
        rows = [b"", b"\n", b"x" * 20000, b"kind=1", place.request(kind=9),
                place.request(**dict(good, kind=0)),
                place.request(**dict(good, seconds=0)),
                place.request(**dict(good, seconds=61)),
                place.request(**dict(good, surprise="x")),
                place.request(**good) + b"kind=1\n",
                place.request(**good) + b"to=b@b.org\n",
                place.request(**good)[:-1], b"\0" * 100]
        for raw in rows:
            with self.subTest(raw[:60]):
                self.assertEqual(place.ask(raw).text, "failed pam_otp-send "
                                 "was asked nothing it knows")
        self.assertEqual(place.ask(**good).text,
                         "failed the server cannot be reached")

    def test_request_without_an_end(self):
        began = time.monotonic()
        child = place.start()
        self.assertEqual(child.stdout.read(), b"")
        self.assertEqual(child.wait(), -14)  # SIGALRM
        self.assertLess(time.monotonic() - began, 5 + LATE)
        child.stdin.close()

    def test_people_are_sent_away(self):
        done = place.subprocess.run([place.PROGRAM, "--help"],
                                    stdin=place.subprocess.DEVNULL,
                                    stderr=place.subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("pam_otp-send(8)", done.stderr)


