from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import zipfile

import docx
import pytest
from django.urls import reverse

from evaluations.models import Award, Election, Nomination
from evaluations.services import nominations, results, rounds
from intranet import clock
from tests.evaluations.faces.page import read
from tests.evaluations.hall import (
    BEFORE,
    CLOSES,
    DURING_VOTE,
    ENDS,
    OPENS,
    close,
    keys_of,
    make_award,
    make_hall,
    on_notice,
    opened,
    plan,
    vote,
    voting_round,
)
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db

AFTER = ENDS + dt.timedelta(hours=1)
OFFICE_PAGES = ("manage", "review", "qr", "dates", "call_off", "settle_tie")
ACTS = ("open", "finish_review", "start_notice")


def address(name: str, election: Election) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


def next_step(page):
    (panel,) = page.all("section", **{"class": "panel next-step"})
    return panel


def tied_round(hall):
    """Two votes for each of three, two places: everything is tied."""
    election = voting_round(hall)
    first, second, third = keys_of(election)
    for user, choices in zip(hall.staff, [(first, second), (second, third), (first, third)], strict=False):
        vote(election, user, *choices)
    return close(election)


@pytest.mark.parametrize("name", [*OFFICE_PAGES, "roll", "scrutiny"])
def test_staff_are_refused(hall, as_user, name):
    election = voting_round(hall)
    assert as_user(hall.staff[0]).get(address(name, election)).status_code == 403


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", ["staff", "scrutineer", "auditor", "centre_leader", "hr_admin"])
def test_only_officers_act(hall, as_user, name, role):
    election = plan(hall)
    response = as_user(make_user(None, role)).post(address(name, election))
    assert response.status_code == 403
    election.refresh_from_db()
    assert election.phase == "preparation"


@pytest.mark.parametrize("name", ["manage", "review", "qr"])
@pytest.mark.parametrize("role", ["scrutineer", "auditor", "inspection"])
def test_overseers_have_no_office(hall, as_user, name, role):
    election = voting_round(hall)
    assert as_user(make_user(None, role)).get(address(name, election)).status_code == 403


@pytest.mark.parametrize("name", [*ACTS, "recount"])
def test_acts_are_posts(hall, as_user, name):
    assert as_user(hall.officer).get(address(name, plan(hall))).status_code == 405


def test_a_missing_round_is_404(hall, as_user):
    for name in ("manage", "review", "roll", "scrutiny", "qr"):
        path = reverse(f"evaluations:{name}", kwargs={"slug": "no-such-round"})
        assert as_user(hall.officer).get(path).status_code == 404


def test_opening_with_one_button(hall, as_user):
    election = plan(hall)
    client = as_user(hall.officer)
    with clock.at(OPENS):
        panel = next_step(read(client.get(address("manage", election))))
        (button,) = panel.all("button")
        assert button.text == "Open the round"
        assert "Recommendation should have begun." in panel.text
        response = client.post(panel.one("form").attributes["action"], follow=True)
    assert "The round is open: rules and roll are frozen." in read(response).text
    election.refresh_from_db()
    assert election.phase == "recommendation"
    assert not next_step(read(response)).all("button")


def test_a_refused_step_says_why(hall, as_user):
    election = opened(hall)
    response = as_user(hall.officer).post(address("open", election), follow=True)
    assert "This round is already open." in read(response).text


def test_reviewing_admits_and_refuses(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        first, second = (
            nominations.recommend(election=election, kind="self", reason=f"理由{n}", by=hall.staff[n]) for n in (0, 1)
        )
    rounds.advance(CLOSES)
    client = as_user(hall.officer)
    with clock.at(CLOSES):
        page = read(client.get(address("review", election)))
        assert "理由0" in page.text
        assert "理由1" in page.text
        decide = {
            deed: reverse("evaluations:nomination_decide", kwargs={"pk": nomination.pk, "deed": deed})
            for nomination, deed in ((first, "approve"), (second, "reject"))
        }
        assert next_step(read(client.get(address("manage", election)))).one("a").text == "Review 2 recommendations"
        client.post(decide["approve"])
        no_reason = client.post(decide["reject"], {"reason": " "}, follow=True)
        assert "Say why it is not admitted." in read(no_reason).text
        client.post(decide["reject"], {"reason": "材料不全"})
        ready = read(client.get(address("review", election)))
        assert "Take the admission back" in ready.text
        assert next_step(ready).one("button").text == "Finish the review"
        client.post(address("finish_review", election))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.review_reason) == ("approved", "rejected", "材料不全")
    election.refresh_from_db()
    assert election.reviewed_at == CLOSES
    assert "Take the admission back" not in read(client.get(address("review", election))).text
    own = read(as_user(hall.staff[1]).get(address("recommend", election))).text
    assert "材料不全" in own


def test_the_form_of_a_recommendation_is_one_press_away(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        for n in (0, 1):
            nominations.recommend(election=election, kind="self", reason=f"理由{n}", by=hall.staff[n])
    rounds.advance(CLOSES)
    client = as_user(hall.officer)
    with clock.at(CLOSES):
        page = read(client.get(address("review", election)))
        take = reverse("papers:take", kwargs={"key": "evaluations.recommendation"})
        forms = page.all("form", action=take)
        named = [form.one("input", name="about").attributes["value"] for form in forms]
        assert named == [str(pk) for pk in election.nominations.order_by("pk").values_list("pk", flat=True)]
        paper = client.post(take, {"about": named[1]})
    document = docx.Document(io.BytesIO(paper.content))
    told = "".join(cell.text for row in document.tables[0].rows for cell in row.cells)
    assert "理由1" in told
    assert "理由0" not in told


def test_without_candidates_the_review_is_blocked(hall, as_user):
    election = opened(hall)
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        panel = next_step(read(as_user(hall.officer).get(address("manage", election))))
    assert "A ballot needs at least 1 candidates, and there are 0." in panel.text
    assert not panel.all("button")


def test_staff_cannot_decide(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        nomination = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[0])
    for deed in ("approve", "reject"):
        path = reverse("evaluations:nomination_decide", kwargs={"pk": nomination.pk, "deed": deed})
        assert as_user(hall.staff[0]).post(path, {"reason": "x"}).status_code == 403
    assert Nomination.objects.get(pk=nomination.pk).state == "accepted"


def test_an_officer_who_stands_is_told_and_has_no_button(hall, as_user):
    officer = make_user(None, "union_officer")
    from tests.evaluations.hall import place

    place(officer, hall.unit, hall.window)
    election = opened(hall)
    with clock.at(OPENS):
        nominations.recommend(election=election, kind="self", reason="自荐", by=officer)
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        page = read(as_user(officer).get(address("manage", election)))
        review = read(as_user(officer).get(address("review", election)))
    assert "You stand in this round yourself." in page.text
    assert not next_step(page).all("a")
    assert "Admit as a candidate" not in review.text


def test_the_result_and_the_notice(hall, as_user):
    election = voting_round(hall)
    first, second, _third = keys_of(election)
    vote(election, hall.staff[0], first, second)
    close(election)
    client = as_user(hall.officer)
    with clock.at(AFTER):
        page = read(client.get(address("manage", election)))
        assert "fewer than ten people could vote" in page.text
        assert "Votes" not in page.text
        assert next_step(page).one("button").text == "Start the public notice"
        client.post(address("start_notice", election))
    election.refresh_from_db()
    assert election.phase == "public_notice"
    text = read(client.get(address("manage", election))).text
    assert "The notice runs until the end of 12 November 2026" in text


def test_a_tie_is_settled_with_its_reason(hall, as_user):
    election = tied_round(hall)
    client = as_user(hall.officer)
    with clock.at(AFTER):
        panel = next_step(read(client.get(address("manage", election))))
        assert panel.one("a").attributes["href"] == address("settle_tie", election)
        form = read(client.get(address("settle_tie", election)))
        assert {field.attributes["value"] for field in form.all("input", name="chosen")} == set(keys_of(election))
        assert {mark.attributes["lang"] for mark in form.one("main").one("form").all("span", translate="no")} == {
            "zh-Hans"
        }
        chosen = keys_of(election)[1:]
        too_few = client.post(address("settle_tie", election), {"chosen": chosen[:1], "reason": "抽签"})
        assert too_few.status_code == 422
        assert "Choose exactly 2 of those with equal votes." in read(too_few).text
        client.post(address("settle_tie", election), {"chosen": chosen, "reason": "当场抽签"})
    election.refresh_from_db()
    assert election.decision["winners"] == sorted(chosen)
    assert election.decision["reason"] == "当场抽签"
    assert client.get(address("settle_tie", election)).status_code == 404


def test_calling_off_needs_a_reason(hall, as_user):
    election = opened(hall)
    client = as_user(hall.officer)
    with clock.at(OPENS):
        assert client.post(address("call_off", election), {"reason": ""}).status_code == 422
        assert "Cancel this round" in read(client.get(address("call_off", election))).text
        client.post(address("call_off", election), {"reason": "本月暂停"})
    election.refresh_from_db()
    assert (election.phase, election.ended_reason) == ("cancelled", "本月暂停")
    assert client.get(address("call_off", election)).status_code == 404


def test_whoever_was_on_the_roll_reads_why_a_round_was_called_off(hall, as_user):
    """The form promises that everyone can; the calendar's entry leads here too."""
    election = voting_round(hall)
    vote(election, hall.staff[0], keys_of(election)[0])
    with clock.at(DURING_VOTE):
        as_user(hall.officer).post(address("call_off", election), {"reason": "名单有误"})
        assert "名单有误" in read(as_user(hall.staff[3]).get(address("round", election))).text
        page = read(as_user(hall.staff[3]).get(address("vote", election)))
        assert "Voting is closed" in page.text
        assert "Cancelled: 名单有误" in " ".join(page.text.split())
        assert "No ballot of yours" not in page.text
        assert as_user(hall.staff[0]).get(address("receipt", election)).status_code == 200
    never_opened = plan(hall)
    with clock.at(OPENS):
        as_user(hall.officer).post(address("call_off", never_opened), {"reason": "计划有变"})
    assert as_user(hall.staff[3]).get(address("round", never_opened)).status_code == 404


def test_after_sealing_it_is_annulled_instead(hall, as_user):
    election = tied_round(hall)
    client = as_user(hall.officer)
    assert "Annul this round" in read(client.get(address("call_off", election))).text
    client.post(address("call_off", election), {"reason": "程序有误"})
    election.refresh_from_db()
    assert election.phase == "annulled"


def test_changing_dates_before_opening_only(hall, as_user):
    election = plan(hall)
    client = as_user(hall.officer)
    sent = {
        "recommendation_opens": "2026-11-02T09:00",
        "recommendation_closes": "2026-11-04T17:30",
        "voting_opens": "2026-11-05T09:00",
        "voting_closes": "2026-11-09T12:00",
    }
    with clock.at(BEFORE):
        backwards = client.post(address("dates", election), sent | {"voting_closes": "2026-11-04T12:00"})
        assert backwards.status_code == 422
        assert "This must be later than “Voting opens”." in read(backwards).text
        client.post(address("dates", election), sent)
    election.refresh_from_db()
    assert election.voting_closes == clock.parse("2026-11-09T12:00")
    assert client.get(address("dates", opened(hall))).status_code == 404


def test_the_roll_is_listed_and_searched_without_who_voted(hall, as_user, django_assert_max_num_queries):
    election = voting_round(hall)
    vote(election, hall.staff[0], keys_of(election)[0])
    client = as_user(hall.officer)
    client.get(address("roll", election))
    with django_assert_max_num_queries(8):
        page = read(client.get(address("roll", election)))
    assert all(user.name in page.text for user in hall.staff)
    assert "Voted" not in page.text
    found = read(client.get(address("roll", election), {"q": hall.staff[0].name})).one("tbody").text
    assert hall.staff[0].name in found
    assert hall.staff[1].name not in found


def test_the_poster_holds_the_code_and_warns_of_a_private_address(hall, as_user):
    election = voting_round(hall)
    client = as_user(hall.officer)
    with clock.at(DURING_VOTE):
        public = read(client.get(address("qr", election)))
        private = read(client.get(address("qr", election), headers={"host": "127.0.0.1:8000"}))
    assert public.one("img", **{"class": "poster-code"}).attributes["src"].startswith("data:image/svg+xml")
    assert f"http://testserver{address('vote', election)}" in public.text
    assert "only this computer knows" not in public.text
    assert "only this computer knows" in private.text


def test_the_text_for_the_group_chat(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        text = read(as_user(hall.officer).get(address("manage", election))).one("textarea", id="group-text").text
    assert f"http://testserver{address('vote', election)}" in text
    # Always in Chinese: the group reads it, whatever language the officer works in.
    assert "2026年11月6日 17:30" in text


def test_this_month_gathers_what_waits(hall, as_user, django_assert_num_queries, django_assert_max_num_queries):
    waiting, running = plan(hall), voting_round(hall)
    client = as_user(hall.officer)
    path = reverse("evaluations:todo")
    client.get(path)
    with clock.at(DURING_VOTE), django_assert_max_num_queries(8) as few:
        page = read(client.get(path))
    headings = [heading.text for heading in page.all("h2")]
    assert headings == ["Waiting for you", "Running by itself"]
    assert waiting.award.name in page.text
    assert running.award.name in page.text
    for _ in range(3):
        plan(hall)
    with clock.at(DURING_VOTE), django_assert_num_queries(len(few.captured_queries)):
        client.get(path)


def test_managing_asks_the_same_with_a_larger_hall(as_user, db, django_assert_num_queries):
    small, large = make_hall(3), make_hall(12)
    costs = []
    for hall, n in ((small, 3), (large, 9)):
        election = voting_round(hall, candidates=n)
        client = as_user(hall.officer)
        client.get(address("manage", election))
        with clock.at(DURING_VOTE):
            costs.append(client.get(address("manage", election)).headers["Server-Timing"])
    assert costs[0] == costs[1]


def test_scrutineers_recount_and_auditors_only_look(hall, as_user):
    election = tied_round(hall)
    auditor, scrutineer = as_user(make_user(None, "auditor")), as_user(hall.scrutineer)
    assert "Recount" not in [b.text for b in read(auditor.get(address("scrutiny", election))).all("button")]
    assert auditor.post(address("recount", election)).status_code == 403
    assert as_user(hall.officer).post(address("recount", election)).status_code == 403
    response = scrutineer.post(address("recount", election), follow=True)
    text = read(response).text
    assert "The recount gives the same result." in text
    assert "Recounted: agrees" in text or "复核计票" in text


def test_the_auditor_finds_the_file_of_the_round_once_it_is_on_notice(hall, as_user):
    auditor = as_user(make_user(None, "auditor"))
    for election, there in ((tied_round(hall), 0), (on_notice(hall), 1)):
        where = address("archive", election)
        page = read(auditor.get(address("scrutiny", election)))
        assert len(page.all("a", href=where)) == there
        assert auditor.get(where).status_code == (200 if there else 404)


def test_before_sealing_scrutineers_see_the_total_only(hall, as_user):
    election = voting_round(hall)
    vote(election, hall.staff[0], keys_of(election)[0])
    with clock.at(DURING_VOTE):
        page = read(as_user(hall.scrutineer).get(address("scrutiny", election)))
        assert as_user(hall.scrutineer).get(address("record", election)).status_code == 404
    assert "1 / 8" in page.text
    assert "Not sealed yet" in page.text
    assert "Votes" not in page.text


def test_the_record_comes_as_a_zip_with_the_program_that_checks_it(hall, as_user, tmp_path):
    election = tied_round(hall)
    response = as_user(hall.scrutineer).get(address("record", election))
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
    assert f"{election.slug}/manifest.json" in names
    assert f"{election.slug}/ballots.jsonl" in names
    zipfile.ZipFile(io.BytesIO(response.content)).extractall(tmp_path)
    command = [sys.executable, "-I", "verify_election.py", election.slug]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    assert as_user(hall.staff[0]).get(address("record", election)).status_code == 403


def test_the_list_of_scrutiny(hall, as_user):
    election = voting_round(hall)
    path = reverse("evaluations:watch")
    assert election.award.name in read(as_user(hall.scrutineer).get(path)).text
    assert as_user(hall.officer).get(path).status_code == 403
    assert as_user(hall.staff[0]).get(path).status_code == 403


def award_fields(**changes) -> dict[str, object]:
    fields = {
        "name": "月度服务之星",
        "slug": "",
        "subject": "person",
        "period": "month",
        "places": 3,
        "max_choices": 3,
        "min_choices": 1,
        "electorate": "everyone",
        "quota_per_unit": 1,
        "self_allowed": "on",
        "colleague_allowed": "on",
        "months_at_hall": 3,
        "notice_workdays": 5,
        "honour_text": "",
        "basis": "",
        "pool_wins": 3,
        "no_repeat_rounds": 0,
        "ballot_kind": "choose",
        "list_kind": "any",
        "share_base": "valid",
        "order_decides": "on",
        "tie_rule": "meeting",
        "open_workday": 1,
        "recommend_workdays": 3,
        "review_workdays": 1,
        "vote_workdays": 2,
        "assess_workdays": 3,
    }
    return fields | changes


def test_setting_up_an_award_makes_its_short_name(hall, as_user):
    client = as_user(hall.officer)
    response = client.post(reverse("evaluations:award_new"), award_fields())
    assert response.status_code == 302
    award = Award.objects.get(name="月度服务之星")
    assert award.slug == "yue-du-fu-wu-zhi-xing"
    again = client.post(reverse("evaluations:award_new"), award_fields(name="月度服务之 星"))
    assert again.status_code == 302
    assert Award.objects.get(name="月度服务之 星").slug == "yue-du-fu-wu-zhi-xing-2"


def test_an_award_whose_numbers_contradict_is_refused(hall, as_user):
    response = as_user(hall.officer).post(reverse("evaluations:award_new"), award_fields(min_choices=4))
    assert response.status_code == 422
    assert "The fewest choices cannot be more than the most choices." in read(response).text


def test_changing_an_award(hall, as_user):
    award = make_award(hall)
    path = reverse("evaluations:award_edit", kwargs={"slug": award.slug})
    client = as_user(hall.officer)
    assert not read(client.get(path)).all("input", name="slug")
    client.post(path, award_fields(name=award.name, places=7))
    award.refresh_from_db()
    assert award.places == 7


@pytest.mark.parametrize("name", ["awards", "award_new", "todo"])
def test_awards_are_the_officers(hall, as_user, name):
    assert as_user(hall.staff[0]).get(reverse(f"evaluations:{name}")).status_code == 403
    assert as_user(make_user(None, "union_chair")).get(reverse(f"evaluations:{name}")).status_code == 200


def test_the_list_of_awards_asks_the_same_with_more(hall, as_user, django_assert_num_queries):
    make_award(hall)
    client, path = as_user(hall.officer), reverse("evaluations:awards")
    client.get(path)
    first = client.get(path).headers["Server-Timing"]
    for _ in range(5):
        make_award(hall)
    assert client.get(path).headers["Server-Timing"] == first


def test_the_same_as_last_time_moves_by_working_days(hall, as_user):
    award = make_award(hall)
    plan(hall, award)
    path = reverse("evaluations:round_new", kwargs={"slug": award.slug})
    client = as_user(hall.officer)
    with clock.at(clock.parse("2026-11-24T09:00")):
        form = read(client.get(path)).one("main").one("form")
        filled = {field.attributes["name"]: field.attributes.get("value", "") for field in form.all("input")}
        assert filled["period_first"] == "2026-11-01"
        assert filled["period_last"] == "2026-11-30"
        # The first working day after the period, at nine, as the round before.
        assert filled["recommendation_opens"] == "2026-12-01T09:00"
        assert filled["recommendation_closes"] == "2026-12-03T17:30"
        assert filled["voting_closes"] == "2026-12-07T17:30"
        response = client.post(path, filled)
    made = Election.objects.get(award=award, period_first=dt.date(2026, 11, 1))
    assert response["Location"] == address("manage", made)
    assert made.voting_closes == clock.parse("2026-12-07T17:30")


def test_a_period_that_has_its_round_is_refused(hall, as_user):
    award = make_award(hall)
    plan(hall, award)
    sent = {
        "period_first": "2026-10-01",
        "period_last": "2026-10-31",
        "recommendation_opens": "2026-11-02T09:00",
        "recommendation_closes": "2026-11-04T17:30",
        "voting_opens": "2026-11-05T09:00",
        "voting_closes": "2026-11-06T17:30",
    }
    path = reverse("evaluations:round_new", kwargs={"slug": award.slug})
    with clock.at(BEFORE):
        response = as_user(hall.officer).post(path, sent)
        assert response.status_code == 422
        assert "There is already a round of this award for that period." in read(response).text
        backwards = as_user(hall.officer).post(path, sent | {"period_last": "2026-09-01"})
    assert "The last appraised day cannot lie before the first." in read(backwards).text


def test_a_round_that_nobody_voted_in_can_only_be_annulled(hall, as_user):
    election = close(voting_round(hall))
    with clock.at(AFTER):
        panel = next_step(read(as_user(hall.officer).get(address("manage", election))))
    assert "Nobody received a vote." in panel.text
    assert panel.one("a").attributes["href"] == address("call_off", election)


def test_after_the_notice_nothing_is_left(hall, as_user):
    election = voting_round(hall)
    vote(election, hall.staff[0], *keys_of(election)[:2])
    close(election)
    with clock.at(AFTER):
        results.start_notice(election=election, by=hall.officer)
    rounds.advance(clock.parse("2026-11-20T09:00"))
    page = read(as_user(hall.officer).get(address("manage", election)))
    assert "Nothing is left to do in this round." in next_step(page).text
    assert "Annul this round" in page.text
