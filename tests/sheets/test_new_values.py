"""Money, shares, times, tallies and lists of names, as halls write them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intranet.sheets.values import Context, money, names, percentage, tally, time_of_day
from intranet.sheets.values.numerals import chinese_number
from intranet.sheets.workbook import DateCell, PaddedNumber, PercentCell

SHEET = Context(dt.date(2026, 11, 24))
ANY_CELL = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.text(alphabet="0123456789.:：点半时正一丅元角分万成%、 张三李四", max_size=12),
    st.floats(),
    st.booleans(),
    st.builds(PercentCell, st.floats()),
    st.builds(PaddedNumber, st.floats(min_value=0, max_value=99999), st.just("0000")),
    st.builds(DateCell, st.dates(), st.just(""), st.one_of(st.none(), st.times())),
)


@pytest.mark.parametrize("read", [money, percentage, time_of_day, tally, names])
@given(cell=ANY_CELL)
def test_whatever_a_cell_holds_there_is_a_value_or_a_sentence(read, cell):
    value = read(cell, SHEET)
    assert (value.value is None) == (value.problem is not None)
    assert value.problem is None or value.problem.message
    for answer, _label in value.problem.choices if value.problem else ():
        # An answer is read in place of the cell, and then leaves nothing open.
        assert read(answer, SHEET).problem is None


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234.5", "1234.50"),
        ("￥1，234.50", "1234.50"),
        ("RMB 12", "12.00"),
        ("12元5角", "12.50"),
        ("3块5角2分", "3.52"),
        ("1.2万元", "12000.00"),
        ("叁佰元整", "300.00"),
        ("人民币壹仟贰佰叁拾肆元伍角陆分", "1234.56"),
        (0.1 + 0.2, "0.30"),
        (1985.0, "1985.00"),
        (PaddedNumber(12.0, "0000"), "12.00"),
    ],
)
def test_money_in_other_ways(cell, amount):
    assert money(cell, SHEET).value == Decimal(amount)


def test_a_heading_in_ten_thousands_counts_for_its_cells():
    in_wan = Context(SHEET.today, "金额(万元)")
    assert money(1.25, in_wan).value == Decimal("12500.00")
    assert money("3", in_wan).value == Decimal("30000.00")
    assert money("300元整", in_wan).value == Decimal("300.00")


@given(fen=st.integers(min_value=-(10**11), max_value=10**11))
def test_every_amount_comes_back(fen):
    amount = Decimal(fen) / 100
    for written in (f"{amount:.2f}", f"¥{amount:,.2f}", f"{amount:.2f}元"):
        if abs(amount) < 10**10:
            assert money(written, SHEET).value == amount
    if abs(amount) < 10**8:
        assert money(float(amount), SHEET).value == amount


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("95%", "0.95"),
        ("95.5％", "0.955"),
        (PercentCell(0.95), "0.95"),
        (0.95, "0.95"),
        (95.0, "0.95"),
        ("九成", "0.9"),
        ("九成五", "0.95"),
        ("百分之九十五点五", "0.955"),
        ("0", "0"),
        ("120%", "1.2"),
    ],
)
def test_percentages(cell, share):
    assert percentage(cell, SHEET).value == Decimal(share)


@pytest.mark.parametrize(
    ("cell", "heading", "choices"), [(1.0, "", ["100%", "1%"]), ("0.5", "得票率(%)", ["50.0%", "0.5%"])]
)
def test_a_share_that_may_be_two_things_is_asked(cell, heading, choices):
    wrong = percentage(cell, Context(SHEET.today, heading)).problem
    assert (wrong.code, [value for value, _label in wrong.choices]) == ("ambiguous_share", choices)


@given(percent=st.integers(min_value=0, max_value=1000))
def test_every_percentage_comes_back(percent):
    assert percentage(f"{percent}%", SHEET).value == Decimal(percent) / 100
    assert percentage(PercentCell(percent / 100), SHEET).value == Decimal(percent) / 100


@pytest.mark.parametrize("cell", ["x", "-1%", math.nan, math.inf, "99999%", "十一成"])
def test_what_is_no_share(cell):
    assert percentage(cell, SHEET).problem.code == "bad_share"


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("8:30", "08:30"),
        ("8：30", "08:30"),
        ("08:30:00", "08:30"),
        ("8点半", "08:30"),
        ("8时30分", "08:30"),
        ("八点三十分", "08:30"),
        ("0830", "08:30"),
        (830.0, "08:30"),
        (PaddedNumber(830.0, "0000"), "08:30"),
        (0.3541666667, "08:30"),
        (DateCell(dt.date(2026, 1, 1), "", dt.time(8, 30)), "08:30"),
        ("8.30", "08:30"),
        ("下午2点半", "14:30"),
        ("2:30 PM", "14:30"),
        ("中午12点", "12:00"),
        ("晚上8点一刻", "20:15"),
        ("8", "08:00"),
    ],
)
def test_times(cell, time):
    assert time_of_day(cell, SHEET).value == dt.time.fromisoformat(time)


@given(time=st.times().map(lambda moment: moment.replace(second=0, microsecond=0)))
def test_every_time_comes_back(time):
    for written in (f"{time:%H:%M}", f"{time:%H%M}", f"{time.hour}时{time.minute}分", f"{time:%H:%M:%S}"):
        assert time_of_day(written, SHEET).value == time
    assert time_of_day((time.hour * 60 + time.minute) / 1440, SHEET).value == time


def test_a_lost_zero_of_a_time_is_asked():
    wrong = time_of_day(8.3, SHEET).problem
    assert (wrong.code, [value for value, _label in wrong.choices]) == ("ambiguous_time", ["8:30", "8:03"])


@pytest.mark.parametrize("cell", ["24:00", "8:61", "x", "8:30-12:00", math.nan, -0.1, 9999.0, None])
def test_what_is_no_time(cell):
    assert time_of_day(cell, SHEET).problem.code == "bad_time"


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("正正一", 11),
        ("正正丅", 12),
        ("正 正 下", 13),
        ("止", 4),
        ("正", 5),
        ("正正丅（12）", 12),
        ("12票", 12),
        (12.0, 12),
    ],
)
def test_tallies(cell, count):
    assert tally(cell, SHEET).value == count


@given(count=st.integers(min_value=1, max_value=300))
def test_every_tally_comes_back(count):
    assert (
        tally("正" * (count // 5) + "一丅下止"[count % 5 - 1 : count % 5 or None][: bool(count % 5)], SHEET).value
        == count
    )


@pytest.mark.parametrize(
    ("cell", "code"),
    [("正一正", "bad_tally"), ("甲", "bad_tally"), ("", "bad_tally"), ("正正丅(13)", "tally_differs")],
)
def test_what_is_no_tally(cell, code):
    assert tally(cell, SHEET).problem.code == code


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("张三、李四 王五", ["张三", "李四", "王五"]),
        ("张三,李四；王五/赵六", ["张三", "李四", "王五", "赵六"]),
        ("张三\n李四", ["张三", "李四"]),
        ("张 三", ["张三"]),
        ("张\u3000三、李四", ["张三", "李四"]),
        ("张 三  李 四", ["张三", "李四"]),
        ("张 三 李 四", ["张三", "李四"]),
        ("欧阳 修", ["欧阳修"]),
        ("王小明 李 四 张三丰", ["王小明", "李四", "张三丰"]),
        ("张三和李四", ["张三", "李四"]),
        ("王和平、和珅", ["王和平", "和珅"]),
        ("买买提•艾力、王五（带班）", ["买买提·艾力", "王五"]),
        ("Anna Li；𬱖明", ["Anna Li", "𬱖明"]),
        ("张伟、张伟", ["张伟", "张伟"]),
    ],
)
def test_people_of_one_cell(cell, people):
    assert names(cell, SHEET).value == people


@given(people=st.lists(st.sampled_from(["张伟", "欧阳修", "买买提·艾力", "王和平", "𬱖明", "司马光明"]), min_size=1))
def test_every_list_of_names_comes_back(people):
    for between in ("、", "，", ";", "\n", " / ", "  ", "；"):
        assert names(between.join(people), SHEET).value == people


@pytest.mark.parametrize("cell", ["张三等3人", "、", 12.0, "张 三 李四 王", "13800001234"])
def test_what_are_no_names(cell):
    assert names(cell, SHEET).problem.code == "bad_names"


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("二十一", 21), ("一百零五", 105), ("一万二千", 12000), ("三亿", 300000000), ("甲", None)],
)
def test_numbers_in_characters(text, number):
    assert chinese_number(text) == number
