"""Damaged files: whatever is in them, the answer is sentences, never an exception; good ones still pass."""

from __future__ import annotations

import io
import os
import random
import zipfile

import pytest

from intranet.sheets.services import check

from .books import person, register

pytestmark = pytest.mark.django_db
FILES = 10_000 if os.environ.get("FULL") == "1" else 200
SEED = 20261124


def mutated(draw: random.Random, good: bytes) -> bytes:
    """One of: bytes changed, a piece cut out, a member of the package changed inside, text instead of a package."""
    way = draw.randrange(4)
    data = bytearray(good)
    if way == 0:
        for _ in range(draw.randint(1, 30)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        return bytes(data)
    if way == 1:
        start = draw.randrange(len(data))
        del data[start : start + draw.randint(1, 2000)]
        return bytes(data)
    if way == 2:
        return _member_changed(draw, good)
    cells = ["姓名", "单位", "=1+1", "1e1000000", "\x00", '"', "9" * 50, "同上", "合计", "1985.1", "\ufeff", "－"]
    text = "\n".join(",".join(draw.choices(cells, k=5)) for _ in range(20))
    return ("姓名,所在单位\n" + text).encode(draw.choice(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))


def _member_changed(draw: random.Random, good: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        target = draw.choice(old.namelist())
        for name in old.namelist():
            content = bytearray(old.read(name))
            if name == target:
                piece = draw.choice(
                    [b"<", b"1e1000000", b'r="ZZZ99"', b"&a;", b"\xff", b'<c r="B9"><v>NaN</v></c>', b""]
                )
                start = draw.randrange(len(content))
                content[start : start + draw.randint(0, 20)] = piece
            new.writestr(name, bytes(content))
    return held.getvalue()


def test_no_damaged_file_is_more_than_a_sentence(hall, tmp_path):
    good = register(tmp_path / "good.xlsx", person(), person("HW0002", "李四")).read_bytes()
    draw, outcomes = random.Random(SEED), {"clean": 0, "errors": 0, "refused": 0}
    for number in range(FILES):
        untouched = number % 100 == 0
        path = tmp_path / "x.xlsx"
        path.write_bytes(good if untouched else mutated(draw, good))
        report = check(kind="staff_register", path=path, by=None)
        assert all(issue.message and issue.code for issue in report.errors), number
        assert report.seconds < 15
        assert report.peak_mb <= 512
        assert not untouched or report.outcome == "clean"
        outcomes[report.outcome] += 1
    print(f"{FILES} files: {outcomes}")
    assert outcomes["refused"] > FILES / 10
    assert outcomes["clean"] >= FILES / 100
