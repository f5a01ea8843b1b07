# SPDX-License-Identifier: BSD-2-Clause
"""Servers that codes are sent by.

They are real where there is a real one: Postfix here, slapd and PostgreSQL in
directories.py; the gateway for text messages is played, as is the mail server
that greylists (sink.py).  All of them live in the private world (world.py) and
end with it.
"""

import base64
import contextlib
import glob
import http.server
import json
import os
import shutil
import ssl
import subprocess
import threading
import urllib.parse

import sink
import world
from world import TOP, run, wait_for, write

ADDRESS = "192.0.2.25"  # of the servers that are not on loopback
NAME = "mail.example.org"
DOMAIN = "example.org"
GREY = "grey.example.org"  # whose server lets mail wait
SUBMITTER, SUBMITTER_PASSWORD = "pam-otp", "Tr0ub4dor and 3"
ACCOUNT_SID, TOKEN = "AC0123456789abcdef0123456789abcdef", "t0ken/of:it"
BINDER, BINDER_PASSWORD = "cn=reader,dc=example,dc=org", "r3ader"
SECRETS = {SUBMITTER_PASSWORD, TOKEN, BINDER_PASSWORD}


def network():
    """A network beside loopback, on which TLS is demanded."""
    run(["ip", "address", "add", ADDRESS + "/32", "dev", "lo"])
    with open("/etc/hosts", "a") as hosts:
        hosts.write("%s %s\n" % (ADDRESS, NAME))


class Authority:
    """A certificate authority of our own."""

    def __init__(self, name):
        self.top = "%s/ca/%s" % (TOP, name)
        os.makedirs(self.top)
        self.file = self.top + "/ca.pem"
        self.openssl("req", "-x509", "-subj", "/CN=" + name, "-days", "2",
                     "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                     self.top + "/ca.key", "-out", self.file)
        os.chmod(self.file, 0o644)

    def openssl(self, *argv):
        run(["openssl", *argv])

    def issue(self, name, *more):
        """A certificate for a host, and its key: their paths."""
        stem = "%s/%s" % (self.top, name)
        self.openssl("req", "-new", "-subj", "/CN=" + name, "-newkey", "ec",
                     "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-keyout", stem + ".key", "-out", stem + ".csr")
        names = ["DNS:" + name] + ["IP:" + address for address in more]
        write(stem + ".ext", "subjectAltName=%s\n" % ",".join(names))
        self.openssl("x509", "-req", "-in", stem + ".csr", "-CA", self.file,
                     "-CAkey", self.top + "/ca.key", "-CAcreateserial",
                     "-days", "2", "-extfile", stem + ".ext", "-out",
                     stem + ".pem")
        return stem + ".pem", stem + ".key"


MAIN_CF = """\
compatibility_level = 3.6
myhostname = %(name)s
mydestination =
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
virtual_mailbox_domains = %(domain)s
virtual_mailbox_base = %(boxes)s
virtual_mailbox_maps = texthash:/etc/postfix/mailboxes
virtual_minimum_uid = 100
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
transport_maps = inline:{%(grey)s=smtp:[127.0.0.1]:2525}
smtp_dns_support_level = disabled
queue_run_delay = 1s
minimal_backoff_time = 2s
maximal_backoff_time = 2s
anvil_rate_time_unit = 1s
smtpd_tls_cert_file = %(cert)s
smtpd_tls_key_file = %(key)s
smtpd_tls_security_level = may
cyrus_sasl_config_path = /etc/postfix/sasl
smtpd_sasl_path = smtpd
"""

# Debian's master.cf, of which some are chrooted: none here.
MASTER_CF = """\
127.0.0.1:25 inet n - n - - smtpd
%(address)s:587 inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_auth_only=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_cert_file=%(submit_cert)s
  -o smtpd_tls_key_file=%(submit_key)s
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: /etc/postfix/sasldb2
"""


class Postfix:
    """The mail server: port 25 of loopback, where anybody may send, and port
    587 of ADDRESS, which wants TLS and a password.

    The certificate that it shows on loopback is nobody's, as on many hosts.
    """

    def __init__(self, authority, names, spool=None):
        self.boxes = TOP + "/mail"
        os.makedirs(self.boxes)
        os.chown(self.boxes, 65534, 65534)
        self.place(spool)
        nobodys = Authority("nobody").issue("localhost")
        cert = authority.issue(NAME, ADDRESS)
        values = {"name": NAME, "domain": DOMAIN, "boxes": self.boxes,
                  "grey": GREY, "address": ADDRESS, "cert": nobodys[0],
                  "key": nobodys[1], "submit_cert": cert[0],
                  "submit_key": cert[1]}
        shutil.rmtree("/etc/postfix/sasl", ignore_errors=True)
        write("/etc/postfix/main.cf", MAIN_CF % values)
        write("/etc/postfix/master.cf", MASTER_CF % values)
        write("/etc/postfix/mailboxes", "".join(
            "%s@%s %s/\n" % (name, DOMAIN, name) for name in names))
        write("/etc/postfix/sasl/smtpd.conf", SASL)
        run(["saslpasswd2", "-p", "-c", "-f", "/etc/postfix/sasldb2", "-u",
             NAME, SUBMITTER], input=SUBMITTER_PASSWORD)
        shutil.chown("/etc/postfix/sasldb2", "postfix")
        self.child = subprocess.Popen(
            ["postfix", "start-fg"], stdin=subprocess.DEVNULL,
            stdout=open(TOP + "/postfix.log", "w"), stderr=subprocess.STDOUT)
        wait_for(lambda: world.can_connect(25), 20, "postfix does not listen")

    def place(self, spool):
        """What it writes to, in the place of the host's."""
        for path in "/var/spool", "/var/lib/postfix":
            if spool and path == "/var/spool":
                os.makedirs(spool)
                world.mount(spool, path, None, None, world.MS_BIND)
            else:
                world.mount("tmpfs", path, "tmpfs", "mode=755")
        os.makedirs("/var/spool/postfix")
        shutil.chown("/var/lib/postfix", "postfix")

    def paths(self, name):
        """Of all that arrived for somebody, in its order."""
        found = glob.glob("%s/%s/new/*" % (self.boxes, name))
        return sorted(found, key=lambda path: os.stat(path).st_mtime_ns)

    def mails(self, name):
        return [sink.parse(path) for path in self.paths(name)]

    def queue(self):
        """The files of what did not arrive yet, in the order of their way."""
        return [name for queue in ("incoming", "active", "deferred")
                for _, _, names in os.walk("/var/spool/postfix/" + queue)
                for name in names]

    def end(self):
        run(["postfix", "stop"], check=False)
        self.child.wait()


class Gateway:
    """What Twilio is to those who send by it: form fields and a password.

    Whatever came is in .messages; .status and .reply say what it answers, and
    "held" until when it waits with that.
    """

    PATH = "/2010-04-01/Accounts/%s/Messages.json" % ACCOUNT_SID

    def __init__(self, address="127.0.0.1", port=8080, cert=None):
        gateway = self
        self.messages, self.refused = [], 0
        self.held = threading.Event()
        self.held.set()
        self.status, self.reply = 201, json.dumps(
            {"sid": "SM" + 32 * "0", "status": "queued"})

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                gateway.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, port),
                                                      Handler)
        scheme = "http"
        if cert:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*cert)
            self.server.socket = context.wrap_socket(self.server.socket,
                                                     server_side=True)
        self.url = "%s://%s:%d%s" % (scheme, NAME if cert else address, port,
                                     self.PATH)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def post(self, asked):
        """As Twilio's manual has it: 201 and JSON, or 4xx and a reason."""
        length = int(asked.headers.get("Content-Length", 0))
        fields = urllib.parse.parse_qs(asked.rfile.read(length).decode(),
                                       strict_parsing=True)
        secret = base64.b64encode(("%s:%s" % (ACCOUNT_SID, TOKEN)).encode())
        status, reply = self.status, self.reply
        if asked.headers.get("Authorization") != "Basic " + secret.decode():
            status, reply = 401, json.dumps({"code": 20003})
        elif asked.path != self.PATH or sorted(fields) != ["Body", "From",
                                                           "To"]:
            status, reply = 400, json.dumps({"code": 21602})
        if status == 201:
            self.messages.append({key: text for key, (text,) in
                                  fields.items()})
        else:
            self.refused += 1
        self.held.wait(20)
        asked.send_response(status)
        asked.send_header("Content-Type", "application/json")
        asked.send_header("Content-Length", str(len(reply)))
        asked.end_headers()
        with contextlib.suppress(OSError):
            asked.wfile.write(reply.encode())

    def end(self):
        self.server.shutdown()
        self.server.server_close()
