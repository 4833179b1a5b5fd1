#!/usr/bin/python3
"""What examples need of DuckDB's command line, where there is its library alone.

    duckdb [-csv] -c SQL
"""

import csv
import json
import os
import subprocess
import sys

QUERY = os.path.join(os.path.dirname(os.path.realpath(__file__)), "query.mjs")


def main(words):
    as_csv = words[:1] == ["-csv"]
    option, sql = words[as_csv:]
    if option != "-c":
        raise SystemExit(__doc__)
    done = subprocess.run(["node", QUERY, sql], stdout=subprocess.PIPE, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if as_csv and rows:
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(rows[0])
        table.writerows(row.values() for row in rows)
    else:
        sys.stdout.write(done.stdout.decode())
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
