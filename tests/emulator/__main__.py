"""The command line: `python3 tests/emulator [options]`."""

import argparse
import json
import os
import signal
import sys
import threading

if not __package__:
    # Run as a directory: the package's parent takes the place Python gave the
    # directory itself, so that no module here can hide one of the library.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[0] = os.path.dirname(here)
    __package__ = os.path.basename(here)
    __import__(__package__)

from .host import Host  # noqa: E402
from .server import Server  # noqa: E402
from .world import World  # noqa: E402


def options(argv):
    parser = argparse.ArgumentParser(
        prog="emulator", description="Play the platform on the loopback interface.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--bind", default="127.0.0.1", help="only 127.0.0.1 is allowed")
    parser.add_argument("--world", metavar="FILE.json", help="what exists")
    parser.add_argument("--foreign", action="store_true",
                        help="open a second listener that plays a foreign host")
    parser.add_argument("--latency-ms", type=float, default=0,
                        help="time to the first byte added to every request")
    parser.add_argument("--until-eof", action="store_true",
                        help="end when standard input is closed")
    chosen = parser.parse_args(argv)
    if chosen.bind != "127.0.0.1":
        # Anyone who knows the world's secret is given tokens.
        parser.error("the emulator listens on 127.0.0.1 only")
    return chosen


def wait_for_eof(stop):
    while os.read(0, 4096):
        pass
    stop.set()


def main(argv=None):
    chosen = options(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    world = World.load(chosen.world) if chosen.world else World({})
    host = Host(world, latency_ms=chosen.latency_ms)
    servers = [Server(host, "main", chosen.port)]
    if chosen.foreign:
        servers.append(Server(host, "foreign", 0))
        host.foreign = servers[1].url
    host.endpoint = servers[0].url
    host.main = servers[0]
    for server in servers:
        server.start()
    print(json.dumps({"endpoint": servers[0].url, "foreign": host.foreign,
                      "pid": os.getpid()}), flush=True)
    if chosen.until_eof:
        threading.Thread(target=wait_for_eof, args=(stop,), daemon=True).start()
    stop.wait()
    host.stop()
    for server in servers:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
