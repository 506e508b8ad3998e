"""The readers that phones and desktops are made of, each in a process of its own.

Every reader gives one object an entry: ``uid``, ``title``, ``start`` and ``end`` (instants in UTC, or days, the end
exclusive), ``location``, ``sequence``, ``cancelled``, ``alarms`` (minutes, negative before the start).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.machine import need, readers_folder

HERE = Path(__file__).resolve().parent
LONGEST = 600  # seconds for 2,000 entries on a loaded machine
READERS = ("khal", "vdirsyncer", "ical.js", "libical")


class ReaderRefused(AssertionError):
    """A reader ended with an error; the message is what it said."""


def read_with(reader: str, data: bytes, work: Path) -> list[dict[str, Any]]:
    """What ``reader`` finds in a feed, in order of uid. Skips aloud without it, fails with CI=true."""
    need(reader)
    work.mkdir(parents=True, exist_ok=True)
    file = work / "feed.ics"
    file.write_bytes(data)
    found = {"khal": _khal, "vdirsyncer": _vdirsyncer, "ical.js": _icaljs, "libical": _libical}[reader](file, work)
    return sorted(found, key=lambda entry: entry["uid"])


def _icaljs(file: Path, work: Path) -> Any:
    return _run("node", HERE / "icaljs.mjs", readers_folder() / "node", file)


def _libical(file: Path, work: Path) -> Any:
    return _run(sys.executable, HERE / "libical.py", file)


def _vdirsyncer(file: Path, work: Path) -> Any:
    with served(file) as address:
        return _run(_python(), HERE / "vdirsyncer_sync.py", address, work / "entries")


def _khal(file: Path, work: Path) -> Any:
    return _run(_python(), HERE / "khal_reader.py", file)


def _python() -> Path:
    return readers_folder() / "python" / "bin" / "python"


def _run(*command: Any) -> Any:
    # The readers are at home in UTC: an answer that hangs on the machine's zone would show.
    environment = {**os.environ, "TZ": "UTC", "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, timeout=LONGEST, env=environment, check=False
    )
    if done.returncode:
        raise ReaderRefused(done.stderr.decode(errors="replace")[-2000:])
    return json.loads(done.stdout)


@contextmanager
def served(file: Path) -> Iterator[str]:
    """The address of a file on this machine, as a calendar program fetches it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/feed.ics"
        finally:
            server.shutdown()
