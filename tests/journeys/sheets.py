"""The little hall of the journey, as .xlsx files a personnel office might bring."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

UNIT = "清泉区税务局"
PEOPLE = [
    ("QQ001", "欧阳静", "女", "1980-05-06", "1"),
    ("QQ002", "单国强", "男", "1986-11-02", "1"),
    ("QQ003", "曾小芸", "女", "1992-03-21", "2"),
    ("QQ004", "仇海涛", "男", "1990-07-15", "2"),
]


def book(path: Path, title: str, headings: list[str], rows: list[list[str]]) -> Path:
    made = Workbook()
    sheet = made.active
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def departments(folder: Path) -> Path:
    return book(folder / "单位.xlsx", "进驻单位一览表", ["单位名称", "单位类型"], [[UNIT, "进驻单位"]])


def windows(folder: Path) -> Path:
    rows = [["1", "发票领用", "税务服务区", UNIT], ["2", "申报征收", "税务服务区", UNIT]]
    return book(folder / "窗口.xlsx", "服务窗口一览表", ["窗口号", "窗口名称", "所在区域", "进驻单位"], rows)


def register(folder: Path, *, faulty: bool = False) -> Path:
    """The staff register; ``faulty``: a window nobody knows, a duplicate number, a future birthday."""
    rows = [
        [str(number), *person[:4], UNIT, person[4], "窗口工作人员", "2019-03-01"]
        for number, person in enumerate(PEOPLE, start=1)
    ]
    if faulty:
        rows[1][6], rows[2][1], rows[3][4] = "77", "QQ001", "2091-01-01"
    headings = ["序号", "工号", "姓名", "性别", "出生日期", "所在单位", "窗口号", "岗位", "进驻时间"]
    return book(folder / ("有误的花名册.xlsx" if faulty else "花名册.xlsx"), "工作人员花名册", headings, rows)
