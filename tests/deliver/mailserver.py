# SPDX-License-Identifier: BSD-2-Clause
"""A mail server that takes mail, or does not, as it is told."""

import email
import email.policy
import logging
import socket
import warnings

import place
import servers
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

# Who is refused is refused for a reason here.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module="aiosmtpd")


class Mail:
    """One that arrived."""

    def __init__(self, session, envelope, tls):
        self.helo, self.tls = session.host_name, tls or session.ssl is not None
        self.sender, self.recipients = envelope.mail_from, envelope.rcpt_tos
        self.raw = envelope.content
        self.message = email.message_from_bytes(
            envelope.content, policy=email.policy.default)

    @property
    def text(self):
        body = self.message.get_body()
        assert body.get_content_type() == "text/plain", body
        assert body.get_content_charset() == "utf-8", body
        return body.get_content().replace("\r\n", "\n")


class Server(Controller):
    """with Server(...) as server: server.port, server.mails"""

    def __init__(self, host=place.FAR, starttls=None, smtps=None, auth=None,
                 rcpt=None, data=None, **more):
        self.mails, self.logins = [], []
        self.rcpt, self.data, self.auth = rcpt, data, auth
        super().__init__(
            self, hostname=host, port=0, ssl_context=smtps and
            servers.tls(smtps), tls_context=starttls and
            servers.tls(starttls), require_starttls=bool(starttls),
            authenticator=self.login, auth_required=bool(auth),
            auth_require_tls=False, **more)

    def _trigger_server(self):
        """The library's own does not know the port, and cannot verify."""
        self.port = self.server.sockets[0].getsockname()[1]
        socket.create_connection((self.hostname, self.port), 1).close()

    def login(self, server, session, envelope, mechanism, auth_data):
        got = (auth_data.login.decode(), auth_data.password.decode())
        self.logins.append((mechanism, session.ssl is not None) + got)
        return AuthResult(success=got == self.auth, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            # Some tell their customers what they have just been told.
            return "%s %s" % (self.data, envelope.content.decode(
                errors="replace").replace("\r\n", " ")[-300:])
        self.mails.append(Mail(session, envelope, bool(self.ssl_context)))
        return "250 ok"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
