# SPDX-License-Identifier: BSD-2-Clause
"""Servers, good and bad, each with the words that it was told."""

import http.server
import socket
import ssl
import threading

import place


def tls(name):
    """What a server shows whose certificate is NAME.pem."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place.path(name + ".pem"),
                            place.path(name + ".key"))
    return context


class Raw:
    """A server on a port of its own; "talk" has each connection."""

    def __init__(self, talk, host=place.FAR):
        self.talk, self.heard, self.connections = talk, b"", 0
        self.socket = socket.create_server((host, 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                conn, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.one, args=(conn,),
                             daemon=True).start()

    def one(self, conn):
        with conn:
            try:
                self.talk(self, conn)
            except OSError:
                pass

    def hear(self, conn):
        data = conn.recv(65536)
        if not data:
            raise OSError
        self.heard += data
        return data

    def hear_all(self, conn):
        while True:
            self.hear(conn)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)  # accept() holds on to it
        self.socket.close()


def smtp(*replies, then=None):
    """A talk: greeting, then one reply to each line, then "then"."""
    def talk(server, conn):
        conn.sendall(b"220 mail.test ESMTP\r\n")
        for reply in replies:
            server.hear(conn)
            conn.sendall(reply)
        (then or Raw.hear_all)(server, conn)
    return talk


def web(handler, cert=None, host=place.FAR):
    """An HTTP server, and the requests that came to it in .requests."""
    server = http.server.ThreadingHTTPServer((host, 0), handler)
    server.daemon_threads = True
    server.requests = []
    if cert:
        server.socket = tls(cert).wrap_socket(server.socket, server_side=True)
    server.port = server.socket.getsockname()[1]
    # shutdown() waits for it to look up.
    threading.Thread(target=server.serve_forever, args=(0.02,),
                     daemon=True).start()
    return server


class Names:
    """A name server that knows one name; each question is kept."""

    def __init__(self, name, address=place.FAR):
        self.name, self.address, self.asked = name, address, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((place.FAR, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(512)
            except OSError:
                return
            end = data.index(b"\0", 12)
            labels, at = [], 12
            while at < end:
                labels.append(data[at + 1:at + 1 + data[at]].decode())
                at += 1 + data[at]
            asked, kind = ".".join(labels), data[end + 2]
            self.asked.append(asked)
            answer = b""
            if asked == self.name and kind == 1:
                answer = b"\xc0\x0c\0\1\0\1\0\0\0\x09\0\4" \
                    + socket.inet_aton(self.address)
            flags = b"\x81\x80" if asked == self.name else b"\x81\x83"
            self.socket.sendto(
                data[:2] + flags + b"\0\1\0" + bytes([bool(answer)])
                + b"\0\0\0\0" + data[12:end + 5] + answer, peer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Silent:
    """A name server that drops what it is asked."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((place.FAR, 53))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
