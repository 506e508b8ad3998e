"""Demo halls for tests: each made once for a test run, and copied for whoever needs one."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from demo import running
from tests.database import KEEP

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]


def on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def address(name: str) -> str:
    """DATABASE_URL of a database beside the one the tests were pointed at; "" means SQLite below VAR_DIR."""
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}" if on_postgresql() else ""


def on_server(statement: str, *names: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def demo_template(name: str = "demo", words: tuple[str, ...] = (), clock: str = "") -> Path:
    """Load a demo hall once in this run: its folder (and, on PostgreSQL, the database of the same name).

    ``words`` are further words for ``load_demo``, where ``{folder}`` stands for the hall's folder.
    """
    empty = empty_template()
    return _made_once(name, lambda folder: _load(folder, empty, words, clock))


def empty_template() -> Path:
    """A hall that is prepared and holds nobody: migrating takes longer than most halls are used."""
    return _made_once("demo_empty", _prepare)


def _made_once(name: str, make: Callable[[Path], None]) -> Path:
    folder = KEEP / f"{name}_{RUN}_{'pg' if on_postgresql() else 'lite'}"
    KEEP.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            folder.mkdir(parents=True, exist_ok=True)
            make(folder)
            (folder / "complete").touch()
    return folder


def _prepare(folder: Path) -> None:
    if on_postgresql():
        on_server("CREATE DATABASE {}", folder.name)
    running.prepare(folder, address(folder.name), (("prepare",),))


def _load(folder: Path, empty: Path, words: tuple[str, ...], clock: str) -> None:
    copy(empty, folder, folder.name)
    load = ("load_demo", *(word.format(folder=folder) for word in words))
    running.prepare(folder, address(folder.name), (load,), clock)


def copy(template: Path, var: Path, name: str) -> None:
    """The files of a hall to ``var``, and on PostgreSQL its database to one called ``name``."""
    shutil.copytree(template, var, dirs_exist_ok=True, ignore=shutil.ignore_patterns("complete"))
    if on_postgresql():
        on_server("CREATE DATABASE {} TEMPLATE {}", name, template.name)


class Halls:
    """The halls of one worker: copies and running ones, all thrown away by ``close()``."""

    def __init__(self, folders) -> None:
        self.folder = folders
        self.names: set[str] = set()
        self.running: list[running.RunningHall] = []

    def _place(self, template: Path) -> tuple[Path, str]:
        """A copy of a template, in a folder and a database of its own."""
        var, name = self.folder("hall"), f"hall_{uuid.uuid4().hex[:10]}"
        copy(template, var, name)
        if on_postgresql():
            self.names.add(name)
        return var, name

    def copy(self, template: Path, clock: str = "") -> running.Installation:
        """A demo hall whose processes stand still."""
        var, name = self._place(template)
        return running.Installation(running.environment_for(var, address(name), clock))

    def start(
        self,
        *,
        demo: bool = False,
        template: Path | None = None,
        clock: str = "",
        var: Path | None = None,
        database: str = "",
    ) -> running.RunningHall:
        """A running hall: a copy of a demo hall or of an empty one, or one that stopped before (``var``); all of them
        prepared already.
        """
        if var is None:
            var, database = self._place(template or (demo_template() if demo else empty_template()))
        hall = running.start(var, address(database), prepare_with=(), clock=clock)
        self.running.append(hall)
        return hall

    def close(self) -> None:
        for hall in self.running:
            hall.ask_to_stop()
        for hall in self.running:
            hall.stop()
        for name in self.names:
            on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
