"""What is taken along of a round, read back: its papers, its file, its record counted again."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from demo.running import ROOT
from tests.papers.documents import opened, words

VERIFIER = ROOT / "docs" / "verify_election.py"


def labels_of(page: Any) -> list[str]:
    """The papers that the page offers, as their buttons call them."""
    return [text.strip() for text in page.locator(".paper-buttons button").all_inner_texts()]


def papers_of(page: Any, skipping: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """(label, every word in it) of each paper that the page offers, taken with its one press."""
    wanted = [label for label in labels_of(page) if label not in skipping]
    buttons = page.locator(".paper-buttons")
    for label in wanted:
        yield label, words(opened(taken(page, buttons.get_by_role("button", name=label, exact=True))))


def taken(page: Any, button: Any) -> bytes:
    """The file that one press hands over."""
    with page.expect_download() as given:
        button.click()
    return Path(given.value.path()).read_bytes()


def file_of_the_round(page: Any) -> zipfile.ZipFile:
    """The zip for the auditor, whole."""
    archive = zipfile.ZipFile(io.BytesIO(taken(page, page.locator("a[href$='/archive.zip']"))))
    assert archive.testzip() is None
    return archive


def fingerprints(notice: Any) -> list[str]:
    """What the notice shows of the record, as words for the verifier."""
    found = []
    for name in ("opening-root", "sealing-root", "record-root"):
        if notice.locator(f"#{name}").count():
            found += ["--root", notice.locator(f"#{name}").inner_text().strip()]
    if notice.locator("#events-head").count():
        found += ["--events", notice.locator("#events-head").inner_text().strip()]
    return found


def recounted(record: Path, *said: str) -> str:
    """What the verifier says of a record that holds."""
    recount = subprocess.run([sys.executable, VERIFIER, record, *said], capture_output=True, text=True)
    assert recount.returncode == 0, recount.stdout + recount.stderr
    return recount.stdout
