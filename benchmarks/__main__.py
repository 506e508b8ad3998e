"""python -m benchmarks [--only NAME]: one JSON object a line on stdout, progress on stderr.

Every database gets its own process and its own throw-away copy. Exit status 1 if a bar does not hold.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="names that begin so; name@sqlite or name@postgresql for one")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.on:
        return measure(given.only, given.on)
    statuses = []
    for database in databases(given.only):
        url = {"DATABASE_URL": POSTGRESQL} if database == "postgresql" else {}
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | url
        command = [sys.executable, "-m", "benchmarks", "--on", database, "--only", given.only]
        statuses.append(subprocess.call(command, env=environment))
    return max(statuses, default=1)


def databases(only: str) -> list[str]:
    """Those the machine has; one that is missing is named."""
    from tests.machine import PARTS

    if only.endswith(("@sqlite", "@postgresql")):
        return [only.partition("@")[2]]
    if not PARTS["postgresql"][1]():
        print("No PostgreSQL here (TEST_POSTGRESQL_URL): measured on SQLite only.", file=sys.stderr)
        return ["sqlite"]
    return ["sqlite", "postgresql"]


def measure(only: str, database: str) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "intranet.settings.test"
    import logging

    import django

    django.setup()
    logging.disable(logging.INFO)
    from tests.database import copy_of_template, discard

    from . import registry

    package = importlib.import_module("benchmarks")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("measure_"):
            importlib.import_module(f"benchmarks.{module.name}")
    holds = True
    for found in registry.chosen(only, database):
        name = copy_of_template("bench")
        try:
            print(f"{found.name} on {database} …", file=sys.stderr, flush=True)
            line = registry.line(found, found.run(), database if any(found.databases) else "")
        finally:
            discard(name)
        print(json.dumps(line, ensure_ascii=False), flush=True)
        holds = holds and line["holds"]
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
