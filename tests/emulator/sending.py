"""The delivery of an answer: plain, slow, stalled, cut or reset."""

import select
import socket
import struct
import time

from .wire import REASONS

CHUNK = 256 * 1024
TICK = 0.05


class Gone(Exception):
    """The connection is no longer of use."""


def _wait(sock, seconds, stopped):
    """Sleep, but wake when the peer leaves. `stopped` is asked every tick."""
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLRDHUP)
    end = time.monotonic() + seconds
    while not stopped():
        left = end - time.monotonic()
        if left <= 0:
            return
        for _, event in poll.poll(min(left, TICK) * 1000):
            if event & (select.POLLHUP | select.POLLERR | select.POLLRDHUP):
                raise Gone
            # A pipelined request is waiting: it must not make this loop spin.
            time.sleep(min(left, TICK))


def pause(host, sock, seconds):
    _wait(sock, seconds, lambda: host.stopping)


def stall(host, sock):
    """Send nothing until the test says go on, the peer leaves or all ends."""
    turn = host.released
    _wait(sock, float("inf"), lambda: host.stopping or host.released != turn)
    if host.stopping:
        raise Gone


def reset(sock):
    """Close with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Gone


def head(answer, length, close, chunked):
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}"]
    given = {name.lower() for name in answer.headers}
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    elif "content-length" not in given and answer.status not in (204, 304):
        lines.append(f"Content-Length: {length}")
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


class Delivery:
    """One answer on its way; counts the body bytes really sent."""

    def __init__(self, host, sock, entry):
        self.host = host
        self.sock = sock
        self.entry = entry

    def _send(self, data, head_length=0):
        view = memoryview(data)
        sent = 0
        while sent < len(view):
            try:
                done = self.sock.send(view[sent:])
            except OSError:
                raise Gone from None
            before = max(0, sent - head_length)
            sent += done
            self.entry["bytes"] += max(0, sent - head_length) - before

    def send(self, request, answer, effect, deadline):
        """Send all of it. Raises Gone when the connection is over."""
        get = effect.get if effect else (lambda name, default=None: default)
        if get("delay_ms"):
            pause(self.host, self.sock, get("delay_ms") / 1000)
        if get("stall"):
            stall(self.host, self.sock)
        if get("reset_at") == 0:
            reset(self.sock)
        length = answer.body_length()
        claimed = length if answer.sized is None else answer.sized
        if request.method == "HEAD":
            length = 0
        chunked = bool(get("chunked")) and length > 0
        close = not request.keep_alive or bool(get("close"))
        first = head(answer, claimed, close, chunked)
        cuts = [get(name) for name in ("truncate_at", "reset_at", "stall_at")]
        stop = min([cut for cut in cuts if cut is not None and cut < length] or [length])
        drip = get("drip_bps")
        self.entry["status"] = answer.status
        # The head leaves with the first bytes, in one packet where they fit.
        self._body(answer, 0, stop, first, drip, chunked, deadline)
        if stop < length:
            if get("reset_at") == stop:
                # What was sent has to arrive before the RST throws it away.
                pause(self.host, self.sock, TICK)
                reset(self.sock)
            if get("truncate_at") == stop:
                raise Gone
            stall(self.host, self.sock)
            self._body(answer, stop, length, b"", drip, chunked, None)
        if chunked:
            self._send(b"0\r\n\r\n", 5)
        if close:
            raise Gone

    def _body(self, answer, start, stop, first, drip, chunked, deadline):
        if isinstance(answer.body, bytes):
            read = lambda at, n: answer.body[at:at + n]      # noqa: E731
        else:
            read = answer.body.read
        step = CHUNK
        if drip:
            step = max(1, int(drip * TICK))
            self._send(first, len(first))
            first = b""
        if stop == start:
            self._send(first, len(first))
            return
        at = start
        while at < stop:
            if deadline is not None and time.monotonic() > deadline:
                raise Gone      # the documented response time limit (contract 5)
            data = read(at, min(step, stop - at))
            at += len(data)
            if not data:
                raise Gone      # a file on disk that is shorter than it was
            if chunked:
                # The frame counts as head: `bytes` is of the body alone.
                first += b"%x\r\n" % len(data)
            self._send(first + data if first else data, len(first))
            first = b"\r\n" if chunked else b""
            if drip:
                pause(self.host, self.sock, len(data) / drip)
        if first:
            self._send(first, len(first))
