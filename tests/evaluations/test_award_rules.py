"""What an award must not be: each fault said in a sentence, nothing kept of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.exceptions import RoundError
from evaluations.models import Award
from evaluations.models.awards import GRADE_POINTS
from evaluations.services import awards

from .hall import make_award, make_hall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def hall():
    return make_hall(1)


def box(electorate: str, weight: int, **fields) -> dict:
    return {"key": electorate, "label": electorate, "electorate": electorate, "weight": Decimal(weight)} | fields


def part(kind: str, weight: int, **fields) -> dict:
    return {"key": kind, "kind": kind, "label": kind, "weight": Decimal(weight)} | fields


BALLOTS = part("ballots", 60)
PANEL = part("panel", 40, panel_roles=["centre_leader"])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ballot_kind": "none"}, "Without a ballot something else must decide"),
        (
            {"ballot_kind": "none", "meeting_decides": True, "least_return": Decimal(50)},
            "Without a ballot nothing is handed out",
        ),
        ({"ballot_kind": "none", "meeting_decides": True, "paper_allowed": True}, "Without a ballot nothing"),
        ({"list_kind": "equal_number", "max_choices": 1}, "With as many candidates as places"),
        (
            {"ballot_kind": "grade", "grade_points": dict.fromkeys(GRADE_POINTS, "")},
            "at least one grade needs points",
        ),
        ({"ballot_kind": "grade", "grade_points": GRADE_POINTS | {"unknown": "101"}}, "from 0 to 100"),
        ({"ballot_kind": "grade", "grade_points": GRADE_POINTS | {"unknown": "NaN"}}, "from 0 to 100"),
        ({"ballot_kind": "grade", "grade_points": {"satisfied": "1"}}, "from 0 to 100"),
        ({"employment_kinds": ["robot"]}, "One of the employment kinds is not known."),
        ({"vetoes": ["bad mood"]}, "One of the vetoes is not known."),
        ({"least_figure_number": Decimal(3)}, "Give both or neither."),
        ({"least_figure": "gone.figure", "least_figure_number": Decimal(3)}, "“gone.figure” is not known here"),
        ({"tie_figure": "gone.figure"}, "“gone.figure” is not known here"),
        ({"order_decides": False}, "Tick that a meeting confirms the list."),
        ({"open_workday": 0}, "It cannot be 0."),
        ({"opens_by_itself": True, "period": "once"}, "Plan its round by hand."),
        ({"boxes": [box("window_staff", 60), box("centre_leader", 30)]}, "add up to 90, not to 100"),
        ({"boxes": [box("window_staff", 50), box("window_staff", 50, key="b")]}, "the same voters"),
        ({"boxes": [box("everyone", 50), box("centre_leader", 50)]}, "must be the last"),
        ({"boxes": [box("window_staff", 100), box("centre_leader", 0)]}, "counts for nothing"),
        ({"components": [BALLOTS]}, "parts of the score add up to 60, not to 100"),
        ({"components": [part("scores", 100)]}, "the ballots need a line"),
        ({"components": [BALLOTS, part("ballots", 40, key="b")]}, "Keep one of the lines."),
        ({"components": [BALLOTS, part("panel", 40)]}, "Say who scores"),
        ({"components": [BALLOTS, part("panel", 40, panel_roles=["king"])]}, "is not known here. Choose"),
        ({"components": [BALLOTS, part("figure", 40)]}, "Say which figure"),
        ({"components": [BALLOTS, part("figure", 40, figure="gone.figure")]}, "“gone.figure” is not known here"),
        (
            {"components": [BALLOTS, part("figure", 40, figure="figures.complaints")]},
            "Of the figure in “figure” less is better.",
        ),
        (
            {"components": [BALLOTS, PANEL, part("adjustment", 0, lower_is_better=True)]},
            "What “adjustment” adds is added as it is",
        ),
        ({"components": [BALLOTS, PANEL, part("adjustment", 10)]}, "has no weight"),
        ({"components": [BALLOTS, part("scores", 40, key="ballots")]}, "the same short name"),
        ({"components": [part("ballots", 160), part("scores", -60)]}, "weight in percent"),
        ({"ballot_kind": "none", "components": [BALLOTS, PANEL]}, "ballots cannot count"),
        ({"ballot_kind": "none", "components": [part("adjustment", 0)]}, "Add a part with weight."),
        (
            {
                "ballot_kind": "none",
                "components": [part("scores", 100)],
                "boxes": [box("everyone", 100)],
            },
            "Without a ballot there are no ballot boxes.",
        ),
    ],
)
def test_awards_that_do_not_fit_together(hall, fields, sentence):
    with pytest.raises(RoundError) as refused:
        make_award(hall, **fields)
    assert sentence in str(refused.value)
    assert not Award.objects.exists()
    award = make_award(hall)
    with pytest.raises(RoundError) as refused:
        awards.change_award(award=award, by=hall.officer, **fields)
    assert sentence in str(refused.value)
    assert not award.boxes.exists()
    assert not award.components.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"boxes": [box("centre_leader", 40), box("everyone", 60)]},
        {"components": [BALLOTS, PANEL, part("adjustment", 0)]},
        {"components": [part("ballots", 0), part("scores", 100)]},
        {"components": [BALLOTS, part("figure", 40, figure="figures.complaints", lower_is_better=True)]},
        {
            "components": [
                BALLOTS,
                PANEL,
                part("adjustment", 0, figure="figures.complaints", lower_is_better=True),
                part("adjustment", 0, figure="figures.points", key="points"),
            ]
        },
        {"ballot_kind": "none", "components": [part("scores", 60), PANEL]},
        {"ballot_kind": "none", "meeting_decides": True},
        {"ballot_kind": "grade", "grade_points": GRADE_POINTS | {"mostly_satisfied": "80.5"}},
        {"list_kind": "equal_number"},
        {"order_decides": False, "meeting_decides": True},
    ],
)
def test_awards_that_do(hall, fields):
    made = make_award(hall, **fields)
    assert made.boxes.count() == len(fields.get("boxes", ()))
    assert made.components.count() == len(fields.get("components", ()))


def test_rows_are_replaced_as_a_whole(hall):
    award = make_award(hall, boxes=[box("centre_leader", 40), box("everyone", 60)], components=[BALLOTS, PANEL])
    awards.set_boxes(award=award, boxes=[box("window_staff", 30), box("everyone", 70)], by=hall.officer)
    awards.set_components(award=award, components=[part("ballots", 50), part("scores", 50)], by=hall.officer)
    assert list(award.boxes.values_list("key", "order")) == [("window_staff", 1), ("everyone", 2)]
    assert [row["key"] for row in Award.objects.get(pk=award.pk).rules()["components"]] == ["ballots", "scores"]
    awards.change_award(award=award, by=hall.officer, places=4)
    assert award.boxes.count() == 2


def test_pools(hall):
    pool = make_award(hall)
    nobody = {"quota_per_unit": 0, "self_allowed": False, "colleague_allowed": False}
    for fields, sentence in [
        ({"pool_award": pool}, "so nobody recommends"),
        ({"pool_award": pool, "subject": "window", **nobody}, "Both awards must honour the same"),
    ]:
        with pytest.raises(RoundError, match=sentence):
            make_award(hall, **fields)
    award = make_award(hall, pool_award=pool, **nobody)
    with pytest.raises(RoundError, match="its own honours"):
        awards.change_award(award=award, by=hall.officer, pool_award=award)


def test_since_when_it_opens_by_itself(hall):
    award = make_award(hall)
    assert award.opens_since is None
    award = awards.change_award(award=award, by=hall.officer, opens_by_itself=True)
    assert award.opens_since is not None
    assert awards.change_award(award=award, by=hall.officer, opens_by_itself=False).opens_since is None
