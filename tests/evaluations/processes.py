"""Starting voters in other processes on a test's own database, all at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.machine import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def start(database, election, **how) -> subprocess.Popen:
    environment = {**os.environ, "DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "intranet.settings.test"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.evaluations.voters", str(election.pk), json.dumps(how)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def go(*processes: subprocess.Popen) -> Counter:
    """Wait until all are ready, let them vote together, add up what they say."""
    for process in processes:
        line = process.stdout.readline()
        assert line == "ready\n", f"a voter's process said {line!r}\n{process.communicate()[1][-4000:]}"
    outcomes: Counter = Counter()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        said, _errors = process.communicate(timeout=PATIENCE)
        outcomes.update(json.loads(said.splitlines()[-1]))
    return outcomes
