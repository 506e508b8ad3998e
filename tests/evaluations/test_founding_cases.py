"""The elections that the founding documents tell of, held from the first recommendation to the wall of honour.

Ten women's model posts in March, without a ballot: 自下而上、自我申报、综合评定. Ten service models in November, with
one. A quality window each month, and the year's excellent windows from them.
"""

from __future__ import annotations

import pytest

from evaluations.models import Award, Election, Honour
from evaluations.services import awards, nominations, rounds
from intranet import clock

from .founding_hall import (
    at,
    frozen,
    make_founding_hall,
    met,
    panel_scores,
    planned_and_opened,
    published,
    recounted,
    review_finished,
    score_windows,
    vote_one_by_one,
    windows_recommend,
)

PANEL = ["inspection", "centre_leader"]
pytestmark = pytest.mark.xdist_group("founding")


def test_ten_women_model_posts_without_a_ballot(own_database, tmp_path):
    hall = make_founding_hall(12)
    award = awards.set_up_award(
        by=hall.officer,
        slug="women-model-post",
        name="十佳巾帼文明示范岗",
        subject=Award.Subject.WINDOW,
        period=Award.Period.ONCE,
        places=10,
        quota_per_unit=3,
        ballot_kind=Award.BallotKind.NONE,
        meeting_decides=True,
        components=[
            {
                "key": "panel",
                "kind": "panel",
                "label": "评审打分",
                "weight": "60",
                "panel_roles": ["inspection", "centre_leader"],
            },
            {"key": "scores", "kind": "scores", "label": "月度评分", "weight": "40"},
        ],
    )
    election = planned_and_opened(
        hall, award, "2026-02-01", "2026-02-28", "2026-03-02T09:00", "2026-03-06T17:30", scores_due="2026-03-12T17:30"
    )
    assert (election.roll_size, election.has_ballot) == (0, False)
    windows_recommend(hall, election, "2026-03-03T10:00", by_themselves=6, by_units=6)
    score_windows(hall, "2026-02", {n: str(99 - n) for n in range(12)})
    review_finished(hall, election, "2026-03-06T17:30")
    election.refresh_from_db()
    assert election.phase == "assessment"
    places = {window.pk: n for n, window in enumerate(hall.windows)}
    for user in (hall.inspector, hall.leader):
        panel_scores(election, user, "2026-03-10T10:00", lambda candidate: 98 - places[candidate.window_id])
    frozen(hall, election, "2026-03-12T18:00")
    assert (election.phase, election.result["ballots"]) == ("decision", 0)
    best = [candidate.key for candidate in sorted(election.candidates.all(), key=lambda row: places[row.window_id])]
    assert election.result["winners"] == best[:10]
    # 60 % of 98 and 40 % of 99, as a pocket calculator says.
    assert election.result["scores"][best[0]].rstrip("0") == "98.4"
    met(hall, election, "2026-03-13", best[:10])
    published(hall, election, "2026-03-16T09:00")
    assert {honour.window for honour in election.honours.all()} == set(hall.windows[:10])
    recounted(election, tmp_path / "record")


def test_ten_service_models_in_november_with_a_ballot(own_database, tmp_path):
    hall = make_founding_hall(12)
    award = awards.set_up_award(
        by=hall.officer, slug="service-model", name="服务标兵", period=Award.Period.ONCE, places=10, max_choices=10
    )
    election = planned_and_opened(
        hall,
        award,
        "2026-01-01",
        "2026-10-31",
        "2026-11-02T09:00",
        "2026-11-04T17:30",
        voting_opens="2026-11-05T09:00",
        voting_closes="2026-11-06T17:30",
    )
    with clock.at(at("2026-11-03T09:00")):
        for clerk in hall.clerks:
            nominations.recommend(election=election, kind="self", reason="群众满意", by=clerk)
    review_finished(hall, election, "2026-11-04T17:30")
    rounds.advance(at("2026-11-05T09:00"))
    keys = list(election.candidates.order_by("nomination").values_list("key", flat=True))
    voters = [*hall.clerks, *hall.heads, *hall.chiefs.values()]
    # The n-th voter leaves out two: the last two candidates are chosen least.
    vote_one_by_one(election, voters, "2026-11-05T10:00", lambda n: set(keys) - {keys[11], keys[10 if n % 3 else 9]})
    rounds.advance(at("2026-11-06T17:30"))
    election.refresh_from_db()
    without = len(range(0, len(voters), 3))
    assert election.result["ballots"] == len(voters)
    assert [election.result["counts"][key] for key in keys] == [*[len(voters)] * 9, len(voters) - without, without, 0]
    assert set(election.result["winners"]) == set(keys[:10])
    published(hall, election, "2026-11-09T09:00")
    assert {honour.person for honour in election.honours.all()} == {clerk.person for clerk in hall.clerks[:10]}
    recounted(election, tmp_path / "record")


def test_monthly_quality_windows_and_the_yearly_ones_from_them(own_database, tmp_path):
    hall = make_founding_hall(6)
    monthly = awards.set_up_award(
        by=hall.officer,
        slug="quality-window",
        name="月度优质服务窗口",
        subject=Award.Subject.WINDOW,
        places=2,
        quota_per_unit=3,
        max_choices=2,
    )
    for month in range(1, 13):
        held_month(hall, monthly, month, tmp_path)
    won = Honour.objects.filter(award=monthly).values_list("window", flat=True)
    assert len(won) == 24
    yearly = awards.set_up_award(
        by=hall.officer,
        slug="excellent-window",
        name="年度优秀窗口",
        subject=Award.Subject.WINDOW,
        period=Award.Period.YEAR,
        places=2,
        max_choices=2,
        quota_per_unit=0,
        self_allowed=False,
        colleague_allowed=False,
        pool_award=monthly,
        pool_wins=6,
    )
    election = planned_and_opened(
        hall,
        yearly,
        "2026-01-01",
        "2026-12-31",
        "2027-02-01T09:00",
        "2027-02-02T17:30",
        voting_opens="2027-02-03T09:00",
        voting_closes="2027-02-04T17:30",
    )
    # Windows 1 to 4 won six months each; nobody recommends, the honours do.
    assert {row.window for row in election.nominations.all()} == set(hall.windows[:4])
    review_finished(hall, election, "2027-02-02T17:30")
    rounds.advance(at("2027-02-03T09:00"))
    keys = {row.window_id: row.key for row in election.candidates.all()}
    first, second = (keys[window.pk] for window in hall.windows[:2])
    vote_one_by_one(election, hall.clerks, "2027-02-03T10:00", lambda n: {first, second} if n % 3 else {first})
    rounds.advance(at("2027-02-04T17:30"))
    election.refresh_from_db()
    assert election.result["winners"] == [first, second]
    published(hall, election, "2027-02-05T09:00")
    recounted(election, tmp_path / "yearly")


def held_month(hall, award, month: int, folder) -> Election:
    """One month: the vote in the month after, ballots one by one; windows 1 and 2, or 3 and 4, take the places."""
    year, after = (2026, month + 1) if month < 12 else (2027, 1)
    days = [f"{year}-{after:02d}-{day:02d}" for day in (11, 12, 13, 14)]
    first, last = f"2026-{month:02d}-01", f"2026-{month:02d}-28"
    election = planned_and_opened(
        hall,
        award,
        first,
        last,
        f"{days[0]}T09:00",
        f"{days[0]}T17:30",
        voting_opens=f"{days[1]}T09:00",
        voting_closes=f"{days[2]}T17:30",
    )
    windows_recommend(hall, election, f"{days[0]}T10:00", by_themselves=2, by_units=4)
    review_finished(hall, election, f"{days[0]}T17:30")
    rounds.advance(at(f"{days[1]}T09:00"))
    keys = {row.window_id: row.key for row in election.candidates.all()}
    best = [keys[window.pk] for window in (hall.windows[:2] if month % 2 else hall.windows[2:4])]
    vote_one_by_one(election, hall.clerks, f"{days[1]}T10:00", lambda n: best)
    rounds.advance(at(f"{days[2]}T17:30"))
    published(hall, election, f"{days[3]}T09:00")
    recounted(election, folder / f"month-{month}")
    return election
