"""What follows from a row beyond the row itself: accounts, withdrawals, names that would mean two things."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.people.models import Body, Leadership, Membership, Person, Posting, Unit, Window
from intranet.people.services import leaderships
from intranet.sheets import exports
from intranet.sheets.services import check

from .books import person, register, write_book

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
MOVES = ["工号", "单位", "窗口号", "进驻时间", "退出时间", "变动类型"]


@pytest.fixture(autouse=True)
def _today():
    with clock.at(clock.start_of(TODAY, 9)):
        yield


@pytest.fixture
def someone(bring, tmp_path):
    """HW0001 with an account, at the hall since January."""
    with clock.at(clock.start_of(dt.date(2026, 1, 5), 9)):
        bring(register(tmp_path / "r.xlsx", person(工会小组="第一小组")), options={"accounts": "inactive"})
    found = Person.objects.get()
    found.user.is_active = True
    found.user.save()
    return found


def moves(tmp_path, *rows):
    return write_book(tmp_path / "p.xlsx", [MOVES, *rows])


def wrong(report):
    return [(issue.row, issue.column, issue.code) for issue in report.errors]


def test_a_new_name_and_address_go_on_to_the_account(bring, someone, tmp_path):
    rows = [["工号", "姓名", "单位", "邮箱"], ["HW0001", "钱七", "税务局", "new@hall.test"]]
    assert bring(write_book(tmp_path / "s.xlsx", rows)).updated == 1
    someone.user.refresh_from_db()
    assert (someone.user.name, someone.user.email) == ("钱七", "new@hall.test")


def test_other_changes_leave_the_account_alone(bring, someone, tmp_path):
    type(someone.user).objects.update(name="另写的名字")
    assert bring(register(tmp_path / "s.xlsx", person(手机号码="13900000000"))).updated == 1
    someone.user.refresh_from_db()
    assert someone.user.name == "另写的名字"


def test_a_month_takes_no_known_day_away(bring, hall, tmp_path):
    heads = ["工号", "姓名", "单位", "进驻时间", "参加工作时间"]
    bring(write_book(tmp_path / "a.xlsx", [heads, ["A1", "甲某", "税务局", "2021-06-15", "2008-07-15"]]))
    report = bring(write_book(tmp_path / "b.xlsx", [heads, ["A1", "甲某", "税务局", "2021.06", "2008年"]]))
    assert report.unchanged == 1
    report = bring(write_book(tmp_path / "c.xlsx", [heads, ["A1", "甲某", "税务局", "2021.07", ""]]))
    assert report.rows[0].changes == {"entered_on": ("2021-06-15", "2021-07-01")}
    bring(write_book(tmp_path / "d.xlsx", [heads, ["A1", "甲某", "税务局", "2021-07-09", ""]]))
    assert Person.objects.get().entered_on == dt.date(2021, 7, 9)


def test_a_number_in_other_capitals_is_no_new_person(bring, someone, tmp_path):
    report = bring(
        register(tmp_path / "s.xlsx", person("hw0001", "李四"), person("n1", "甲某"), person("N1", "乙某"))
    )
    assert wrong(report) == [(3, "B", "taken"), (4, "B", "taken"), (5, "B", "taken")]


def test_a_withdrawal_ends_everything(bring, someone, tmp_path):
    with clock.at(clock.start_of(dt.date(2026, 2, 1), 9)):
        leaderships.appoint(
            kind=Leadership.Kind.WINDOW_HEAD, person=someone, window=Window.objects.get(number="1"), by=None
        )
    report = bring(moves(tmp_path, ["HW0001", "税务局", "1", "2026-01-05", "2026-11-20", "退出"]), kind="postings")
    assert (report.outcome, report.updated) == ("clean", 1)
    someone.refresh_from_db()
    assert someone.left_on == dt.date(2026, 11, 20)
    assert not someone.user.is_active
    assert Membership.objects.get().ends_on == dt.date(2026, 11, 20)
    assert Leadership.objects.get().ends_on == dt.date(2026, 11, 20)
    assert AuditEntry.objects.filter(action="people.withdraw").count() == 1
    again = bring(moves(tmp_path, ["HW0001", "税务局", "1", "2026-01-05", "2026-11-20", "退出"]), kind="postings")
    assert again.unchanged == 1
    assert AuditEntry.objects.filter(action="people.withdraw").count() == 1


def test_a_last_day_that_nothing_follows_is_a_withdrawal(bring, someone, tmp_path):
    bring(moves(tmp_path, ["HW0001", "税务局", "1", "2026-01-05", "2026-12-31", ""]), kind="postings")
    someone.refresh_from_db()
    assert (someone.postings.get().ending, someone.left_on) == ("withdrawal", dt.date(2026, 12, 31))
    assert someone.user.is_active, "the last day has not come"


def test_a_last_day_that_another_posting_follows_is_a_move(bring, someone, tmp_path):
    rows = [
        ["HW0001", "税务局", "1", "2026-01-05", "2026-05-31", ""],
        ["HW0001", "自然资源局", "3", "2026-06-01", "", "调动"],
    ]
    bring(moves(tmp_path, *rows), kind="postings")
    old, new = Posting.objects.order_by("starts_on")
    assert (old.ending, new.ending, new.ends_on) == ("transfer", "", None)
    someone.refresh_from_db()
    assert someone.left_on is None


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (["HW0001", "自然资源局", "1", "2026-06-01", "", ""], (2, "C", "foreign_window")),
        (["HW0001", "税务局", "1", "2026-01-05", "", "退出"], (2, "E", "blank")),
    ],
)
def test_moves_that_cannot_be(bring, someone, tmp_path, row, place):
    assert wrong(bring(moves(tmp_path, row), kind="postings")) == [place]


def test_the_past_is_taken_as_it_was(bring, someone, tmp_path):
    row = ["HW0001", "自然资源局", "1", "2020-01-01", "2020-12-31", "调动"]
    assert bring(moves(tmp_path, row), kind="postings").created == 1


def test_a_sheet_brings_no_leaver_back(bring, someone, tmp_path):
    bring(moves(tmp_path, ["HW0001", "税务局", "1", "2026-01-05", "2026-11-20", "退出"]), kind="postings")
    back = moves(tmp_path, ["HW0001", "税务局", "1", "2026-11-22", "", ""])
    assert wrong(bring(back, kind="postings")) == [(2, "A", "has_left")]
    opened = moves(tmp_path, ["HW0001", "税务局", "1", "2026-01-05", "—", "—"])
    assert wrong(bring(opened, kind="postings")) == [(2, "A", "has_left")]
    history = moves(tmp_path, ["HW0001", "税务局", "1", "2020-01-01", "2020-12-31", ""])
    assert bring(history, kind="postings").created == 1


def test_one_unit_under_two_spellings_is_one(bring, hall, tmp_path):
    rows = [["单位名称", "办公电话"], ["云溪区 税务局", "8101"]]
    report = bring(write_book(tmp_path / "u.xlsx", rows), kind="departments")
    assert (report.created, report.updated, Unit.objects.get(short_name="税务局").name) == (0, 1, "云溪区税务局")
    twice = write_book(tmp_path / "v.xlsx", [["单位名称", "办公电话"], ["甲局", ""], ["甲 局", ""]])
    assert wrong(bring(twice, kind="departments")) == [(2, "A", "duplicate_name"), (3, "A", "duplicate_name")]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([["税务局", ""]], [(2, "A", "taken")]),
        ([["新局", "自然资源局"]], [(2, "B", "taken")]),
        ([["甲局", "一局"], ["乙局", "一局"]], [(2, "B", "taken"), (3, "B", "taken")]),
        ([["自然资源局", "税务局"]], [(2, "B", "taken")]),
        ([["自然资源局", "自然资源局"]], []),
    ],
)
def test_a_name_means_one_unit(bring, hall, tmp_path, rows, places):
    report = bring(write_book(tmp_path / "u.xlsx", [["单位名称", "简称"], *rows]), kind="departments")
    assert wrong(report) == places


@pytest.mark.parametrize(
    ("kind", "model", "rows"),
    [
        ("departments", Unit, [["单位名称", "简称"], ["自然资源局", ""]]),
        ("windows", Window, [["窗口号", "窗口名称"], ["1", "新"]]),
        ("union_groups", Body, [["工会小组", "上级工会"], ["第一小组", ""]]),
    ],
)
def test_what_is_closed_stays_closed(bring, hall, tmp_path, kind, model, rows):
    path = write_book(tmp_path / "c.xlsx", rows)
    model.objects.update(retired_on=TODAY + dt.timedelta(days=1))
    assert wrong(check(kind=kind, path=path, by=None)) == []
    model.objects.update(retired_on=TODAY)
    assert wrong(check(kind=kind, path=path, by=None)) == [(2, "A", "closed")]


def test_a_sheet_of_union_groups_touches_no_other_body(bring, someone, tmp_path):
    committee = Body.objects.create(name="工会委员会", kind=Body.Kind.UNION_COMMITTEE)
    second = Body.objects.create(name="第二小组", kind=Body.Kind.UNION_GROUP, parent=committee)
    heads = ["工会小组", "上级工会", "组长工号"]
    path = write_book(tmp_path / "g.xlsx", [heads, ["工会委员会", "第一小组", ""]])
    assert wrong(bring(path, kind="union_groups")) == [(2, "A", "taken")]
    Body.objects.filter(name="第一小组").update(parent=second)
    path = write_book(tmp_path / "h.xlsx", [heads, ["第 二 小组", "第一小组", ""]])
    assert wrong(bring(path, kind="union_groups")) == [(2, "B", "own_parent")]
    Person.objects.update(left_on=TODAY - dt.timedelta(days=1))
    path = write_book(tmp_path / "i.xlsx", [heads, ["第一小组", "", "HW0001"]])
    assert wrong(bring(path, kind="union_groups")) == [(2, "C", "has_left")]


def test_the_sheet_with_the_problems_says_all_the_first_one_said(hall, tmp_path):
    from datetime import datetime

    long = "长" * 300
    rows = [["姓名", "单位", "出生日期", "参加工作时间", "备注"]]
    rows += [["甲某", "税务局", datetime(1985, 3, 12), datetime(2008, 7, 1), long], ["乙某", "火星局", "", "", "'-"]]
    path = write_book(tmp_path / "x.xlsx", rows, formats={"C2": "yyyy年m月", "D2": "yyyy"})
    held = io.BytesIO()
    exports.write_problems(check(kind="staff_register", path=path, by=None), held)
    book = load_workbook(held)
    assert [cell.value for cell in book.active[2]][:5] == ["甲某", "税务局", "1985-03", "2008年", long]
    assert book.active["E3"].value == "'-"
    book.active["B3"].value = "税务局"
    book.save(tmp_path / "again.xlsx")
    again = check(kind="staff_register", path=tmp_path / "again.xlsx", by=None)
    assert wrong(again) == []
    assert [row.values["note"] for row in again.rows] == [long, "-"]
    assert again.rows[0].values["birthday"][1] == "month"
