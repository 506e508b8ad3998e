"""What people write in cells, and what it means."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest

from intranet.sheets.values import (
    Context,
    DateValue,
    LunarText,
    identity_number,
    money,
    name,
    phones,
    read_date,
    staff_number,
    windows,
    yes_no,
)
from intranet.sheets.workbook import DateCell, PaddedNumber

TODAY = dt.date(2026, 11, 24)
SHEET = Context(TODAY)
CSV = Context(TODAY, plain_text=True)


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("1985.03", dt.date(1985, 3, 1), "month"),
        ("1985.3.12", dt.date(1985, 3, 12), "day"),
        ("1985-3-12", dt.date(1985, 3, 12), "day"),
        ("1985/3/12", dt.date(1985, 3, 12), "day"),
        ("1985-03-12 00:00:00", dt.date(1985, 3, 12), "day"),
        ("1985年3月", dt.date(1985, 3, 1), "month"),
        ("1985年3月12日", dt.date(1985, 3, 12), "day"),
        (" 1985 年 3 月 12 日 ", dt.date(1985, 3, 12), "day"),
        ("一九八五年三月十二日", dt.date(1985, 3, 12), "day"),
        ("19850312", dt.date(1985, 3, 12), "day"),
        ("198503", dt.date(1985, 3, 1), "month"),
        ("1985.03.00", dt.date(1985, 3, 1), "month"),
        ("1985年", dt.date(1985, 1, 1), "year"),
        ("1985", dt.date(1985, 1, 1), "year"),
        ("\uff11\uff19\uff18\uff15", dt.date(1985, 1, 1), "year"),
        (31118.0, dt.date(1985, 3, 12), "day"),
        (19850312.0, dt.date(1985, 3, 12), "day"),
        (198503.0, dt.date(1985, 3, 1), "month"),
        (1985.03, dt.date(1985, 3, 1), "month"),
        (1985.12, dt.date(1985, 12, 1), "month"),
        # Typed as 1985.3 into a cell that is no text: only March can be meant.
        (1985.3, dt.date(1985, 3, 1), "month"),
        (1985.9, dt.date(1985, 9, 1), "month"),
        ("1985年3月12号", dt.date(1985, 3, 12), "day"),
        ("1985。3。12", dt.date(1985, 3, 12), "day"),
        ("1985、03", dt.date(1985, 3, 1), "month"),
        ("2026年2月14日（腊月廿七） 星期六", dt.date(2026, 2, 14), "day"),
        ("2026-02-14 周六", dt.date(2026, 2, 14), "day"),
        ("\u200b1985-03-12\ufeff", dt.date(1985, 3, 12), "day"),
        (DateCell(dt.date(1985, 3, 12), "e年m月"), dt.date(1985, 3, 1), "month"),
        (DateCell(dt.date(1985, 3, 12), "yyyy"), dt.date(1985, 1, 1), "year"),
        (DateCell(dt.date(1985, 3, 12), "yyyy-mm-dd"), dt.date(1985, 3, 12), "day"),
        (DateCell(dt.date(1985, 3, 12), 'yyyy"年"m"月"'), dt.date(1985, 3, 1), "month"),
        (DateCell(dt.date(1985, 3, 12)), dt.date(1985, 3, 12), "day"),
    ],
)
def test_dates_with_their_precision(cell, day, precision):
    value = read_date(cell, SHEET)
    assert (value.problem, value.value) == (None, DateValue(day, precision))


@pytest.mark.parametrize(("cell", "context"), [(1985.1, SHEET), ("1985.1", CSV), (2000.1, SHEET)])
def test_a_lost_zero_is_asked_about(cell, context):
    assert read_date(cell, context).problem.code == "ambiguous_date"


def test_in_a_workbook_the_text_1985_1_lost_nothing():
    assert read_date("1985.1", SHEET).value == DateValue(dt.date(1985, 1, 1), "month")


def test_two_digit_years_are_read_with_a_warning():
    value = read_date("85-3-12", SHEET)
    assert value.value == DateValue(dt.date(1985, 3, 12))
    assert [warning.code for warning in value.warnings] == ["two_digit_year"]
    assert read_date("26-3-12", SHEET).value.day.year == 2026
    assert read_date("27-3-12", SHEET).value.day.year == 1927


@pytest.mark.parametrize(
    ("cell", "lunar"),
    [
        ("农历正月廿一", LunarText(None, 1, 21)),
        ("闰二月初四", LunarText(None, 2, 4, True)),
        ("腊月廿八", LunarText(None, 12, 28)),
        ("农历1985年三月初二", LunarText(1985, 3, 2)),
        ("一九八五年冬月十五", LunarText(1985, 11, 15)),
        ("农历1985-3-12", LunarText(1985, 3, 12)),
        ("1985-3-12(农历)", LunarText(1985, 3, 12)),
    ],
)
def test_lunar_dates(cell, lunar):
    assert read_date(cell, SHEET).value == lunar


def test_a_lunar_heading_makes_the_figures_lunar():
    assert read_date("1985-3-12", Context(TODAY, "出生日期(农历)")).value == LunarText(1985, 3, 12)


@pytest.mark.parametrize(
    "cell",
    [
        "今天",
        "1985-13-01",
        "1985-02-30",
        "三月",
        "1e1000000",
        "99999999999",
        math.inf,
        math.nan,
        1e300,
        -5.0,
        "x" * 5000,
    ],
)
def test_what_is_no_date(cell):
    assert read_date(cell, SHEET).problem.code == "bad_date"


def test_open_ends_are_nothing():
    assert read_date("长期", SHEET) == (None, None, ())


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("13800001234", ["13800001234"]),
        (13800001235.0, ["13800001235"]),
        ("138 0000 1236", ["13800001236"]),
        ("138-0000-1236", ["13800001236"]),
        ("+86 13800001234", ["13800001234"]),
        ("\uff11\uff13\uff18\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14", ["13800001234"]),
        ("13800001234/13900001234", ["13800001234", "13900001234"]),
        ("13800001234或13900001234", ["13800001234", "13900001234"]),
        ("0475-8212345转801", ["0475-8212345转801"]),
        ("13800001235.0", ["13800001235"]),
        ("8212", ["8212"]),
        ("8613800001234", ["13800001234"]),
        ("\u202d13800001234\u202c", ["13800001234"]),
        ("13800001234\uff08微信同号\uff09", ["13800001234"]),
        ("(0475)8212345", ["04758212345"]),
        ("手机：13800001234", ["13800001234"]),
        ("内线8101", ["8101"]),
        ("办公电话 8212345、TEL:8212346", ["8212345", "8212346"]),
        ("13800001234 13900001234", ["13800001234", "13900001234"]),
    ],
)
def test_phones(cell, found):
    assert phones(cell, SHEET).value == found


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1.38E+10", "number_damaged"), ("1380000123", "bad_phone"), ("无号", "bad_phone"), (1.5, "number_as_float")],
)
def test_what_is_no_phone(cell, code):
    assert phones(cell, SHEET).problem.code == code


@pytest.mark.parametrize(
    ("cell", "number"),
    [("0012", "0012"), (12.0, "12"), (PaddedNumber(12.0, "0000"), "0012"), ("HW 0012", "HW0012"), ("'0012", "0012")],
)
def test_staff_numbers_keep_their_zeros(cell, number):
    assert staff_number(cell, SHEET).value == number


@pytest.mark.parametrize("cell", [1e15, 110105194912310021.0, 12.5, math.inf])
def test_a_number_that_lost_digits_is_refused(cell):
    assert staff_number(cell, SHEET).problem.code == "number_as_float"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("'11010519491231002x", "11010519491231002X"),
        (
            "\uff11\uff11\uff10\uff11\uff10\uff15\uff11\uff19\uff14\uff19\uff11\uff12\uff13\uff11\uff10\uff10\uff12\uff38",
            "11010519491231002X",
        ),
        ("110105 19491231 002X", "11010519491231002X"),
    ],
)
def test_identity_numbers(cell, number):
    assert identity_number(cell, SHEET).value == number


def test_identity_numbers_stored_as_numbers_are_refused_never_repaired():
    assert identity_number(110105194912310016.0, SHEET).problem.code == "number_as_float"
    assert identity_number("1.10105E+17", SHEET).problem.code == "number_damaged"
    wrong = identity_number("110105194912310021", SHEET).problem
    assert wrong.code == "bad_id"
    assert "19491231" not in wrong.message


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        ("李四 ", "李四"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("𬱖某", "𬱖某"),
        ("Anna  Li", "Anna Li"),
        ("\uff21nna Li", "Anna Li"),
        ("\ufeff张三\u202e", "张三"),
        ("买买提·\n艾力", "买买提·艾力"),
    ],
)
def test_names(cell, read):
    assert name(cell, SHEET).value == read


def test_a_note_in_brackets_is_left_out_with_a_warning():
    value = name("王五\uff08市监\uff09", SHEET)
    assert value.value == "王五"
    assert [warning.code for warning in value.warnings] == ["name_note"]


@pytest.mark.parametrize(
    "cell", ["123", 12.0, "(空)", "<b>", "张三13800001234", "张三\n李四", "※以上", "暂缺", "待定"]
)
def test_what_is_no_name(cell):
    assert name(cell, SHEET).problem.code == "bad_name"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("12、13号", ["12", "13"]),
        ("12号窗口", ["12"]),
        (12.0, ["12"]),
        ("12-14号", ["12", "13", "14"]),
        ("A01窗口", ["A01"]),
        ("12", ["12"]),
        ("12#", ["12"]),
        ("12号(税务)", ["12"]),
        ("综合窗口", ["综合窗口"]),
    ],
)
def test_windows(cell, found):
    assert windows(cell, SHEET).value == found


@pytest.mark.parametrize("cell", ["是", "√", "有", "Y", "y", 1.0, "1", "○", True])
def test_yes(cell):
    assert yes_no(cell, SHEET).value is True


@pytest.mark.parametrize("cell", ["否", "×", "无", "N", "0", 0.0, "—", False])
def test_no(cell):
    assert yes_no(cell, SHEET).value is False


def test_a_word_that_is_neither():
    assert yes_no("也许", SHEET).problem.code == "unknown_word"


@pytest.mark.parametrize(
    ("cell", "amount"), [("¥1,234.50", "1234.50"), ("300元", "300.00"), (12.3, "12.30"), ("0.01", "0.01")]
)
def test_money(cell, amount):
    assert money(cell, SHEET).value == Decimal(amount)


@pytest.mark.parametrize("cell", ["1e1000000", "1.234", "十几元", math.inf, math.nan])
def test_what_is_no_money(cell):
    assert money(cell, SHEET).problem.code == "bad_money"
