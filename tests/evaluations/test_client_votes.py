"""The sheet of clients' votes: counted into values of a round, all or nothing, until the inputs are frozen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openpyxl import Workbook

from evaluations.models import RoundInput
from evaluations.services import assessment, inputs
from intranet import clock
from intranet.sheets.services import check, import_file

from .assessed import component, make_award_without_ballot, reviewed
from .hall import DURING_VOTE, keys_of, make_hall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def hall():
    return make_hall(4)


@pytest.fixture
def election(hall):
    award = make_award_without_ballot(hall, places=1)
    component(award, "clients", "clients", "100", scale="of_best", label="群众投票")
    return reviewed(hall, award)


def book(path, *rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def brought(election) -> dict:
    rows = RoundInput.objects.filter(election=election)
    return {row.candidate.key: (row.value, row.note) for row in rows.select_related("candidate")}


def test_votes_and_grades_become_values(election, hall, tmp_path):
    a, b, c = keys_of(election)
    numbers = [hall.person(n).staff_number for n in range(2)]
    path = book(
        tmp_path / "v.xlsx",
        ["评选", "候选人", "得票", "满意", "基本满意", "不满意", "不了解"],
        [str(election), numbers[0], "正正丅", "", "", "", ""],
        [election.slug, numbers[1], "", 7, 2, 1, 5],
        [str(election), hall.person(2).name, "", 3, "", "", ""],
    )
    with clock.at(DURING_VOTE):
        report = import_file(kind="client_votes", path=path, by=hall.officer)
    assert (report.errors, report.created) == ([], 3)
    assert brought(election) == {
        a: (Decimal(12), "得票 12"),
        b: (Decimal(86), "满意 7、基本满意 2、不满意 1、不了解 5"),
        c: (Decimal(100), "满意 3"),
    }
    assert {row.by for row in RoundInput.objects.all()} == {hall.officer}
    assert [row["value"] for row in inputs.gather(election).values["clients"].values()].count("86.0000") == 1
    again = book(tmp_path / "w.xlsx", ["评选", "候选人", "得票"], [str(election), numbers[0], 40])
    report = import_file(kind="client_votes", path=again, by=hall.officer)
    assert (report.created, report.updated) == (0, 1)
    assert brought(election)[a] == (Decimal(40), "得票 40")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["别的评选", "NUMBER", 1, ""], "no round that takes clients' votes now is called so"),
        (["ROUND", "张三丰", 1, ""], "nobody who stands in this round is called so."),
        (["ROUND", "NUMBER", 1, 1], "fill in either the number of votes or the grades."),
        (["ROUND", "NUMBER", "", ""], "fill in either the number of votes or the grades."),
        (["ROUND", "NUMBER", "很多", ""], "is not a count"),
    ],
)
def test_all_or_nothing(election, hall, tmp_path, line, said):
    known = {"ROUND": str(election), "NUMBER": hall.person(0).staff_number}
    good = [str(election), hall.person(1).staff_number, 3, ""]
    path = book(tmp_path / "v.xlsx", ["评选", "工号", "得票", "满意"], good, [known.get(cell, cell) for cell in line])
    report = import_file(kind="client_votes", path=path, by=hall.officer)
    assert any(said in issue.message for issue in report.errors), report.errors
    assert not RoundInput.objects.exists()


def test_grades_without_points_make_no_value(election, hall, tmp_path):
    path = book(tmp_path / "v.xlsx", ["评选", "工号", "不了解"], [str(election), hall.person(0).staff_number, 9])
    (issue,) = check(kind="client_votes", path=path, by=hall.officer).errors
    assert "no grade with points was given." in issue.message


def test_one_line_a_candidate(election, hall, tmp_path):
    line = [str(election), hall.person(0).staff_number, 3]
    path = book(tmp_path / "v.xlsx", ["评选", "工号", "得票"], line, [election.slug, hall.person(0).name, 4])
    report = check(kind="client_votes", path=path, by=hall.officer)
    assert {issue.code for issue in report.errors} == {"duplicate_name"}


def test_a_window_is_found_by_its_number(election, hall, tmp_path):
    election.candidates.filter(person=hall.person(0)).update(person=None, window=hall.window, name="不动产登记")
    path = book(
        tmp_path / "v.xlsx", ["评选", "窗口号", "得票"], [str(election), f"{hall.window.number}号窗口", "21票"]
    )
    report = import_file(kind="client_votes", path=path, by=hall.officer)
    assert (report.errors, report.created) == ([], 1)
    assert [value for value, _note in brought(election).values()] == [21]


def test_several_components_are_told_apart(hall, tmp_path):
    award = make_award_without_ballot(hall)
    component(award, "hall", "clients", "50", label="大厅投票")
    component(award, "web", "clients", "50", order=2, label="网上投票")
    election = reviewed(hall, award)
    number = hall.person(0).staff_number
    path = book(tmp_path / "v.xlsx", ["评选", "工号", "得票"], [str(election), number, 3])
    (issue,) = check(kind="client_votes", path=path, by=hall.officer).errors
    assert "大厅投票、网上投票" in issue.message
    rows = [[str(election), number, 3, "大厅投票"], [str(election), number, 5, "web"]]
    path = book(tmp_path / "w.xlsx", ["评选", "工号", "得票", "评分项目"], *rows)
    report = import_file(kind="client_votes", path=path, by=hall.officer)
    assert (report.errors, report.created) == ([], 2)
    assert set(RoundInput.objects.values_list("component", "value")) == {("hall", 3), ("web", 5)}


def test_nothing_comes_in_after_the_inputs_are_frozen(election, hall, tmp_path):
    rows = [[str(election), hall.person(n).staff_number, n + 1] for n in range(3)]
    path = book(tmp_path / "v.xlsx", ["评选", "工号", "得票"], *rows)
    import_file(kind="client_votes", path=path, by=hall.officer)
    with clock.at(DURING_VOTE):
        assessment.freeze(election=election, by=hall.officer)
    path = book(tmp_path / "w.xlsx", ["评选", "工号", "得票"], [str(election), hall.person(0).staff_number, 99])
    report = import_file(kind="client_votes", path=path, by=hall.officer)
    assert [issue.code for issue in report.errors] == ["bad_value"]
    assert sorted(value for value, _note in brought(election).values()) == [1, 2, 3]


def test_whoever_stands_brings_no_values(election, hall, tmp_path):
    election.nominations.filter(person=hall.person(0)).update(person=hall.officer.person)
    path = book(tmp_path / "v.xlsx", ["评选", "工号", "得票"], [str(election), hall.person(1).staff_number, 9])
    (issue,) = check(kind="client_votes", path=path, by=hall.officer).errors
    assert "you stand in this round yourself" in issue.message
