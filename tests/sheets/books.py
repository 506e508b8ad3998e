"""Sheets that tests write themselves, as halls would."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADINGS = [
    "序号",
    "工号",
    "姓名",
    "性别",
    "出生日期",
    "所在单位",
    "窗口号",
    "岗位",
    "是否工会会员",
    "工会小组",
    "手机号码",
]


def person(number: str = "HW0001", name: Any = "王小明", **changes: Any) -> list[Any]:
    """One good row of a register; ``changes`` by heading."""
    row = dict(
        zip(HEADINGS, [1, number, name, "女", "1985-03-12", "税务局", "1", "窗口人员", "是", "", ""], strict=True)
    )
    row["手机号码"] = "13800001234"
    row.update(changes)
    return [row[heading] for heading in HEADINGS]


def write_book(path: Path, rows: list[list[Any]], merges: tuple[str, ...] = (), formats: Any = None) -> Path:
    """Rows from A1 on; ``formats`` maps "C3" to a number format."""
    book = Workbook()
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row, 1):
            if value not in (None, ""):
                book.active.cell(number, at).value = value
    for merge in merges:
        book.active.merge_cells(merge)
    for place, form in (formats or {}).items():
        book.active[place].number_format = form
    book.save(path)
    return path


def register(path: Path, *people: list[Any]) -> Path:
    """A title row over the headings, then these people: the first one stands in row 3."""
    return write_book(path, [["工作人员花名册"], HEADINGS, *people], merges=("A1:K1",))


def repacked(source: Path, target: Path, changes: dict[str, bytes]) -> Path:
    """A copy of an .xlsx with members replaced or added."""
    held = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    target.write_bytes(held.getvalue())
    return target
