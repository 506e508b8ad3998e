"""The pages of the assessment: one's own box, gathering and freezing, the lines of a result and who sees them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from evaluations.models import Election, PanelScore, RoundInput
from evaluations.services import assessment, results
from intranet import clock
from tests.evaluations.assessed import component, give, make_award_without_ballot, reviewed
from tests.evaluations.faces.page import read
from tests.evaluations.hall import DURING_VOTE, keys_of, place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def url(name, election) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


@pytest.fixture
def leader(hall):
    user = make_user(None, "centre_leader", name="主任钱")
    place(user, hall.unit)
    return user


@pytest.fixture
def election(hall, leader) -> Election:
    award = make_award_without_ballot(hall, places=1)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"], label="领导评分")
    component(award, "extra", "adjustment", order=2, label="加减分", most_bonus=5)
    return reviewed(hall, award)


@pytest.fixture(autouse=True)
def _during():
    with clock.at(DURING_VOTE):
        yield


def box(election, leader, *scores, deed="save") -> dict:
    keys = keys_of(election)
    typed = {f"score.{key}": score for key, score in zip(keys, scores, strict=True) if score != "x"}
    conflicts = {f"conflict.{key}": "1" for key, score in zip(keys, scores, strict=True) if score == "x"}
    return {"seat": str(election.seats.get(user=leader).pk), "deed": deed, **typed, **conflicts}


def test_a_panellist_saves_hands_in_takes_back(election, leader, as_user):
    client = as_user(leader)
    assert "Enter my scores" in read(client.get(url("round", election))).text
    page = url("my_scores", election)
    sent = read(client.post(page, box(election, leader, "90", "", "x"), follow=True))
    assert "Saved as a draft." in sent.text
    a, b, c = keys_of(election)
    assert sent.one("input", name=f"score.{a}").attributes["value"] == "90.00"
    assert sent.one("input", name=f"score.{b}").attributes["value"] == ""
    assert "checked" in sent.one("input", name=f"conflict.{c}").attributes
    refused = client.post(page, box(election, leader, "90", "", "x", deed="hand_in"))
    assert refused.status_code == 422
    assert "Still without a score:" in read(refused).text
    handed = read(client.post(page, box(election, leader, "90", "80.5", "x", deed="hand_in"), follow=True))
    assert "Handed in. Nobody sees your scores singly." in handed.text
    assert not handed.all("input", name=f"score.{a}")
    back = read(client.post(page, {"seat": str(election.seats.get().pk), "deed": "take_back"}, follow=True))
    assert back.one("input", name=f"score.{b}").attributes["value"] == "80.50"


def test_what_was_typed_stays_when_something_is_wrong(election, leader, as_user):
    response = as_user(leader).post(url("my_scores", election), box(election, leader, "ninety", "101", "70"))
    assert response.status_code == 422
    page = read(response)
    assert "Nothing is saved yet. Put right what is marked below." in page.text
    assert "Write a number from 0 to 100." in page.text
    assert [field.attributes["value"] for field in page.all("input", type="text", inputmode="decimal")].count(
        "70"
    ) == 1
    assert not PanelScore.objects.exists()
    response = as_user(leader).post(url("my_scores", election), box(election, leader, "90", "101", "70"))
    assert "must lie between 0 and 100" in read(response).text


def test_nobody_has_the_box_of_somebody_else(election, leader, hall, as_user):
    other = make_user(None, "centre_leader")
    for user in (other, hall.officer, hall.staff[0], hall.scrutineer):
        assert as_user(user).get(url("my_scores", election)).status_code == 404
        assert as_user(user).post(url("my_scores", election), box(election, leader, "1", "1", "1")).status_code == 404
    foreign = box(election, leader, "1", "1", "1") | {"seat": "987654"}
    assert as_user(leader).post(url("my_scores", election), foreign).status_code == 404
    assert not PanelScore.objects.exists()


def test_the_officer_sees_who_has_handed_in_and_never_what(election, leader, hall, as_user):
    client = as_user(hall.officer)
    before = read(client.get(url("assessment", election))).text
    assert "领导评分: scores not handed in yet (主任钱)" in before
    assert "not handed in" in before
    give(election, leader, "83.17", "61.29", "77.77")
    page = read(client.get(url("assessment", election)))
    assert "83.17" not in page.text
    assert "61.29" not in page.text
    assert "Handed in" in page.text
    assert page.one("form", action=url("assessment_freeze", election))


def test_bonuses_are_entered_and_removed(election, leader, hall, as_user):
    client, key = as_user(hall.officer), keys_of(election)[0]
    given = {"component": "extra", "key": key, "value": "2.5", "note": "群众送锦旗"}
    wrong = client.post(url("assessment_bring", election), given | {"value": "0"})
    assert wrong.status_code == 422
    assert "Enter points other than 0" in read(wrong).text
    page = read(client.post(url("assessment_bring", election), given, follow=True)).text
    assert "The points are entered." in page
    assert "群众送锦旗" in page
    entry = {"entry": str(RoundInput.objects.get().pk)}
    assert (
        "The entry is removed." in read(client.post(url("assessment_take_away", election), entry, follow=True)).text
    )
    assert not RoundInput.objects.exists()
    assert client.post(url("assessment_take_away", election), {"entry": "x"}).status_code == 404


def test_a_seat_is_withdrawn(election, leader, hall, as_user):
    client = as_user(hall.officer)
    seat = {"seat": str(election.seats.get().pk), "reason": "absent"}
    assert "The seat is withdrawn." in read(client.post(url("assessment_excuse", election), seat, follow=True)).text
    assert client.post(url("assessment_excuse", election), seat).status_code == 404


def test_a_seat_is_given_to_somebody_else(election, leader, hall, as_user):
    inspector = make_user(None, "inspection", name="督查郑")
    client = as_user(hall.officer)
    page = read(client.get(url("assessment", election)))
    assert "督查郑 (Inspection section)" in page.text
    assert page.one("form", action=url("assessment_seat", election))
    again = client.post(url("assessment_seat", election), {"component": "leaders", "user": str(leader.pk)})
    assert again.status_code == 422
    assert "This person has a seat already." in read(again).text
    given = {"component": "leaders", "user": str(inspector.pk)}
    assert "The seat is given." in read(client.post(url("assessment_seat", election), given, follow=True)).text
    assert election.seats.filter(user=inspector).exists()
    assert client.post(url("assessment_seat", election), {"component": "leaders", "user": "0"}).status_code == 422


def test_freezing_says_what_is_missing_and_then_shows_the_lines(election, leader, hall, as_user):
    client = as_user(hall.officer)
    said = read(client.post(url("assessment_freeze", election), follow=True)).text
    assert "The inputs cannot be frozen yet. Missing: 领导评分" in said
    assert client.get(url("explained", election)).status_code == 404
    give(election, leader, "90", "80", "70")
    assert "Freeze the inputs" in read(client.get(url("manage", election))).text
    frozen = read(client.post(url("assessment_freeze", election), follow=True))
    assert "Frozen inputs cannot be changed." in frozen.text
    assert not frozen.all("form", action=url("assessment_freeze", election))
    lines = read(client.get(url("explained", election))).text
    assert "90.0000" in lines
    assert "mean of 1 score" in lines
    assert "Start the public notice" in read(client.get(url("manage", election))).text


def test_from_the_notice_on_one_reads_one_s_own_lines_and_nobody_else_s(election, leader, hall, as_user):
    give(election, leader, "90", "80.25", "70.75")
    assessment.freeze(election=election, by=hall.officer)
    loser, page = as_user(hall.staff[1]), url("explained", election)
    assert loser.get(page).status_code == 404
    results.start_notice(election=election, by=hall.officer)
    own = read(loser.get(page))
    assert "80.2500" in own.text
    assert "90.0000" not in own.text
    assert "70.7500" not in own.text
    assert "How my result came about" in read(loser.get(url("round", election))).text
    for user in (hall.staff[5], leader):
        assert as_user(user).get(page).status_code == 404
        assert "How my result came about" not in read(as_user(user).get(url("round", election))).text
    everything = read(as_user(hall.scrutineer).get(page)).text
    assert all(total in everything for total in ("90.0000", "80.2500", "70.7500"))


def test_the_head_of_a_window_reads_its_lines(election, leader, hall, as_user):
    give(election, leader, "90", "80", "70")
    assessment.freeze(election=election, by=hall.officer)
    results.start_notice(election=election, by=hall.officer)
    first = keys_of(election)[0]
    election.candidates.filter(key=first).update(person=None, window=hall.window)
    assert as_user(hall.staff[4]).get(url("explained", election)).status_code == 404
    hall.window.leaderships.create(kind="window_head", person=hall.person(4), starts_on="2020-01-06")
    assert "90.0000" in read(as_user(hall.staff[4]).get(url("explained", election))).text


def test_an_officer_who_stands_looks_on(election, leader, hall, as_user):
    standing = make_user(None, "union_officer")
    place(standing, hall.unit)
    election.nominations.filter(person=hall.person(0)).update(person=standing.person)
    give(election, leader, "90", "80", "70")
    page = read(as_user(standing).get(url("assessment", election)))
    assert "You stand in this round yourself." in page.text
    assert not page.all("form", action=url("assessment_freeze", election))
    assert not page.all("form", action=url("assessment_bring", election))


def test_pages_are_whole_in_chinese_too(election, leader, hall, as_user):
    assert "填写的内容只有您本人可见" in read(as_user(leader, "zh-hans").get(url("my_scores", election))).text
    assert "综合评定" in read(as_user(hall.officer, "zh-hans").get(url("assessment", election))).text
    give(election, leader, "90", "80", "70")
    assessment.bring(
        election=election, component="extra", key=keys_of(election)[0], value=Decimal(9), note="锦旗", by=hall.officer
    )
    assessment.freeze(election=election, by=hall.officer)
    lines = read(as_user(hall.officer, "zh-hans").get(url("explained", election))).text
    assert "逐项得分说明" in lines
    assert "95.0000" in lines


def test_a_round_of_ballots_alone_has_no_assessment(hall, as_user):
    election = reviewed(hall, make_award_without_ballot(hall, meeting_decides=True))
    assert as_user(hall.officer).get(url("assessment", election)).status_code == 404
