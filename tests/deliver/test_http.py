# SPDX-License-Identifier: BSD-2-Clause
"""Gateways for text messages."""

import base64
import http.server
import json
import time
import unittest
import urllib.parse

import place
import servers
from place import CODE, FAR, LATE, NEAR, PASSWORD, TEXT

NUMBER = "+447700900123"  # kept free for films, as the next
FROM = "+15005550006"
ACCOUNT = "AC" + "0" * 32
TWILIO = "/2010-04-01/Accounts/{user}/Messages.json"
FORM = "To={to}&From={from}&Body={text}"


def handler(status=201, reply=b'{"status": "queued"}', **headers):
    """Answers everything with this, and keeps what it was asked."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            size = int(self.headers.get("Content-Length", 0))
            self.server.requests.append(
                (self.command, self.path, self.headers, self.rfile.read(size)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_POST = do_PUT = do_GET = answer

        def log_message(self, *_):
            pass

    return Handler


class Gateway(unittest.TestCase):
    def web(self, *args, cert="good", host=FAR, **more):
        server = servers.web(handler(*args, **more), cert, host)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def send(self, web, path=TWILIO, scheme="https", host="mail.test",
             **more):
        fields = {"kind": place.HTTP, "to": NUMBER, "from_": FROM,
                  "server": "%s://%s:%d%s" % (scheme, host, web.port, path),
                  "user": ACCOUNT, "password": PASSWORD, "auth": "basic",
                  "method": "POST", "format": "form",
                  "expect_status": "200 201",
                  "body": FORM, "text": TEXT, "ca_file": place.path("ca.pem")}
        fields.update(more)
        return place.ask(**{key: value for key, value in fields.items()
                            if value is not None})

    def test_twilio(self):
        server = self.web()
        self.assertEqual(self.send(server).text, "ok")
        (method, path, headers, body), = server.requests
        self.assertEqual(method, "POST")
        self.assertEqual(path, TWILIO.format(user=ACCOUNT))
        self.assertEqual(headers["Content-Type"],
                         "application/x-www-form-urlencoded")
        self.assertEqual(headers["Authorization"], "Basic " + base64.b64encode(
            ("%s:%s" % (ACCOUNT, PASSWORD)).encode()).decode())
        self.assertEqual(urllib.parse.parse_qsl(body.decode(), True,
                                                strict_parsing=True),
                         [("To", NUMBER), ("From", FROM), ("Body", TEXT)])
        for name in ("Cookie", "Referer", "Proxy-Authorization", "Expect"):
            self.assertNotIn(name, headers)

    def test_whatsapp(self):
        server = self.web()
        body = "To=whatsapp%3A{to}&From=whatsapp%3A{from}&Body={text}"
        self.assertEqual(self.send(server, body=body).text, "ok")
        got = dict(urllib.parse.parse_qsl(server.requests[0][3].decode()))
        self.assertEqual(got["To"], "whatsapp:" + NUMBER)

    def test_json(self):
        server = self.web(200)
        text = "a \"quoted\" \\ line\nand\ttab é 😀 \x01 }{ {to}"
        answer = self.send(server, "/v1", body='{{"to": ["{to}"], "m": '
                           '{{"text": "{text}", "from": "{from}"}}', text=text,
                           format="json", auth="bearer", user=None,
                           from_='Us" & {text}')
        # A brace that ends nothing stands for itself.
        self.assertEqual(answer.text, "ok")
        _, _, headers, body = server.requests[0]
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(headers["Authorization"], "Bearer " + PASSWORD)
        self.assertEqual(json.loads(body + b"}" * (
            body.count(b"{") - body.count(b"}"))),
            {"to": [NUMBER], "m": {"text": text, "from": 'Us" & {text}'}})

    def test_methods(self):
        server = self.web(200)
        path = "/send?to={to}&text={text}&key={user}"
        self.assertEqual(self.send(server, path, method="GET", body=None,
                                   auth="none").text, "ok")
        self.assertEqual(self.send(server, "/x", method="PUT").text, "ok")
        (method, path, headers, body), put = server.requests
        self.assertEqual((method, body), ("GET", b""))
        self.assertNotIn("Authorization", headers)
        query = urllib.parse.urlsplit(path).query
        self.assertEqual(dict(urllib.parse.parse_qsl(query)), {
            "to": NUMBER, "text": TEXT, "key": ACCOUNT})
        self.assertEqual(put[0], "PUT")
        self.assertIn(b"Body=Your%20code", put[3])

    def test_values_add_nothing(self):
        """Neither a field nor a part of the URL nor a header."""
        server = self.web()
        evil = "x&To=%2B4999/../?a=b#c\r\nX-Evil: 1"
        self.assertEqual(self.send(server, text=evil, from_="a&b=c",
                                   user="../../x?y#z").text, "ok")
        _, path, headers, body = server.requests[0]
        self.assertEqual(dict(urllib.parse.parse_qsl(body.decode())),
                         {"To": NUMBER, "From": "a&b=c", "Body": evil})
        self.assertEqual(path, TWILIO.format(
            user=urllib.parse.quote("../../x?y#z", safe="")))
        self.assertNotIn("X-Evil", headers)

    def test_status(self):
        rows = [(200, "200 201", True), (201, "200 201", True),
                (202, "200 201", False), (204, "200 201", False),
                (400, "200 201", False), (401, "200 201", False),
                (404, "200 201", False), (429, "200 201", False),
                (500, "200 201", False), (202, "202", True),
                (200, "202", False), (204, "200 202 204", True),
                (200, "2000", False), (200, "x", False)]
        for status, expected, ok in rows:
            with self.subTest((status, expected)):
                server = self.web(status, b"")
                answer = self.send(server, expect_status=expected)
                self.assertEqual(answer.text, "ok" if ok else "failed the "
                                 "server answers with status %d" % status)
                self.assertEqual(len(server.requests), 1)

    def test_reply(self):
        rows = [(b'{"status": "queued"}', '"status": "queued"', True),
                (b'{"status": "failed"}', '"status": "queued"', False),
                (b"<html>busy</html>", '"sid"', False), (b"", "x", False),
                (b"\0\0OK", "OK", True), (b"no json at all", None, True)]
        for reply, expected, ok in rows:
            with self.subTest((reply, expected)):
                answer = self.send(self.web(201, reply), expect_reply=expected)
                self.assertEqual(answer.text, "ok" if ok else "failed the "
                                 "server's reply is not the expected one")

    def test_redirects_are_not_followed(self):
        target = self.web(200)
        for status in (301, 302, 303, 307, 308):
            server = self.web(status, b"", Location="https://mail.test:%d/"
                              % target.port)
            self.assertEqual(self.send(server).text,
                             "failed the server answers with status %d"
                             % status)
        self.assertEqual(target.requests, [])

    def test_its_words_are_not_repeated(self):
        said = "%s %s" % (CODE, PASSWORD)

        class Handler(handler()):
            def do_POST(self):
                self.send_response(400, said)
                self.send_header("X", said)
                self.end_headers()
                self.wfile.write(said.encode())
        server = servers.web(Handler, "good")
        self.assertEqual(self.send(server).text,
                         "failed the server answers with status 400")
        server.shutdown()
        server.server_close()

    def test_https_or_loopback(self):
        server = self.web(cert=None)
        self.assertEqual(
            self.send(server, scheme="http").text,
            "failed the URL must begin with https: or ldaps:, since the "
            "server is another host")
        self.assertEqual(server.requests, [])
        near = self.web(cert=None, host=NEAR)
        for host in (NEAR, "localhost"):
            self.assertEqual(self.send(near, scheme="http", host=host).text,
                             "ok")

    def test_certificates(self):
        for cert, host, expected in (
                ("good", "other.test", "it is for another name"),
                ("expired", "mail.test", "certificate has expired"),
                ("unknown", "mail.test",
                 "unable to get local issuer certificate")):
            with self.subTest(cert):
                server = self.web(cert=cert)
                self.assertEqual(self.send(server, host=host).text, "failed "
                                 "the server's certificate is refused: "
                                 + expected)
                self.assertEqual(server.requests, [])

    def test_replies_without_an_end(self):
        head = b"HTTP/1.1 200 OK\r\n"

        def body(server, conn):
            server.hear(conn)
            conn.sendall(head + b"\r\n")
            while True:
                conn.sendall(b"x" * 65536)

        def headers(server, conn):
            server.hear(conn)
            conn.sendall(head)
            while True:
                conn.sendall(b"X: " + b"y" * 1000 + b"\r\n")

        def one_header(server, conn):
            server.hear(conn)
            conn.sendall(head + b"X: ")
            while True:
                conn.sendall(b"y" * 65536)

        def drip(server, conn):
            server.hear(conn)
            conn.sendall(head + b"\r\n")
            while True:
                conn.sendall(b"x")
                time.sleep(0.1)

        def continues(server, conn):
            server.hear(conn)
            while True:
                conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

        late = "the server did not answer in time$"
        much = "the server says more than anybody would read$"
        # One header is libcurl's to bound, which calls it what it likes.
        for talk, seconds, expected in ((body, 30, much), (headers, 30, much),
                                        (one_header, 30, "(?!%s)" % late),
                                        (drip, 1, late),
                                        (continues, 30, much)):
            with self.subTest(talk.__name__), servers.Raw(talk,
                                                          NEAR) as server:
                answer = self.send(server, scheme="http", host=NEAR,
                                   seconds=seconds)
                self.assertRegex(answer.text, "^failed " + expected)
                self.assertLess(answer.seconds, 10)

    def test_replies_that_are_none(self):
        for reply in (b"", b"\r\n\r\n", b"ok\n", b"220 mail.test\r\n",
                      b"HTTP/0.9 200\r\n\r\n", b"HTTP/1.1 \r\n\r\n",
                      b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
                      b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      b"zz\r\n"):
            def talk(server, conn):
                server.hear(conn)
                conn.sendall(reply)
            with self.subTest(reply), servers.Raw(talk, NEAR) as server:
                answer = self.send(server, scheme="http", host=NEAR,
                                   seconds=1)
                self.assertTrue(answer.text.startswith("failed "))

    def test_requests_that_are_wrong(self):
        server = self.web()
        rows = [({"to": "07700900123"}, "the recipient is no phone number"),
                ({"to": "a@example.org"}, "the recipient is no phone number"),
                ({"to": NUMBER + "&x=1"}, "the recipient is no phone number"),
                ({"format": "xml"}, "the format is neither form nor json"),
                ({"format": None}, "the format is neither form nor json"),
                ({"body": "{code}"}, "the body cannot be put together"),
                ({"body": "{to"}, "the body cannot be put together"),
                ({"path": "/{x}"}, "the URL cannot be put together"),
                ({"path": "/a b"}, "the URL is none of http: or https:"),
                ({"path": "/a#b"}, "the URL is none of http: or https:"),
                ({"method": "DELETE"}, "libcurl cannot be set up"),
                ({"method": None}, "libcurl cannot be set up"),
                ({"auth": None}, "libcurl cannot be set up"),
                ({"auth": "ntlm"}, "libcurl cannot be set up"),
                ({"server": "ftp://mail.test/"},
                 "the URL is none of http: or https:"),
                ({"server": "file:///etc/hosts"},
                 "the URL is none of http: or https:"),
                ({"server": "https://u:p@mail.test/"},
                 "the URL is none of http: or https:")]
        for how, expected in rows:
            with self.subTest(how):
                self.assertEqual(self.send(server, **how).text,
                                 "failed " + expected)
        self.assertEqual(server.requests, [])
