"""The summary of recommendations and past honours as sheets: in, out, and what they refuse."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluations.models import Honour, Nomination
from evaluations.services import nominations
from evaluations.sheets.past_honours import period_of
from intranet import clock
from intranet.access.models import AuditEntry
from intranet.people.models import Person, Window
from intranet.sheets import exports
from intranet.sheets.services import check, import_file
from tests.people_of_the_hall import make_user
from tests.sheets.books import write_book

from .hall import OPENS, make_award, make_hall, opened, place

pytestmark = pytest.mark.usefixtures("english")
HEADINGS = ["评选名称", "推荐单位", "工号", "姓名", "窗口号", "主要事迹"]
PAST = ["荣誉称号", "年度", "姓名", "工号", "单位", "备注", "通报日期"]


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_hall(5)


def bring(hall, tmp_path, rows, kind="recommendations", headings=HEADINGS, only_check=False, at=OPENS):
    path = write_book(tmp_path / "sheet.xlsx", [headings, *rows])
    with clock.at(at):
        if only_check:
            return check(kind=kind, path=path, by=hall.officer)
        return import_file(kind=kind, path=path, by=hall.officer)


def messages(report) -> list[str]:
    return [issue.message for issue in report.errors]


def test_recommendations_come_in_through_the_service_and_wait_for_their_forms(hall, tmp_path):
    election = opened(hall, make_award(hall, quota_per_unit=2))
    rows = [
        [str(election), hall.unit.name, hall.person(0).staff_number, hall.person(0).name, "", "办件多"],
        ["", hall.unit.name, "", hall.person(1).name, "", "态度好"],
    ]
    seen = bring(hall, tmp_path, rows, only_check=True)
    assert (seen.created, seen.outcome) == (2, "clean")
    assert Nomination.objects.count() == 0
    assert not AuditEntry.objects.filter(action="evaluations.file_recommendation").exists()
    report = bring(hall, tmp_path, rows)
    assert report.created == 2
    made = list(Nomination.objects.order_by("pk"))
    assert [(row.person, row.unit, row.state, row.by, row.scan) for row in made] == [
        (hall.person(n), hall.unit, "proposed", hall.officer, None) for n in (0, 1)
    ]
    assert bring(hall, tmp_path, rows).unchanged == 2
    assert Nomination.objects.count() == 2


def test_the_quota_counts_over_the_whole_file_and_nothing_is_half_imported(hall, tmp_path):
    election = opened(hall, make_award(hall, quota_per_unit=2))
    with clock.at(OPENS):
        from evaluations.services import filing

        filing.enter_row(election=election, unit=hall.unit, person=hall.person(4), reason="好", by=hall.officer)
    rows = [["", hall.unit.name, hall.person(n).staff_number, "", "", "好"] for n in range(2)]
    report = bring(hall, tmp_path, rows)
    assert [(issue.row, issue.column) for issue in report.errors] == [(3, "B")]
    assert "has used its 2 recommendations" in messages(report)[0]
    assert Nomination.objects.count() == 1


def test_lines_that_cannot_be(hall, tmp_path):
    other = make_hall(1)
    opened(hall, make_award(hall, quota_per_unit=9))
    Person.objects.filter(pk=hall.person(3).pk).update(name=hall.person(2).name)
    number = [user.person.staff_number for user in hall.staff]
    for line, said in (
        (["别的评选", hall.unit.name, number[0], "", "", "好"], "Write the name of a round"),
        (["", hall.unit.name, number[0], "张冠李", "", "好"], "belongs to"),
        (["", hall.unit.name, "", "无此人", "", "好"], "Write the staff number"),
        (["", hall.unit.name, "", hall.person(2).name, "", "好"], "Write the staff number"),
        (["", hall.unit.name, other.person(0).staff_number, "", "", "好"], "does not belong to"),
        (["", "无此单位", number[0], "", "", "好"], "knows no unit"),
    ):
        report = bring(hall, tmp_path, [line])
        assert said in " ".join(messages(report)), (line, messages(report))
    same = [["", hall.unit.name, number[0], "", "", reason] for reason in ("好", "很好")]
    assert "is already recommended in this round" in messages(bring(hall, tmp_path, same))[0]
    assert Nomination.objects.count() == 0


def test_windows_by_their_number(hall, tmp_path):
    opened(hall, make_award(hall, subject="window"))
    other = Window.objects.create(number="77", name="税务")
    other.units.add(hall.unit)
    both = f"{hall.window.number}、77"
    assert messages(bring(hall, tmp_path, [["", hall.unit.name, "", "", both, "好"]])) == [
        f"“{both}” cannot be used here: Write one window number."
    ]
    assert not Nomination.objects.exists()
    assert messages(bring(hall, tmp_path, [["", hall.unit.name, "", "", "", "好"]]))[0].startswith("“Window number”")
    report = bring(hall, tmp_path, [["", hall.unit.name, "", "", f"{hall.window.number}号", "好"]])
    assert messages(report) == []
    assert Nomination.objects.get().window == hall.window


def test_only_officers_who_do_not_stand_bring_recommendations(hall, tmp_path):
    election = opened(hall, make_award(hall, window_staff_only=False))
    with clock.at(OPENS):
        nominations.recommend(election=election, kind="self", reason="好", by=hall.officer)
    report = bring(hall, tmp_path, [["", hall.unit.name, hall.person(0).staff_number, "", "", "好"]])
    assert messages(report)[0].endswith("You stand in this round yourself, so another union officer must run it.")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_goes_out_comes_back_unchanged(hall, tmp_path, language):
    from django.utils import translation

    opened(hall, make_award(hall, quota_per_unit=3))
    bring(hall, tmp_path, [["", hall.unit.name, hall.person(n).staff_number, "", "", f"好{n}"] for n in range(3)])
    bring(hall, tmp_path, [["服务之星", "2025年", "王小明", "", "税务局", "", ""]], "past_honours", PAST)
    for kind, number in (("recommendations", 3), ("past_honours", 1)):
        path = tmp_path / f"{kind}.xlsx"
        with clock.at(OPENS), translation.override(language):
            with path.open("wb") as file:
                assert exports.export(kind=kind, form="xlsx", file=file, by=hall.officer) == number
            report = check(kind=kind, path=path, by=hall.officer)
        assert (messages(report), report.unchanged, report.created) == ([], number, 0)


# Past honours


@pytest.mark.parametrize(
    ("text", "first", "label"),
    [
        ("2025", "2025-01-01", "2025年"),
        ("2025年度", "2025-01-01", "2025年"),
        ("2025年第四季度", "2025-10-01", "2025年第4季度"),
        ("2025年2季度", "2025-04-01", "2025年第2季度"),
        ("2025年11月", "2025-11-01", "2025年11月"),
        ("2025-03", "2025-03-01", "2025年3月"),
        ("2025.1", "2025-01-01", "2025年1月"),
        ("2025 4", "2025-04-01", "2025年4月"),
        ("202511", "2025-11-01", "2025年11月"),
    ],
)
def test_periods_as_halls_write_them(text, first, label):
    assert (period_of(text)[0].isoformat(), period_of(text)[2]) == (first, label)


NO_PERIODS = [
    "去年",
    "2025年13月",
    "2025年5季度",
    "25年",
    "",
    "2025年0月",
    "2025年00月",
    "0000年1月",
    "20254",
    "45962",
]


@pytest.mark.parametrize("text", NO_PERIODS)
def test_what_is_no_period(text):
    assert period_of(text) is None


def test_whether_a_number_is_january_or_october_is_asked(hall, tmp_path):
    def brought(cell):
        return bring(hall, tmp_path, [["服务之星", cell, "王小明", "", "", "", ""]], "past_honours", PAST)

    (issue,) = brought(2025.10).errors
    assert (issue.code, issue.choices) == ("ambiguous_date", (("2025-01", "2025年1月"), ("2025-10", "2025年10月")))
    assert Honour.objects.count() == 0
    for cell, label in ((2025.11, "2025年11月"), (2025.3, "2025年3月"), ("2025 4", "2025年4月"), (2025, "2025年")):
        assert messages(brought(cell)) == []
        assert Honour.objects.filter(period_label=label).count() == 1


def test_past_honours_find_their_people_and_windows_or_keep_the_name(hall, tmp_path):
    award = make_award(hall)
    known = hall.person(0)
    rows = [
        [award.name, "2025年11月", known.name, "", "", "群众满意", "2025-12-05"],
        ["红旗窗口", "2025年", f"{hall.window.number}号窗口", "", "", "", ""],
        ["红旗窗口", "2024年", "已撤销的窗口", "", "", "", ""],
    ]
    report = bring(hall, tmp_path, rows, "past_honours", PAST)
    assert (messages(report), report.created) == ([], 3)
    person, window, name = Honour.objects.order_by("pk")
    assert (person.person, person.award, person.period_first, person.published_on, person.text, person.election) == (
        known,
        award,
        dt.date(2025, 11, 1),
        dt.date(2025, 12, 5),
        "群众满意",
        None,
    )
    assert (window.window, window.person, window.award, window.published_on) == (
        hall.window,
        None,
        None,
        dt.date(2025, 12, 31),
    )
    assert (name.person, name.window, name.name) == (None, None, "已撤销的窗口")
    assert bring(hall, tmp_path, rows, "past_honours", PAST).unchanged == 3


def test_of_several_with_one_name_somebody_says_who_is_meant(hall, tmp_path):
    Person.objects.filter(pk__in=[hall.person(n).pk for n in (0, 1)]).update(name="李小花")
    elsewhere = make_hall(0)
    third = make_user()
    place(third, elsewhere.unit)
    Person.objects.filter(pk=third.person.pk).update(name="李小花")
    asked = bring(hall, tmp_path, [["服务之星", "2025年", "李小花", "", "", "", ""]], "past_honours", PAST)
    (issue,) = asked.errors
    assert (issue.code, len(issue.choices)) == ("same_name", 4)
    told = bring(
        hall, tmp_path, [["服务之星", "2025年", "李小花", "", elsewhere.unit.name, "", ""]], "past_honours", PAST
    )
    assert messages(told) == []
    assert Honour.objects.get().person == third.person
    numbered = [["服务之星", "2024年", "李小花", hall.person(1).staff_number, "", "", ""]]
    bring(hall, tmp_path, numbered, "past_honours", PAST)
    assert Honour.objects.get(period_label="2024年").person == hall.person(1)


def test_past_honours_that_cannot_be(hall, tmp_path):
    for line, said in (
        (["服务之星", "去年", "王小明", "", "", "", ""], "Write a year, a quarter or a month"),
        (["服务之星", "2025年0月", "王小明", "", "", "", ""], "Write a year, a quarter or a month"),
        (["服务之星", "0000年1月", "王小明", "", "", "", ""], "Write a year, a quarter or a month"),
        (["服务之星", "2025年", "", "", "", "", ""], "is blank"),
        (["服务之星", "2025年", "王小明", "", "", "", "2099-01-01"], "lies in the future"),
        (["服务之星", "2025年", "张冠李", hall.person(0).staff_number, "", "", ""], "belongs to"),
    ):
        report = bring(hall, tmp_path, [line], "past_honours", PAST)
        assert said in " ".join(messages(report)), (line, messages(report))
    twice = [["服务之星", "2025年", "王小明", "", "", "", ""]] * 2
    assert bring(hall, tmp_path, twice, "past_honours", PAST).errors
    assert Honour.objects.count() == 0
    assert Window.objects.count() == 1
