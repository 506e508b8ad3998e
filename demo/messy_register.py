"""A register as it arrives on a Friday afternoon: for the journey, and for the pictures in the docs.

Nine things are wrong with it or left open. ``corrected`` is the same sheet after its owner has put right what only
the file can tell; what a person can answer on the page is still open in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

HEADINGS = ["序号", "姓 名", "工号", "性别", "出生年月", "派来的地方", "窗口", "联系电话", "进驻时间", "爱好"]
PROBLEMS = 9

# For `manage.py shell`: a unit with two windows and the name of somebody elsewhere, as ``write`` takes them.
FACTS = """
import json
from intranet.people.models import Person, Unit
unit = next(unit for unit in Unit.objects.order_by("pk") if unit.windows.count() > 1)
windows = sorted(window.number for window in unit.windows.all())[:2]
elsewhere = Person.objects.current().exclude(postings__unit=unit).order_by("staff_number").last()
print(json.dumps({"unit": unit.name, "windows": windows, "namesake": elsewhere.name}))
"""


def write(path: Path, *, unit: str, windows: tuple[str, str], namesake: str, corrected: bool = False) -> Path:
    """``unit`` and two of its ``windows`` as the hall knows them; ``namesake``: a name the register has already."""
    book = Workbook()
    sheet = book.active
    sheet.title = "11月新进"
    sheet.append(["                    2026年11月新进驻人员花名册"])
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append(["填表说明：1. 带*为必填；2. 请于月底前报送综合科。"])
    sheet.append(HEADINGS)
    for row in _people(unit, windows, namesake, corrected):
        sheet.append(row)
    sheet.append([10])
    sheet.append([11])
    sheet.append(["合计", "9人"])
    sheet.append(["填表人：", "", "", "审核人：", "", "2026年11月25日"])
    # The unit stands once and is merged down over its people.
    sheet.merge_cells("F4:F6")
    sheet["E7"].number_format = "0.0"
    book.save(path)
    return path


def _people(unit: str, windows: tuple[str, str], namesake: str, corrected: bool) -> list[list[Any]]:
    one, other = windows
    rows = [
        [1, "欧阳 慧敏", "HW9001", "女", "1991.03.12", unit, one, "13800009001", "2026.11.02", "羽毛球"],
        [2, "单 雨", "HW9002", "女", "1993年7月", None, other, "１３８００００９００２", "2026-11-02", ""],
        # Twice the same number.
        [3, "查志远", "HW9001", "男", "19880621", None, one, "138 0000 9003", "2026/11/2", "书法"],
        # January, or October that lost its zero.
        [4, "仇海波", "HW9004", "男", 1985.1, unit, one, "13800009004", "2026.11.02", ""],
        # A unit and a window that the hall does not know.
        [5, "解文静", "HW9005", "女", "1990-05-01", "火星事务局", "999", "13800009005", "2026.11.02", ""],
        # Born in the future; shortened by the spreadsheet.
        [6, "区建国", "HW9006", "男", "2091-01-01", unit, other, "1.38E+10", "2026.11.02", ""],
        # No name.
        [7, "", "HW9007", "女", "1995-08-08", unit, other, "13800009007", "2026.11.02", "摄影"],
        # A name the register has, and no number.
        [8, namesake, "", "女", "1989-04-04", "同上", "", "13800009008", "2026.11.02", ""],
    ]
    if corrected:
        rows[2][2] = "HW9003"
        rows[4][5], rows[4][6] = unit, one
        rows[5][4], rows[5][7] = "1991-01-01", "13800009006"
        rows[6][1] = "曾晓"
    return rows
