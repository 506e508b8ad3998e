from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from evaluations.models import Award, Nomination
from evaluations.services import filing, nominations, rounds
from intranet import clock
from intranet.people.models import Leadership
from tests.evaluations.faces.page import read
from tests.evaluations.hall import CLOSES, OPENS, lead, make_award, opened, place, plan
from tests.evaluations.scans import pdf
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def page_of(election) -> str:
    return reverse("evaluations:recommend", kwargs={"slug": election.slug})


def self_page(election) -> str:
    return reverse("evaluations:recommend_self", kwargs={"slug": election.slug})


def state_page(election, kind, subject) -> str:
    return reverse("evaluations:recommend_state", kwargs={"slug": election.slug, "kind": kind, "pk": subject.pk})


def choose_page(election, kind="colleague") -> str:
    return reverse("evaluations:recommend_choose", kwargs={"slug": election.slug, "kind": kind})


def answer(nomination, deed) -> str:
    return reverse("evaluations:nomination_answer", kwargs={"pk": nomination.pk, "deed": deed})


def by_colleague(election, hall) -> Nomination:
    with clock.at(OPENS):
        return nominations.recommend(
            election=election, kind="colleague", person=hall.person(1), reason="乐于助人", by=hall.staff[0]
        )


def test_a_form_filed_by_an_officer_is_the_unit_s_and_silence_is_no_refusal(hall, as_user, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    election = opened(hall)
    client, officer = as_user(hall.staff[0]), hall.officer.get_full_name()
    named = {"unit": hall.unit, "person": hall.person(0), "reason": "好", "upload": pdf()}
    with clock.at(OPENS):
        filing.file_recommendation(election=election, by=hall.officer, **named)
        for page in (page_of(election), "/desk/"):
            said = read(client.get(page)).text
            assert f"{hall.unit.name} recommends you" in said
            assert officer not in said
        given = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[1])
        nominations.approve(nomination=given, by=hall.officer)
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        rounds.finish_review(election=election, by=hall.officer)
        said = read(client.get(page_of(election))).text
    assert "not answered in time" in said
    assert "declined" not in said


def test_recommending_oneself(hall, as_user):
    election = opened(hall)
    client = as_user(hall.staff[0])
    with clock.at(OPENS):
        assert "Recommend myself" in read(client.get(page_of(election))).text
        response = client.post(self_page(election), {"reason": "办件四百件"}, follow=True)
    made = Nomination.objects.get(election=election)
    assert (made.kind, made.person, made.state, made.reason) == ("self", hall.person(0), "accepted", "办件四百件")
    text = read(response).text
    assert "Sent. The review follows when recommendation closes." in text
    assert "You are already recommended in this round." in text


def test_a_reason_is_asked_for(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        response = as_user(hall.staff[0]).post(self_page(election), {"reason": "  "})
    assert response.status_code == 422
    assert "Write why, in a few sentences." in read(response).text
    assert not Nomination.objects.exists()


def test_who_cannot_be_recommended_reads_why(hall, as_user):
    election = opened(hall)
    clerk = make_user()
    place(clerk, hall.unit)
    with clock.at(OPENS):
        own = read(as_user(clerk).get(page_of(election))).text
        other = read(as_user(hall.staff[0]).get(state_page(election, "colleague", clerk.person)))
    assert "Only staff who sit at a window may be recommended." in own
    assert "Only staff who sit at a window may be recommended." in other.text
    assert not other.all("textarea")


def test_an_account_without_a_register_entry(hall, as_user):
    election = opened(hall)
    client = as_user(make_user(None, "system_admin", person=False))
    with clock.at(OPENS):
        assert "Your account has no entry in the staff register" in read(client.get(page_of(election))).text
        assert client.get(self_page(election)).status_code == 403


def test_finding_a_colleague_by_number_and_recommending(hall, as_user):
    election = opened(hall)
    client = as_user(hall.staff[0])
    person = hall.person(1)
    with clock.at(OPENS):
        assert not read(client.get(choose_page(election))).all("ul", **{"class": "pick-list"})
        found = read(client.get(choose_page(election), {"q": person.staff_number})).one(
            "ul", **{"class": "pick-list"}
        )
        links = [link.attributes["href"] for link in found.all("a")]
        assert links == [state_page(election, "colleague", person)]
        response = client.post(links[0], {"reason": "耐心"}, follow=True)
    assert Nomination.objects.get(election=election).state == "proposed"
    assert "Sent. It counts once the person named accepts." in read(response).text


def test_searching_asks_the_same_for_more_people(
    hall, as_user, django_assert_num_queries, django_assert_max_num_queries
):
    election = opened(hall)
    client = as_user(hall.staff[0])
    with clock.at(OPENS):
        client.get(choose_page(election), {"q": "测试"})
        with django_assert_max_num_queries(13) as few:
            client.get(choose_page(election), {"q": "测试"})
        for _ in range(8):
            place(make_user(), hall.unit, hall.window)
        with django_assert_num_queries(len(few.captured_queries)):
            client.get(choose_page(election), {"q": "测试"})


def test_the_chief_representative_sees_the_quota_and_uses_it(hall, as_user):
    lead(hall.staff[0], hall.unit)
    election = opened(hall)
    client = as_user(hall.staff[0])
    with clock.at(OPENS):
        assert "1 recommendation left" in read(client.get(page_of(election))).text
        listed = read(client.get(choose_page(election, "unit"))).one("ul", **{"class": "pick-list"})
        assert len(listed.all("li")) == len(hall.staff)
        sent = {"reason": "业务骨干", "unit": hall.unit.pk}
        client.post(state_page(election, "unit", hall.person(2)), sent)
        assert "0 recommendations left" in read(client.get(page_of(election))).text
        refused = client.post(state_page(election, "unit", hall.person(3)), sent)
    assert refused.status_code == 422
    assert "has used its 1 recommendations." in read(refused).text
    assert Nomination.objects.get(election=election).unit == hall.unit


def test_others_cannot_recommend_for_a_unit(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        response = as_user(hall.staff[1]).post(
            state_page(election, "unit", hall.person(2)), {"reason": "好", "unit": hall.unit.pk}
        )
    assert response.status_code == 403
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(("deed", "state"), [("accept", "accepted"), ("decline", "declined")])
def test_whoever_is_named_answers(hall, as_user, deed, state):
    election = opened(hall)
    nomination = by_colleague(election, hall)
    client = as_user(hall.staff[1])
    with clock.at(OPENS):
        page = read(client.get(page_of(election)))
        assert f"{hall.staff[0].name} recommends you" in page.text
        assert "乐于助人" in page.text
        response = client.post(answer(nomination, deed))
    assert response.status_code == 302
    nomination.refresh_from_db()
    assert nomination.state == state


def test_foreign_recommendations_are_missing(hall, as_user):
    election = opened(hall)
    nomination = by_colleague(election, hall)
    with clock.at(OPENS):
        for deed in ("accept", "decline", "withdraw"):
            assert as_user(hall.staff[2]).post(answer(nomination, deed)).status_code == 404
        text = read(as_user(hall.staff[2]).get(page_of(election))).text
    assert "乐于助人" not in text
    nomination.refresh_from_db()
    assert nomination.state == "proposed"


def test_an_officer_cannot_answer_for_the_person_named(hall, as_user):
    election = opened(hall)
    nomination = by_colleague(election, hall)
    with clock.at(OPENS):
        response = as_user(hall.officer).post(answer(nomination, "accept"))
    # Whom it does not concern finds nothing to answer there.
    assert response.status_code == 404
    nomination.refresh_from_db()
    assert nomination.state == "proposed"


def test_withdrawing(hall, as_user):
    election = opened(hall)
    nomination = by_colleague(election, hall)
    with clock.at(OPENS):
        client = as_user(hall.staff[0])
        forms = read(client.get(page_of(election))).all("form", action=answer(nomination, "withdraw"))
        assert len(forms) == 1
        client.post(answer(nomination, "withdraw"))
        assert not read(client.get(page_of(election))).all("form", action=answer(nomination, "withdraw"))
    nomination.refresh_from_db()
    assert nomination.state == "withdrawn"


def test_answers_are_posts(hall, as_user):
    nomination = by_colleague(opened(hall), hall)
    assert as_user(hall.staff[1]).get(answer(nomination, "accept")).status_code == 405


def test_closed_and_not_yet_open_say_when(hall, as_user):
    election = plan(hall)
    text = read(as_user(hall.officer).get(page_of(election))).text
    assert "Recommendation opens 2 November 2026, 09:00." in text
    election = opened(hall)
    from evaluations.services import rounds

    rounds.advance(CLOSES)
    with clock.at(CLOSES + dt.timedelta(hours=1)):
        client = as_user(hall.staff[0])
        assert "Recommendation closed 4 November 2026, 17:30." in read(client.get(page_of(election))).text
        assert client.get(self_page(election)).status_code == 404


def test_a_head_recommends_the_window_and_answers_for_it(hall, as_user):
    award = make_award(hall, subject=Award.Subject.WINDOW)
    head = hall.staff[0]
    Leadership.objects.create(
        kind="window_head", person=head.person, window=hall.window, starts_on=dt.date(2020, 1, 6)
    )
    election = opened(hall, award)
    outsider = make_user()
    place(outsider, hall.unit)
    with clock.at(OPENS):
        own = state_page(election, "self", hall.window)
        assert read(as_user(head).get(page_of(election))).one("a", href=own)
        assert not read(as_user(hall.staff[1]).get(page_of(election))).all("a", href=own)
        nomination = nominations.recommend(
            election=election, kind="colleague", window=hall.window, reason="窗口整洁", by=outsider
        )
        assert "recommends your window" in read(as_user(head).get(page_of(election))).text
        as_user(head).post(answer(nomination, "accept"))
    nomination.refresh_from_db()
    assert nomination.state == "accepted"
    with clock.at(OPENS):
        assert as_user(hall.staff[1]).post(answer(nomination, "decline")).status_code == 404


def test_the_page_asks_the_same_with_more_recommendations(
    hall, as_user, django_assert_num_queries, django_assert_max_num_queries
):
    election = opened(hall)
    client = as_user(hall.staff[0])
    with clock.at(OPENS):
        by_colleague(election, hall)
        client.get(page_of(election))
        with django_assert_max_num_queries(18) as few:
            client.get(page_of(election))
        for n in (2, 3, 4):
            nominations.recommend(
                election=election, kind="colleague", person=hall.person(n), reason="好", by=hall.staff[0]
            )
        with django_assert_num_queries(len(few.captured_queries)):
            client.get(page_of(election))
