"""The inspection section's sheets as they arrive: other headings, months in words, people by name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from intranet import clock
from intranet.figures.models import MonthlyScore, WindowMonth
from intranet.people.models import Posting
from intranet.sheets.exports import export
from intranet.sheets.services import import_file
from tests.figures.rows import NOW, OCTOBER, inspector, month, score
from tests.people.hall import make_person, place
from tests.people_of_the_hall import make_user
from tests.sheets.books import write_book

pytestmark = pytest.mark.django_db
FIGURES = ["月份", "窗口", "进驻单位", "办件量（件）", "现场办结（件）", "超时件"]
SCORES = ["月份", "单位", "窗口号", "姓名", "考核得分", "扣分原因"]


@pytest.fixture(autouse=True)
def a_day_and_a_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    with clock.at(NOW):
        yield


@pytest.fixture
def bring(hall, tmp_path):
    def bring(kind, *rows, by=None):
        return import_file(kind=kind, path=write_book(tmp_path / "表.xlsx", list(rows)), by=by or inspector())

    return bring


def codes(report):
    return [(issue.code, issue.row) for issue in report.errors]


def test_a_month_of_figures_comes_in_and_is_corrected(bring, hall):
    by = inspector()
    first = bring(
        "window_figures",
        ["云溪区政务服务中心2026年10月办件统计表"],
        FIGURES,
        ["2026年10月", "9号窗口", "税务", 316994, "298,702", 0],
        ["10月", "10", "公安分局", 120.0, 100.0, "2"],
        ["合计", "", "", 317114, 298802, 2],
        by=by,
    )
    assert (first.errors, first.created) == ([], 2)
    row = WindowMonth.objects.get(window=hall.tax_window)
    assert (row.month, row.cases_handled, row.finished_on_the_spot, row.overdue) == (OCTOBER, 316994, 298702, 0)
    assert (row.ratings, row.entered_by, row.changed_at) == (None, by, NOW)
    second = bring("window_figures", FIGURES, ["2026-10", "9", "", 316995, 298702, "0"], by=by)
    assert (second.errors, second.created, second.updated) == ([], 0, 1)
    assert WindowMonth.objects.count() == 2


def test_ratings_come_with_the_figures(bring, hall):
    headings = [*FIGURES, "非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    report = bring("window_figures", headings, ["2026-10", "9", "", 100, 90, 0, 60, 20, 10, 7, 3])
    assert report.errors == []
    assert WindowMonth.objects.get().ratings["satisfied"] == 20
    report = bring("window_figures", headings, ["2026-10", "10", "", 100, 90, 0, 60, "", 10, 7, 3])
    assert codes(report) == [("blank", 2)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["2026-10", "9", "", 100, 101, 0], "bad_value"),
        (["2026-12", "9", "", 100, 90, 0], "future_date"),
        (["2026年", "9", "", 100, 90, 0], "bad_value"),
        (["2026-10", "9、10", "", 100, 90, 0], "bad_value"),
        (["2026-10", "77", "", 100, 90, 0], "unknown_window"),
        (["2026-10", "9", "公安分局", 100, 90, 0], "foreign_window"),
        (["2026-10", "9", "", "很多", 90, 0], "bad_number"),
        (["2026-10", "9", "", 100, "", 0], "blank"),
    ],
)
def test_figures_that_cannot_be(bring, row, code):
    assert codes(bring("window_figures", FIGURES, row)) == [(code, 2)]
    assert not WindowMonth.objects.exists()


def test_one_window_stands_once_a_month(bring, hall):
    rows = [["2026-10", "9", "", 100, 90, 0], ["2026年10月", "9号", "", 100, 90, 0]]
    assert codes(bring("window_figures", FIGURES, *rows)) == [("duplicate_number", 2), ("duplicate_number", 3)]
    assert bring("window_figures", FIGURES, rows[0], ["9月", "9", "", 1, 1, 0]).created == 2


def test_scores_of_people_windows_and_units(bring, hall):
    person = make_person("欧阳秀兰", "0012", hall.tax, hall.tax_window)
    report = bring(
        "monthly_scores",
        SCORES,
        ["2026-10", "区税务局", "9", "欧阳 秀兰", "98.5分", "迟到一次"],
        ["2026-10", "", "10", "", 97.25, ""],
        ["2026-10", "公安", "", "", 103, ""],
    )
    assert (report.errors, report.created) == ([], 3)
    own = MonthlyScore.objects.get(person=person)
    assert (own.score, own.reason, own.window, own.unit) == (Decimal("98.50"), "迟到一次", None, None)
    assert MonthlyScore.objects.get(window=hall.police_window).score == Decimal("97.25")
    assert MonthlyScore.objects.get(unit=hall.police).score == 103
    again = bring("monthly_scores", SCORES, ["10月", "", "", "欧阳秀兰", 99, "迟到一次"])
    assert (again.errors, again.updated) == ([], 1)


def test_a_name_means_who_was_posted_there_then(bring, hall):
    gone = make_person("王芳", "1", hall.tax, hall.tax_window)
    Posting.objects.filter(person=gone).update(ends_on=dt.date(2026, 9, 30))
    here = make_person("王芳", "2", hall.police, hall.police_window)
    third = make_person("王芳", "3")
    place(third, hall.centre, starts_on=dt.date(2026, 11, 1))
    assert bring("monthly_scores", SCORES, ["2026-10", "", "", "王芳", 90, ""]).created == 1
    assert MonthlyScore.objects.get().person == here
    assert bring("monthly_scores", SCORES, ["2026-09", "税务", "", "王芳", 90, ""]).created == 1
    assert MonthlyScore.objects.get(month=dt.date(2026, 9, 1)).person == gone
    assert codes(bring("monthly_scores", SCORES, ["2026-09", "", "", "王芳", 90, ""])) == [("bad_value", 2)]
    assert codes(bring("monthly_scores", SCORES, ["2026-10", "税务", "", "王芳", 90, ""])) == [("bad_value", 2)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["2026-10", "", "", "", 90, ""], "blank"),
        (["2026-10", "税务", "", "", "优秀", ""], "bad_number"),
        (["2026-10", "税务", "", "", 111, ""], "bad_value"),
        (["2026-12", "税务", "", "", 90, ""], "future_date"),
        (["2026-10", "", "", "没有的人", 90, ""], "bad_value"),
    ],
)
def test_scores_that_cannot_be(bring, row, code):
    assert codes(bring("monthly_scores", SCORES, row)) == [(code, 2)]


def test_a_number_and_a_name_must_agree(bring, hall):
    make_person("张三", "0001", hall.tax)
    report = bring("monthly_scores", ["月份", "工号", "姓名", "得分"], ["2026-10", "0001", "李四", 90])
    assert codes(report) == [("name_differs", 2)]


def test_nobody_scores_themselves(bring, hall):
    by = inspector()
    place(by.person, hall.centre)
    report = bring("monthly_scores", ["月份", "工号", "得分"], ["2026-10", by.person.staff_number, 100], by=by)
    assert codes(report) == [("bad_value", 2)]


def test_what_goes_out_comes_back_unchanged(hall, tmp_path):
    by = inspector()
    month(hall.tax_window, OCTOBER, 100, 50, 3)
    score(make_person("张三", "0001", hall.tax), OCTOBER, "98.5", reason="=无")
    score(hall.tax_window, OCTOBER, "90")
    score(hall.tax, OCTOBER, "80")
    for kind, rows in (("window_figures", 1), ("monthly_scores", 3)):
        path = tmp_path / f"{kind}.xlsx"
        with path.open("wb") as file:
            assert export(kind=kind, form="xlsx", file=file, by=by) == rows
        report = import_file(kind=kind, path=path, by=by)
        assert (report.errors, report.unchanged, report.created, report.updated) == ([], rows, 0, 0)


@pytest.mark.parametrize("role", ["staff", "hr_admin", "union_officer", "centre_leader", "auditor"])
def test_only_the_inspection_section_brings_and_takes_these_sheets(role):
    from intranet.sheets.registry import kinds_for

    assert not {"window_figures", "monthly_scores"} & set(kinds_for(make_user(None, role)))
    assert {"window_figures", "monthly_scores"} <= set(kinds_for(inspector()))


def test_reading_costs_the_same_however_many_rows(bring, hall, django_assert_max_num_queries):
    for n in range(30):
        make_person(f"人{chr(0x4E00 + n)}", str(n), hall.tax)
    rows = [["2026-10", "税务", "", f"人{chr(0x4E00 + n)}", 90, ""] for n in range(30)]
    by = inspector()
    with django_assert_max_num_queries(45):
        assert bring("monthly_scores", SCORES, *rows, by=by).created == 30
