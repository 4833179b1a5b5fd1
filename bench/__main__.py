"""scripts/bench: see docs/performance.md.

  --quick                  smaller files, one round: does it run?
  --network local|cloud    one of them only
  --only WORKLOAD,...      these workloads only
  --contestants LABEL,...  these contestants only
  --caifs PATH[:LABEL]     another build of caifs; may be given several times
  --rounds N               5
  --httpfs FILE            DuckDB's httpfs extension, if it is not installed
"""

import argparse
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(ROOT, "tests")]

import mounts  # noqa: E402
import origin  # noqa: E402
import peers  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
import targets  # noqa: E402
from bench import Bench  # noqa: E402
from workloads import ALL  # noqa: E402


def options():
    made = argparse.ArgumentParser(prog="scripts/bench", usage=__doc__, add_help=False)
    made.add_argument("--quick", action="store_true")
    made.add_argument("--network", dest="networks", action="append", choices=origin.NETWORKS)
    made.add_argument("--only", default="")
    made.add_argument("--contestants", default="")
    made.add_argument("--caifs", action="append")
    made.add_argument("--rounds", type=int)
    made.add_argument("--httpfs")
    given = made.parse_args()
    given.rounds = given.rounds or (1 if given.quick else 5)
    given.networks = given.networks or list(origin.NETWORKS)
    wanted = [name for name in given.only.split(",") if name]
    unknown = set(wanted) - {one.name for one in ALL}
    if unknown:
        made.error(f"no workload {' '.join(unknown)}: {' '.join(one.name for one in ALL)}")
    given.workloads = [one for one in ALL if not wanted or one.name in wanted]
    given.contestants = {one for one in given.contestants.split(",") if one}
    given.mounts = []
    for one in given.caifs or [os.path.join(ROOT, "build/release/caifs") + ":caifs"]:
        path, _, label = one.partition(":")
        given.mounts.append(mounts.caifs(os.path.abspath(path), label or os.path.basename(path)))
    given.mounts += [mounts.keeping(kind) for kind in given.mounts]
    given.mounts += mounts.memory(os.path.join(ROOT, "build/release/bench/memory_fs"))
    given.mounts += peers.all_of_them()
    return given


def main():
    given = options()
    # Ended from outside, it still unmounts what it has mounted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Bench(given) as bench:
        try:
            bench.run()
        finally:
            figures = report.write(bench, os.path.join(ROOT, "build", "bench.md"), targets.rows)
            plot.write(figures, os.path.join(ROOT, "build", "bench.svg"))
    print("build/bench.md and build/bench.svg")
    return 1 if any("failed" in one for one in bench.results) else 0


sys.exit(main())
