"""The sheet of paper ballots: one file a scrutineer, two people, the same totals or it stops."""

from __future__ import annotations

import csv

import pytest

from evaluations.exceptions import RoundError
from evaluations.models import Ballot, PaperCount
from evaluations.paper_marks import numbered
from evaluations.paper_words import BallotReader
from intranet import clock
from intranet.sheets.models import SheetJournal
from intranet.sheets.services.imports import import_file
from tests.people_of_the_hall import make_user

from .hall import ENDS, keys_of, make_award, make_hall, voting_round
from .test_paper import closed, give, paper_round

HEADINGS = ["票箱", "相同选票张数", "选票内容"]


@pytest.fixture
def hall(db):
    return make_hall(6)


@pytest.fixture
def election(hall):
    election = paper_round(hall)
    for user in hall.staff[:4]:
        give(election, user, hall.scrutineer)
    return closed(election)


def bring(tmp_path, by, *lines, check_only=False):
    path = tmp_path / f"count-{by.pk if by else 0}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *lines])
    with clock.at(ENDS):
        return import_file(kind="paper_ballots", path=path, by=by, check_only=check_only)


def test_two_equal_files_put_the_ballots_into_the_box(hall, election, tmp_path):
    second = make_user(None, "scrutineer")
    names = dict(numbered(election))
    assert bring(tmp_path, hall.scrutineer, ["", 2, "1、3"], ["", 1, ""], ["", 1, "废票"]).outcome == "clean"
    assert Ballot.objects.count() == 0
    done = bring(
        tmp_path, second, ["staff", 1, "废票"], ["", 1, "空白"], ["", 2, f"{names[3].name}，{names[1].name}"]
    )
    assert done.outcome == "clean"
    assert Ballot.objects.count() == 4
    assert list(PaperCount.objects.values_list("ballots", flat=True)) == [[], []]


def test_different_files_stop_and_say_so(hall, election, tmp_path):
    second = make_user(None, "scrutineer")
    bring(tmp_path, hall.scrutineer, ["", 4, "1"])
    report = bring(tmp_path, second, ["", 3, "1"], ["", 1, "2"])
    assert "2" in report.handler.final()[0]
    assert Ballot.objects.count() == 0
    assert keys_of(election)[0] not in str(SheetJournal.objects.values_list("packed", flat=True))


@pytest.mark.parametrize(
    "lines",
    [
        [["", 5, "1"]],
        [["", 1, "9"]],
        [["", 1, "没有的人"]],
        [["别的箱", 1, "1"]],
        [["", "一些", "1"]],
    ],
)
def test_what_cannot_be_is_named_by_row(hall, election, tmp_path, lines):
    report = bring(tmp_path, hall.scrutineer, *lines)
    assert (report.outcome, report.errors[0].row) == ("errors", 2)
    assert not PaperCount.objects.exists()


def test_a_count_belongs_to_a_scrutineer(hall, election, tmp_path):
    assert bring(tmp_path, None, ["", 4, "1"]).outcome == "errors"
    assert not PaperCount.objects.exists()


def test_nothing_waits_before_voting_is_closed(hall, tmp_path):
    paper_round(hall)
    assert bring(tmp_path, hall.scrutineer, ["", 1, "1"]).outcome == "errors"


def test_marks_of_the_other_kinds(hall):
    approve = BallotReader(voting_round(hall, make_award(hall, ballot_kind="approve")))
    (one, two, three) = [next(iter(approve.keys[str(n)])) for n in (1, 2, 3)]
    assert approve.choices("1○、2×，3 同意") == [f"{one}=yes", f"{two}=no", f"{three}=yes"]
    assert approve.choices("1○、1×") == [f"{one}=yes", f"{one}=no"]
    with pytest.raises(RoundError):
        approve.choices("1")
    grade = BallotReader(voting_round(hall, make_award(hall, ballot_kind="grade")))
    key = next(iter(grade.keys["1"]))
    for word, mark in (
        *(("满意", "satisfied"), ("基本满意", "mostly_satisfied")),
        *(("不满意", "dissatisfied"), ("不了解", "unknown")),
    ):
        assert grade.choices(f"1：{word}") == [f"{key}={mark}"]
