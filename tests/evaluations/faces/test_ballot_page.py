from __future__ import annotations

import pytest
from django.urls import reverse

from evaluations.models import Ballot, Mark
from intranet import clock
from tests.evaluations.faces.page import read
from tests.evaluations.hall import (
    CLOSES,
    DURING_VOTE,
    ENDS,
    VOTES,
    close,
    entry,
    keys_of,
    make_award,
    opened,
    vote,
    voting_round,
)
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def ballot(election) -> str:
    return reverse("evaluations:vote", kwargs={"slug": election.slug})


def receipt_page(election) -> str:
    return reverse("evaluations:receipt", kwargs={"slug": election.slug})


def filled(page, *choices):
    """What a browser would send from the ballot."""
    return {"receipt": page.one("input", name="receipt").attributes["value"], "choice": list(choices)}


def test_the_form_keeps_its_contract(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        response = as_user(hall.staff[4]).get(ballot(election))
    assert response.status_code == 200
    form = read(response).one("form", id="ballot")
    assert form.attributes["method"] == "post"
    assert (form.attributes["data-min"], form.attributes["data-max"]) == ("1", "2")
    inputs = form.all("input", name="choice")
    assert {field.attributes["type"] for field in inputs} == {"checkbox"}
    assert {field.attributes["value"] for field in inputs} == set(keys_of(election))
    assert not any("checked" in field.attributes for field in inputs)
    assert form.one("input", name="csrfmiddlewaretoken")
    assert len(form.one("input", name="receipt").attributes["value"]) == 43
    assert "Chosen 0 / 2" in " ".join(form.text.split())


def test_one_place_is_a_radio(hall, as_user):
    election = voting_round(hall, make_award(hall, max_choices=1))
    with clock.at(DURING_VOTE):
        page = read(as_user(hall.staff[4]).get(ballot(election)))
    assert {field.attributes["type"] for field in page.all("input", name="choice")} == {"radio"}


def test_each_card_names_who_where_and_why(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        text = read(as_user(hall.staff[4]).get(ballot(election))).one("form", id="ballot").text
    for candidate in election.candidates.all():
        assert candidate.name in text
    assert hall.unit.name in text
    assert "群众满意" in text


def test_neither_ballot_nor_receipt_is_stored_anywhere(hall, as_user):
    election = voting_round(hall)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE):
        page = client.get(ballot(election))
        sent = client.post(ballot(election), filled(read(page), keys_of(election)[0]))
        shown = client.get(receipt_page(election))
    for response in (page, sent, shown):
        assert "no-store" in response["Cache-Control"]
    assert keys_of(election)[0] not in str(dict(client.session))
    assert keys_of(election)[0] not in sent["Location"]


def test_accepted_leads_to_the_receipt(hall, as_user):
    election = voting_round(hall)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE):
        sent = filled(read(client.get(ballot(election))), *keys_of(election)[:2])
        response = client.post(ballot(election), sent)
        assert response.status_code == 303
        assert response["Location"] == receipt_page(election)
        first, again = read(client.get(receipt_page(election))), read(client.get(receipt_page(election)))
    assert first.one("code", id="receipt").text == again.one("code", id="receipt").text == sent["receipt"]
    assert "Voted" in first.text
    assert Mark.objects.get(election=election).entry == entry(election, hall.staff[4])
    assert Ballot.objects.filter(election=election).count() == 1


def test_a_ballot_sent_without_a_receipt_is_given_one(hall, as_user):
    """The door names only the choices; who sends no more has voted too, once."""
    election = voting_round(hall)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE):
        sent = client.post(ballot(election), {"choice": keys_of(election)[:1]})
        given = read(client.get(receipt_page(election))).one("code", id="receipt").text
        again = client.post(ballot(election), {"choice": keys_of(election)[:1]})
    assert (sent.status_code, len(given), again.status_code) == (303, 43, 409)
    assert Mark.objects.get().receipt == given
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("same_receipt", [True, False], ids=["lost answer", "second tab"])
def test_the_second_time_is_told_so(hall, as_user, same_receipt):
    election = voting_round(hall)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE):
        first = filled(read(client.get(ballot(election))), keys_of(election)[0])
        second = first if same_receipt else filled(read(client.get(ballot(election))), keys_of(election)[1])
        client.post(ballot(election), first)
        response = client.post(ballot(election), second)
    assert response.status_code == 409
    page = read(response)
    assert "Your ballot is already recorded. It was not changed." in page.text
    assert page.one("code", id="receipt").text == first["receipt"]
    assert not page.all("form", id="ballot")
    assert Ballot.objects.filter(election=election).count() == 1


def test_coming_back_after_voting_shows_the_receipt(hall, as_user):
    election = voting_round(hall)
    receipt = vote(election, hall.staff[4], keys_of(election)[0])
    with clock.at(DURING_VOTE):
        response = as_user(hall.staff[4]).get(ballot(election))
    assert response.status_code == 200
    assert read(response).one("code", id="receipt").text == receipt


def test_too_many_are_refused_without_javascript(hall, as_user):
    election = voting_round(hall)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE):
        response = client.post(ballot(election), filled(read(client.get(ballot(election))), *keys_of(election)))
    assert response.status_code == 422
    page = read(response)
    assert "Choose at most 2 candidates. Nothing was recorded." in page.text
    kept = {field.attributes["value"] for field in page.all("input", name="choice") if "checked" in field.attributes}
    assert kept == set(keys_of(election))
    assert not Mark.objects.filter(election=election).exists()


def test_none_is_refused(hall, as_user):
    election = voting_round(hall)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE):
        response = client.post(ballot(election), filled(read(client.get(ballot(election)))))
    assert response.status_code == 422
    assert "Choose at least 1 candidates. Nothing was recorded." in read(response).text


def test_not_on_the_roll(hall, as_user):
    election = voting_round(hall)
    client = as_user(make_user())
    with clock.at(DURING_VOTE):
        shown = client.get(ballot(election))
        sent = client.post(ballot(election), {"receipt": "a" * 43, "choice": keys_of(election)[:1]})
        no_receipt = client.get(receipt_page(election))
    assert shown.status_code == 200
    assert "You are not on the roll of this round" in read(shown).text
    assert not read(shown).all("form", id="ballot")
    assert sent.status_code == 403
    assert no_receipt.status_code == 302


def test_before_voting_it_says_when(hall, as_user):
    election = opened(hall)
    with clock.at(CLOSES):
        page = read(as_user(hall.staff[0]).get(ballot(election)))
    assert "Voting opens 5 November 2026, 09:00 and closes 6 November 2026, 17:30." in page.text
    assert not page.all("form", id="ballot")


def test_after_closing_it_says_when(hall, as_user):
    election = voting_round(hall)
    with clock.at(ENDS):
        client = as_user(hall.staff[0])
        page = read(client.get(ballot(election)))
        sent = client.post(ballot(election), {"receipt": "a" * 43, "choice": keys_of(election)[:1]})
    assert "Voting closed 6 November 2026, 17:30. No ballot of yours was recorded." in page.text
    assert sent.status_code == 422
    assert "Voting in this round is over. Nothing was recorded." in read(sent).text


def test_a_late_review_is_explained(hall, as_user):
    election = opened(hall)
    from evaluations.services import rounds

    rounds.advance(VOTES)
    with clock.at(VOTES):
        text = read(as_user(hall.staff[0]).get(ballot(election))).text
    assert "The review of the recommendations takes longer than planned." in text


def test_the_receipt_stays_after_sealing(hall, as_user):
    election = voting_round(hall)
    receipt = vote(election, hall.staff[4], keys_of(election)[0])
    close(election)
    assert read(as_user(hall.staff[4]).get(receipt_page(election))).one("code", id="receipt").text == receipt


def test_the_order_is_the_voters_own(hall, as_user):
    election = voting_round(hall, candidates=6)

    def order(user):
        page = read(as_user(user).get(ballot(election)))
        return tuple(field.attributes["value"] for field in page.all("input", name="choice"))

    with clock.at(DURING_VOTE):
        orders = {order(user) for user in hall.staff}
        assert order(hall.staff[0]) == order(hall.staff[0])
    assert len(orders) > 1
    assert all(sorted(given) == sorted(keys_of(election)) for given in orders)


def test_the_promise_names_backups_logs_and_administrators(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        promise = read(as_user(hall.staff[4]).get(ballot(election))).one("details", **{"class": "secrecy"}).text
    for word in ("Before sealing", "After sealing", "Backups", "WAL", "administers the database"):
        assert word in promise


def test_a_round_in_preparation_is_missing(hall, as_user):
    from tests.evaluations.hall import plan

    election = plan(hall)
    foreign = as_user(hall.staff[0]).get(ballot(election))
    missing = as_user(hall.staff[0]).get(reverse("evaluations:vote", kwargs={"slug": "no-such-round"}))
    assert foreign.status_code == missing.status_code == 404


def test_strangers_sign_in_and_come_back(hall, client):
    election = voting_round(hall)
    response = client.get(ballot(election))
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={ballot(election)}")


def test_the_ballot_page_asks_little(hall, as_user, django_assert_max_num_queries):
    election = voting_round(hall, candidates=6)
    client = as_user(hall.staff[4])
    with clock.at(DURING_VOTE), django_assert_max_num_queries(12):
        client.get(ballot(election))
