"""Sheets as halls make them, drawn by chance: the cells as somebody may have typed them, and what they mean.

A ``Drawn`` knows the file's rows and what every row must come out as. Nothing here reads a sheet.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛超明霞平刚文辉力建华玉兰英梅鑫波斌宇浩凯健俊帆雪琳晨欣颖"
LONG_NAMES = (
    "买买提·艾力",
    "阿依古丽·麦麦提",
    "古丽米热·阿卜杜热合曼·艾力江",
    "欧阳修远",
    "乌日娜",
    "扎西次仁",
    "巴图孟和",
    "𬱖明",
    "Anna Li",
    "司马光明",
    "慕容雪",
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")
FORMS = ("xlsx", "xlsx", "xlsx", "xlsx", "xls", "csv-gb18030", "csv-utf-8", "csv-bom", "tabs-gb18030", "tabs-utf-16")


@dataclass
class Cell:
    """What is written, and what it means; ``form`` is a number format."""

    written: Any
    means: Any
    form: str = ""


@dataclass
class Field:
    """A column that may be drawn: its heading in several wordings, and how a cell of it comes about."""

    name: str
    headings: tuple[str, ...]
    draw: Callable[[random.Random, int], Cell]
    always: bool = False
    # Departments are merged over several rows, or said to be the same as above.
    runs: bool = False


@dataclass
class Drawn:
    """A sheet: rows from row 1, merges (top, left, bottom, right), formats by place, and what must come out."""

    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    titles: int = 0
    # (row, block) → column name → meaning
    expected: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    other_sheets: list[tuple[str, list[list[Any]], bool]] = field(default_factory=list)
    form: str = "xlsx"


# Cells


def a_name(draw: random.Random, number: int) -> Cell:
    name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2))))
    if draw.random() < 0.15:
        name = draw.choice(LONG_NAMES)
    written = name
    if len(name) == 2 and draw.random() < 0.5:
        written = name[0] + draw.choice((" ", "  ", "\u3000")) + name[1]
    elif "·" in name and draw.random() < 0.5:
        written = name.replace("·", draw.choice(("•", ".", "・")))
    return Cell(written + draw.choice(("", "", "", " ", "\u3000")), name)


def a_mobile(draw: random.Random, number: int) -> Cell:
    digits = f"1{draw.choice('35789')}{draw.randrange(10**9):09d}"
    spaced = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    ways = (digits, float(digits), spaced, spaced.replace(" ", "-"), f"+86 {digits}", f"86{digits}", f"'{digits}")
    ways += (digits.translate(FULL_WIDTH), f"{digits}（微信同号）", f" {digits} ", f"{digits}/0475-8212345")
    return Cell(draw.choice(ways), digits)


def a_birthday(draw: random.Random, number: int) -> Cell:
    day = dt.date(1966, 1, 1) + dt.timedelta(days=draw.randrange(365 * 38))
    year, month = day.year, day.month
    exact = (day, "day", "")
    coarse = (day.replace(day=1), "month", "")
    ways = [
        Cell(f"{day:%Y-%m-%d}", exact),
        Cell(f"{year}/{month}/{day.day}", exact),
        Cell(f"{year}.{month}.{day.day}", exact),
        Cell(f"{year}.{month:02d}.{day.day:02d}", exact),
        Cell(f"{year}年{month}月{day.day}日", exact),
        Cell(f"{day:%Y%m%d}", exact),
        Cell(f"{day:%Y%m%d}".translate(FULL_WIDTH), exact),
        Cell(f"{year}年{month}月", coarse),
        Cell(f"{year}年{month:02d}月", coarse),
        Cell(f"{year}-{month:02d}", coarse),
        Cell(f"{year}.{month:02d}", coarse),
        Cell(f"{day:%Y%m}", coarse),
        Cell(f"{year}年", (dt.date(year, 1, 1), "year", "")),
    ]
    ways += [Cell(day, exact, draw.choice(("yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"')))]
    ways += [Cell(day, coarse, draw.choice(('yyyy"年"m"月"', "yyyy-mm", "yyyy/mm")))]
    ways += [Cell(float(f"{day:%Y%m%d}"), exact), Cell(float(f"{day:%Y%m}"), coarse)]
    return draw.choice(ways)


def a_day(first: dt.date, days: int) -> Callable[[random.Random, int], Cell]:
    """Every row its own day."""

    def drawn(draw: random.Random, number: int) -> Cell:
        day = first + dt.timedelta(days=number * 3 % days)
        ways: tuple[tuple[Any, str], ...] = (
            (f"{day:%Y-%m-%d}", ""),
            (f"{day.year}.{day.month}.{day.day}", ""),
            (f"{day.year}年{day.month}月{day.day}日", ""),
            (f"{day:%Y%m%d}", ""),
            (day, "yyyy-mm-dd"),
            (day, 'yyyy"年"m"月"d"日"'),
        )
        written, form = draw.choice(ways)
        return Cell(written, day, form)

    return drawn


def one_of(*pairs: tuple[Any, Any]) -> Callable[[random.Random, int], Cell]:
    return lambda draw, number: Cell(*draw.choice(pairs))


def numbered(pattern: str, start: int = 1) -> Callable[[random.Random, int], Cell]:
    def drawn(draw: random.Random, number: int) -> Cell:
        text = pattern.format(number + start)
        return Cell(draw.choice((text, text, f"{text} ", text.translate(FULL_WIDTH))), text)

    return drawn


# Shapes


def heading_text(draw: random.Random, text: str) -> str:
    spaced = f"{text[0]}{draw.choice((' ', '  ', chr(0x3000)))}{text[1]}" if len(text) == 2 else text
    half = len(text) // 2
    ways = (text, text, text, spaced, f"*{text}", f"{text}*", f"{text}（必填）", f" {text} ", f"{text}：", f"★{text}")
    broken = f"{text[:half]}\n{text[half:]}" if len(text) > 3 and text.isprintable() and not text.isascii() else text
    return draw.choice((*ways, broken))


FILLERS: tuple[tuple[str, Callable[[random.Random], Any]], ...] = (
    ("血型", lambda draw: draw.choice("ABO")),
    ("婚姻状况", lambda draw: draw.choice(("已婚", "未婚"))),
    ("学历", lambda draw: draw.choice(("本科", "大专", "研究生"))),
    ("户口所在地", lambda draw: "云溪区"),
    ("年龄", lambda draw: float(draw.randint(22, 59))),
    ("津贴（元）", lambda draw: draw.choice((100.5, "—", 0.0))),
    ("毕业院校", lambda draw: "云溪大学"),
)


class Sheet:
    """Draws one sheet of a kind's fields: titles, headings, rows with their interruptions, an end."""

    def __init__(self, draw: random.Random, fields: list[Field], form: str, title: str) -> None:
        self.draw, self.form, self.title = draw, form, title
        self.fields = [each for each in fields if each.always or draw.random() < 0.7]
        if draw.random() < 0.3:
            draw.shuffle(self.fields)
        self.drawn = Drawn(form=form)
        self.merging = form in ("xlsx", "xls")
        self.serial = draw.choice(("", "序号", "序号", "序", "No.", "编 号" if title == "工作人员" else "序 号"))
        self.fillers = [filler for filler in FILLERS if draw.random() < 0.2] if title == "工作人员" else []
        self.margin = 1 if draw.random() < 0.1 else 0
        self.count = draw.randint(3, 14)

    @property
    def width(self) -> int:
        return self.margin + bool(self.serial) + len(self.fields) + len(self.fillers)

    def put(self, cells: list[Any]) -> int:
        self.drawn.rows.append([""] * self.margin + cells)
        return len(self.drawn.rows)

    def make(self) -> Drawn:
        self._titles()
        self._headings()
        self._body()
        self._end()
        if self.form == "xlsx" and self.draw.random() < 0.3:
            others = [("选项", [["男"], ["女"]], True), ("填表说明", [["一、请如实填写"], ["二、日期写全"]], False)]
            self.drawn.other_sheets = self.draw.sample(others, self.draw.randint(1, 2))
        return self.drawn

    def _titles(self) -> None:
        draw = self.draw
        year = draw.choice(("2026年", "", "云溪区政务服务中心"))
        title = f"{year}{self.title}{draw.choice(('花名册', '一览表', '登记表', '汇总表', '情况表'))}"
        style = draw.choice(("none", "spaces", "merged", "merged", "plain", "instructions"))
        if style == "none":
            return
        if style == "instructions":
            number = self.put(["填写说明：\n1、*为必填项\n2、姓名、单位、日期请如实填写\n3、不得改动表头"])
        else:
            number = self.put([f"{' ' * 30}{title}" if style == "spaces" else title])
            self.drawn.titles = 1
        if self.merging and style in ("merged", "instructions") and self.width > 1:
            self.drawn.merges.append((number, self.margin + 1, number, max(self.width, self.margin + 2)))
        if draw.random() < 0.4:
            line = draw.choice(("填报单位：云溪区政务服务中心", "单位（盖章）：", "日期：2026年11月20日", "附件1"))
            self.put([line, *[""] * draw.randint(0, 3), draw.choice(("", "填报日期：2026年11月", "单位：人"))])
        if draw.random() < 0.2:
            self.put([])

    def _headings(self) -> None:
        draw = self.draw
        row = [heading_text(draw, draw.choice(each.headings)) for each in self.fields]
        row += [text for text, _make in self.fillers]
        if self.serial:
            row.insert(0, self.serial)
        if self.merging and len(row) > 4 and draw.random() < 0.3:
            self._two_levels(row)
        else:
            self.drawn.headings = [self.put(list(row))]

    def _two_levels(self, row: list[Any]) -> None:
        """Two neighbouring columns under a common heading, the others merged over both rows."""
        at = self.draw.randrange(1, len(row) - 2)
        upper, lower = list(row), [""] * len(row)
        upper[at], upper[at + 1] = self.draw.choice(("基本信息", "有关情况", "登记内容")), ""
        lower[at], lower[at + 1] = row[at], row[at + 1]
        first, second = self.put(upper), self.put(lower)
        for column in range(len(row)):
            if column not in (at, at + 1):
                self.drawn.merges.append((first, self.margin + column + 1, second, self.margin + column + 1))
        self.drawn.merges.append((first, self.margin + at + 1, first, self.margin + at + 2))

    def _body(self) -> None:
        draw = self.draw
        parts = draw.random() < 0.25 and len(self.fields) > 1
        rows = self._cells()
        for number, cells in enumerate(rows):
            if parts and number in (0, len(rows) // 2):
                label = draw.choice(("（一）业务窗口", "（二）后台科室", "第一部分", "二、派驻人员"))
                self.put([*[""] * bool(self.serial and draw.random() < 0.3), label])
            if number and draw.random() < 0.05:
                self.put([])
            if number == len(rows) // 2 and number and draw.random() < 0.3:
                self._interrupt(number)
            self._row(number, cells)
        if self.merging:
            self._merge_runs()

    def _interrupt(self, number: int) -> None:
        """A subtotal, or a new page with its title and headings."""
        if self.draw.random() < 0.6:
            self.put([self.draw.choice(("小计", "小 计", "税务局小计", "一楼合计：")), "", float(number)])
        elif (headings := self.drawn.headings) and len(headings) == 1:
            self.put([f"第{self.draw.randint(1, 3)}页"])
            self.drawn.rows += [list(row) for row in self.drawn.rows[: self.drawn.titles]]
            self.drawn.rows.append(list(self.drawn.rows[headings[0] - 1]))

    def _cells(self) -> list[dict[str, Cell]]:
        rows: list[dict[str, Cell]] = []
        for number in range(self.count):
            cells = {each.name: each.draw(self.draw, number) for each in self.fields}
            for each in self.fields:
                if each.runs and rows and self.draw.random() < 0.5:
                    cells[each.name] = Cell(rows[-1][each.name].written, rows[-1][each.name].means)
            rows.append(cells)
        return rows

    def _row(self, number: int, cells: dict[str, Cell]) -> None:
        draw = self.draw
        written = [cells[each.name].written for each in self.fields] + [make(draw) for _text, make in self.fillers]
        if self.serial:
            ways = (float(number + 1), float(number + 1), f"{number + 1}", f"{number + 1}.", NUMERALS[number])
            written.insert(0, draw.choice(ways[:2]) if draw.random() < 0.8 else draw.choice(ways))
        place = self.put(written)
        first = self.margin + bool(self.serial) + 1
        for column, each in enumerate(self.fields, first):
            if cells[each.name].form:
                self.drawn.formats[place, column] = cells[each.name].form
        if self.form == "xlsx" and draw.random() < 0.03:
            self.drawn.hidden_rows.append(place)
        self.drawn.expected.append((place, {name: cell.means for name, cell in cells.items()}))

    def _merge_runs(self) -> None:
        """What is the same in rows that follow each other: merged, or 同上, or written out."""
        places = [place for place, _means in self.drawn.expected]
        for column, each in enumerate(self.fields, self.margin + bool(self.serial)):
            if not each.runs:
                continue
            way = self.draw.choice(("merge", "同上", "〃", "written"))
            start = 0
            for at in range(1, len(places) + 1):
                follows = at < len(places) and places[at] == places[at - 1] + 1
                same = follows and self._means(at, each) == self._means(at - 1, each)
                if same and way in ("同上", "〃"):
                    self.drawn.rows[places[at] - 1][column] = way
                if not same:
                    if way == "merge" and at - start > 1:
                        self._merge(places[start], places[at - 1], column)
                    start = at

    def _means(self, at: int, each: Field) -> Any:
        return self.drawn.expected[at][1][each.name]

    def _merge(self, top: int, bottom: int, column: int) -> None:
        self.drawn.merges.append((top, column + 1, bottom, column + 1))
        for number in range(top + 1, bottom + 1):
            self.drawn.rows[number - 1][column] = ""

    def _end(self) -> None:
        draw = self.draw
        if self.serial in ("序号", "序") and draw.random() < 0.3:
            for more in range(draw.randint(1, 6)):
                self.put([float(self.count + more + 1)])
        if draw.random() < 0.3:
            self.put([draw.choice(("合计", "合 计", "总计", "共计")), "", float(self.count)])
        if draw.random() < 0.3:
            self.put([])
        if draw.random() < 0.3:
            lines = (["填表人：王某", "", "审核人：", "", "2026年11月20日"], ["单位领导签字：", "", "经办人：王某"])
            lines += (
                ["联系电话：8101", "填表日期：2026年11月20日"],
                ["制表：王某  审核：李某"],
                ["", "第 1 页 共 1 页"],
            )
            self.put(draw.choice(lines)[: draw.randint(1, 5)])
        if draw.random() < 0.25:
            self.put(
                [
                    draw.choice(
                        ("注：以上信息由各单位核实。", "备注：空白表示无", "说明：1.本表一式两份", "（以下空白）")
                    )
                ]
            )
            if draw.random() < 0.3:
                self.put(["备注", "1.以上人员均已核实", "2.请勿外传"][: draw.randint(2, 3)])


def side_by_side(draw: random.Random, fields: list[Field], title: str) -> Drawn:
    """The same headings twice, next to each other: half the rows on each side."""
    drawn = Drawn()
    chosen = [each for each in fields if each.always] + [each for each in fields if not each.always][:1]
    headings = ["序号", *(each.headings[0] for each in chosen)]
    gap = [""] if draw.random() < 0.3 else []
    drawn.rows.append([title])
    drawn.merges.append((1, 1, 1, 2 * len(headings) + len(gap)))
    drawn.rows.append([*headings, *gap, *headings])
    count = draw.randint(3, 9)
    half = (count + 1) // 2
    for number in range(half):
        row: list[Any] = []
        for block, index in enumerate((number, number + half)):
            if index < count:
                cells = {each.name: each.draw(draw, index) for each in chosen}
                row += [float(index + 1), *(cells[each.name].written for each in chosen)]
                for column, each in enumerate(chosen, block * (len(headings) + len(gap)) + 2):
                    if cells[each.name].form:
                        drawn.formats[number + 3, column] = cells[each.name].form
                drawn.expected.append((number + 3, {name: cell.means for name, cell in cells.items()}))
            row += gap if block == 0 else []
        drawn.rows.append(row)
    return drawn


def under_one_unit(draw: random.Random, fields: list[Field], title: str) -> Drawn:
    """Units in the first column, merged downwards, and the people of each in two blocks beside it."""
    drawn = Drawn()
    (unit,) = [each for each in fields if each.runs and each.always]
    chosen = [each for each in fields if each.always and each is not unit]
    chosen += draw.sample([each for each in fields if not each.always and not each.runs], 2)
    headings = [each.headings[0] for each in chosen]
    drawn.rows += [[title], [unit.headings[0], *headings, *headings]]
    number = 0
    for _unit in range(draw.randint(1, 4)):
        of_unit, top = unit.draw(draw, 0), len(drawn.rows) + 1
        for line in range(draw.randint(1, 3)):
            row: list[Any] = [of_unit.written if line == 0 else ""]
            for block in range(2):
                if block and draw.random() < 0.3:
                    continue
                cells = {each.name: each.draw(draw, number) for each in chosen}
                number += 1
                for column, each in enumerate(chosen, block * len(chosen) + 2):
                    if cells[each.name].form:
                        drawn.formats[top + line, column] = cells[each.name].form
                row += [cells[each.name].written for each in chosen]
                means = {name: cell.means for name, cell in cells.items()} | {unit.name: of_unit.means}
                drawn.expected.append((top + line, means))
            drawn.rows.append(row)
        if len(drawn.rows) > top:
            drawn.merges.append((top, 1, len(drawn.rows), 1))
    return drawn


# Files


def write(drawn: Drawn, folder: Path) -> Path:
    if drawn.form == "xlsx":
        return _write_xlsx(drawn, folder / "sheet.xlsx")
    if drawn.form == "xls":
        return _write_xls(drawn, folder / "sheet.xls")
    return _write_text(drawn, folder / "sheet.csv")


def _write_xlsx(drawn: Drawn, path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    for number, row in enumerate(drawn.rows, 1):
        for at, value in enumerate(row, 1):
            if value != "":
                sheet.cell(number, at).value = value
                if form := drawn.formats.get((number, at)):
                    sheet.cell(number, at).number_format = form
    for top, left, bottom, right in drawn.merges:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    for number in drawn.hidden_rows:
        sheet.row_dimensions[number].hidden = True
    for name, rows, hidden in drawn.other_sheets:
        other = book.create_sheet(name)
        for row in rows:
            other.append(row)
        other.sheet_state = "hidden" if hidden else "visible"
    book.save(path)
    return path


def _write_xls(drawn: Drawn, path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    corners = {(top, left): (bottom, right) for top, left, bottom, right in drawn.merges}
    covered = {
        (row, column)
        for top, left, bottom, right in drawn.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(corners)
    for number, row in enumerate(drawn.rows, 1):
        for at, value in enumerate(row, 1):
            form = drawn.formats.get((number, at)) or ("yyyy-mm-dd" if isinstance(value, dt.date) else "")
            style = xlwt.easyxf(num_format_str=form) if form else xlwt.Style.default_style
            if (number, at) in corners:
                bottom, right = corners[number, at]
                sheet.write_merge(number - 1, bottom - 1, at - 1, right - 1, value, style)
            elif value != "" and (number, at) not in covered:
                sheet.write(number - 1, at - 1, value, style)
    book.save(str(path))
    return path


def _write_text(drawn: Drawn, path: Path) -> Path:
    shape, _dash, encoding = drawn.form.partition("-")
    held = io.StringIO(newline="")
    writer = csv.writer(held, delimiter="\t" if shape == "tabs" else ",", lineterminator="\r\n")
    for number, row in enumerate(drawn.rows, 1):
        writer.writerow([_as_typed(value, drawn.formats.get((number, at), "")) for at, value in enumerate(row, 1)])
    text = held.getvalue()
    codecs = {"bom": "utf-8-sig", "utf-16": "utf-16"}
    path.write_bytes(text.encode(codecs.get(encoding, encoding)))
    return path


def _as_typed(value: Any, form: str) -> Any:
    """As a spreadsheet program writes the cell into text."""
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}" if "d" not in form and form else f"{value:%Y/%m/%d}"
    return (
        f"{value:g}"
        if isinstance(value, float) and value == int(value) and value < 1e6
        else (f"{value:.0f}" if isinstance(value, float) and value == int(value) else value)
    )
