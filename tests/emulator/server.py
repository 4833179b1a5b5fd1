"""The listener: one thread a connection, keep-alive, no delay."""

import errno
import socket
import threading
import time

from .sending import Delivery, Gone, head, pause
from .wire import Answer, BadRequest, Reader


class Server:
    def __init__(self, host, name, port):
        self.host = host
        self.name = name
        self._listen(port)
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.open = set()
        self.lock = threading.Lock()

    def _listen(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(1024)

    def start(self):
        threading.Thread(target=self._accept, args=(self.socket,), daemon=True).start()

    def down(self):
        """Refuse connections, as a host does that is gone, until `up`."""
        self.stop()
        self.socket.close()

    def up(self):
        self._listen(self.port)
        self.start()

    def stop(self):
        """Stop taking connections and end those that are open, stalled ones too."""
        with self.lock:
            ends = [self.socket, *self.open]
        for sock in ends:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self, listening):
        while not self.host.stopping:
            try:
                sock, _ = listening.accept()
            except OSError as error:
                if error.errno in (errno.EINVAL, errno.EBADF):
                    return              # shut down by `stop`
                time.sleep(0.05)        # out of descriptors, for one
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with self.lock:
            self.open.add(sock)
        self.host.record.connection(1)
        try:
            reader = Reader(sock)
            while not self.host.stopping:
                request = reader.request()
                if request is None:
                    break
                self._one(sock, request)
        except BadRequest as bad:
            self._refuse(sock, bad)
        except (Gone, OSError):
            pass
        finally:
            self.host.record.connection(-1)
            with self.lock:
                self.open.discard(sock)
            try:
                sock.close()
            except OSError:
                pass

    def _one(self, sock, request):
        if request.path.startswith("/_control/"):
            answer = self.host.panel.answer(request).finish()
            # The record is of the platform's requests: this is none of them.
            Delivery(self.host, sock, {"bytes": 0}).send(request, answer, None, None)
            return
        entry = self.host.record.begin(request, self.host.op(request), self.name)
        try:
            if self.host.latency:
                pause(self.host, sock, self.host.latency)
            answer, effect, deadline = self.host.answer(request, entry, self.name)
            Delivery(self.host, sock, entry).send(request, answer, effect, deadline)
        finally:
            self.host.record.end(entry)

    def _refuse(self, sock, bad):
        answer = Answer(400, str(bad).encode(), "text/plain")
        try:
            sock.sendall(head(answer, len(answer.body), True, False) + answer.body)
        except OSError:
            pass
