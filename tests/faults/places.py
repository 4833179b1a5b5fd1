"""Hosts to be sent to that are no good: each gives its URL."""

import atexit
import functools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

UNRESOLVED = "https://no-such-host.invalid"


@functools.lru_cache(None)
def untrusted():
    """A host with a certificate that it has signed itself."""
    folder = tempfile.mkdtemp(prefix="untrusted-")
    atexit.register(shutil.rmtree, folder, True)
    key, chain = os.path.join(folder, "key"), os.path.join(folder, "chain")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", chain], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            sock, _ = listening.accept()
            sock.settimeout(5)
            try:
                with context.wrap_socket(sock, server_side=True) as peer:
                    peer.recv(65536)
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                sock.close()
    threading.Thread(target=serve, daemon=True).start()
    return f"https://127.0.0.1:{listening.getsockname()[1]}"


FULL = []


@functools.lru_cache(None)
def full():
    """A host that takes no connection, and refuses none."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    FULL.append(listening)
    for _ in range(4):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(listening.getsockname())
        FULL.append(sock)
    return f"https://127.0.0.1:{listening.getsockname()[1]}"


def named(text):
    """A text with the names of these places filled in."""
    for name, place in (("{untrusted}", untrusted), ("{full}", full),
                        ("{unresolved}", lambda: UNRESOLVED)):
        if name in text:
            text = text.replace(name, place())
    return text
