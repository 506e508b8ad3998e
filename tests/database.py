"""One migrated database, copied for every worker: migrating Wagtail takes longer than most test files.

The template is named after a hash of every migration and of the versions installed,
so it is made anew whenever one of them changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent
KEEP = ROOT / "var" / "test"
MIGRATIONS = ("*/migrations/*.py", "intranet/*/migrations/*.py", "tests/*/migrations/*.py")


def fingerprint() -> str:
    """A hash of what decides how an empty, migrated database looks."""
    digest = hashlib.sha256()
    for name in ("django", "wagtail", "modelsearch"):
        digest.update(version(name).encode())
    digest.update(repr(settings.INSTALLED_APPS).encode())
    files = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("intranet/*/migrations/*.py"),
        *ROOT.glob("tests/*/migrations/*.py"),
        # What migrating writes when it is done: the site as it is laid out, and who may do what.
        *ROOT.glob("intranet/pages/services.py"),
        *ROOT.glob("intranet/access/append_only.py"),
        *ROOT.glob("intranet/*/grants.py"),
        *ROOT.glob("intranet/*/permissions.py"),
    ]
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def copy_of_template(worker: str) -> str:
    """Point the default connection at a fresh copy of the template; gives the database's name."""
    KEEP.mkdir(parents=True, exist_ok=True)
    vendor = connection.vendor
    with open(KEEP / f"{vendor}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make = _sqlite_copy if vendor == "sqlite" else _postgresql_copy
        return make(f"hall_{fingerprint()}", f"{os.getpid()}_{worker}")


def _use(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _sqlite_copy(template: str, copy: str) -> str:
    source = KEEP / f"{template}.sqlite3"
    if not source.exists():
        making = KEEP / f"{template}.making"
        making.unlink(missing_ok=True)
        _use(str(making))
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        with closing(sqlite3.connect(making)) as plain:
            plain.execute("PRAGMA journal_mode=WAL")
        making.rename(source)
    target = KEEP / f"copy_{copy}.sqlite3"
    shutil.copyfile(source, target)
    _use(str(target))
    return str(target)


def _postgresql_copy(template: str, copy: str) -> str:
    import psycopg
    from psycopg import sql

    details = dict(connection.settings_dict)
    admin = psycopg.connect(
        host=details["HOST"] or None,
        port=details["PORT"] or None,
        user=details["USER"] or None,
        password=details["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )
    with admin:
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
        if not known:
            making = f"{template}_making"
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(making)))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            _use(making)
            call_command("migrate", verbosity=0, interactive=False)
            connections.close_all()
            admin.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(template))
            )
        name = f"copy_{copy}"
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    _use(name)
    return name


def address_of(name: str) -> str:
    """DATABASE_URL of a copy, for tests that start other processes."""
    details = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    user = details["USER"] + (f":{details['PASSWORD']}" if details["PASSWORD"] else "")
    return f"postgres://{user}@{details['HOST'] or '127.0.0.1'}:{details['PORT'] or 5432}/{name}"


def discard(name: str) -> None:
    """Remove a copy when its worker is done."""
    connections.close_all()
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
        return
    import psycopg
    from psycopg import sql

    details = connection.settings_dict
    with psycopg.connect(
        host=details["HOST"] or None,
        port=details["PORT"] or None,
        user=details["USER"] or None,
        password=details["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as admin:
        made = admin.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s", [name]
        ).fetchone()
        with open(KEEP / "pg-transactions", "a") as counted:
            counted.write(f"{made[0] if made else 0}\n")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
