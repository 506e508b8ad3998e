from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations import record
from evaluations.models import Award, Election, Honour
from evaluations.services import results, rounds
from intranet import clock
from intranet.people.models import Window
from tests.evaluations.faces.page import read
from tests.evaluations.hall import (
    BEFORE,
    DURING_VOTE,
    ENDS,
    OPENS,
    close,
    keys_of,
    make_award,
    opened,
    plan,
    vote,
    voting_round,
)
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db

VERIFIER = settings.BASE_DIR / "docs" / "verify_election.py"
AFTER = ENDS + dt.timedelta(hours=1)
LATER = clock.parse("2026-11-20T09:00")


def address(name: str, election=None) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug} if election else None)


def on_notice(hall, award=None):
    """Two of three candidates win by 3 and 2 votes; the third has 1."""
    election = voting_round(hall, award)
    first, second, third = keys_of(election)
    for user, choices in zip(hall.staff, [(first, second), (first, second), (first, third)], strict=False):
        vote(election, user, *choices)
    election = close(election)
    with clock.at(AFTER):
        results.start_notice(election=election, by=hall.officer)
    election.refresh_from_db()
    return election


def published(hall, award=None):
    election = on_notice(hall, award)
    rounds.advance(LATER)
    election.refresh_from_db()
    return election


def test_the_list_offers_each_person_their_next_step(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        before = read(as_user(hall.staff[4]).get(address("rounds"))).text
        vote(election, hall.staff[4], keys_of(election)[0])
        after = read(as_user(hall.staff[4]).get(address("rounds"))).text
        stranger = read(as_user(make_user()).get(address("rounds"))).text
    assert "Vote now" in before
    assert "Voted: show my receipt" in after
    assert "Vote now" not in after
    assert "Vote now" not in stranger


def test_what_waits_for_me_stands_first_until_it_is_done(hall, as_user):
    """Of two votes under way the one that ends later stands first once the other is cast."""
    sooner = voting_round(hall)
    later = voting_round(hall, make_award(hall, name="红旗窗口"))
    Election.objects.filter(pk=later.pk).update(voting_closes=later.voting_closes + dt.timedelta(days=1))
    with clock.at(DURING_VOTE):
        before = read(as_user(hall.staff[4]).get(address("rounds"))).text
        vote(sooner, hall.staff[4], keys_of(sooner)[0])
        after = read(as_user(hall.staff[4]).get(address("rounds"))).text
    assert before.index(sooner.award.name) < before.index("红旗窗口")
    assert after.index("红旗窗口") < after.index(sooner.award.name)


def test_rounds_in_preparation_are_for_officers(hall, as_user):
    election = plan(hall)
    assert election.award.name not in read(as_user(hall.staff[0]).get(address("rounds"))).text
    assert as_user(hall.staff[0]).get(address("round", election)).status_code == 404
    assert election.award.name in read(as_user(hall.officer).get(address("rounds"))).text
    assert as_user(hall.officer).get(address("round", election)).status_code == 200


def test_the_list_asks_the_same_with_more_rounds(
    hall, as_user, django_assert_num_queries, django_assert_max_num_queries
):
    opened(hall)
    client = as_user(hall.staff[0])
    with clock.at(DURING_VOTE):
        client.get(address("rounds"))
        with django_assert_max_num_queries(9) as few:
            client.get(address("rounds"))
        for _ in range(4):
            voting_round(hall)
        with django_assert_num_queries(len(few.captured_queries)):
            client.get(address("rounds"))


def test_earlier_rounds_stand_under_the_year_in_which_they_were_held(hall, as_user):
    """The round of a whole year stands where it was held, not where its year began."""
    yearly, monthly, before = (published(hall, make_award(hall)) for _number in range(3))
    for election, first, held in ((yearly, "2025-01-01", "2026-02-03"), (before, "2025-11-01", "2025-12-02")):
        rows = Election.objects.filter(pk=election.pk)
        rows.update(period_first=first, recommendation_opens=clock.parse(f"{held}T09:00"))
    reader = as_user(hall.staff[0])

    def listed(query: str = "") -> list[tuple[str, list[str]]]:
        tables = read(reader.get(address("rounds") + query)).all("table")
        return [
            (table.one("caption").text, [row.one("a").text for row in table.all("th", scope="row")])
            for table in tables
        ]

    names = {election.pk: str(Election.objects.get(pk=election.pk)) for election in (yearly, monthly, before)}
    of_2026 = ("Rounds of 2026", [names[monthly.pk], names[yearly.pk]])
    of_2025 = ("Rounds of 2025", [names[before.pk]])
    assert listed() == [of_2026, of_2025]
    assert listed("?year=2025") == [of_2025]
    assert listed("?year=2025&page=9") == [of_2025]
    assert listed("?year=1999") == listed("?year=") == [of_2026, of_2025]


def test_while_voting_the_round_shows_the_total_only(hall, as_user):
    election = voting_round(hall)
    vote(election, hall.staff[0], keys_of(election)[0])
    with clock.at(DURING_VOTE):
        page = read(as_user(hall.staff[4]).get(address("round", election)))
    assert "1 / 8" in page.text
    assert page.one("progress").attributes["value"] == "1"
    assert "Votes" not in page.text


def test_the_round_tells_its_phases_and_dates(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        steps = read(as_user(hall.staff[0]).get(address("round", election))).one("ol", **{"class": "timeline"})
    lines = [" ".join(step.text.split()) for step in steps.all("li")]
    assert lines[3] == "Voting Now 5 November 2026, 09:00 to 6 November 2026, 17:30"
    assert lines[0] == "In preparation Done"
    assert lines[6] == "Commended Ahead"


def test_candidates_appear_once_the_review_is_finished(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        assert "Candidates" not in read(as_user(hall.staff[0]).get(address("round", election))).text
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        assert "Candidates" in read(as_user(hall.staff[0]).get(address("round", election))).text


def test_the_notice_names_winners_dates_and_where_to_object(hall, as_user, settings):
    settings.OBJECTIONS_PHONE = "0570-1234567"
    election = on_notice(hall)
    page = read(as_user(hall.staff[5]).get(address("notice", election)))
    winners = [row.text for row in page.one("ol", **{"class": "notice-names"}).all("strong")]
    assert winners == [hall.staff[0].name, hall.staff[1].name]
    assert "from 6 November 2026 to 12 November 2026 (working days)" in page.text
    assert "0570-1234567" in page.text
    assert page.one("code", id="record-root").text == election.record_root
    assert not page.all("code", id="events-head")


def test_losers_and_counts_are_for_those_who_watch(hall, as_user):
    election = on_notice(hall)
    staff = read(as_user(hall.staff[5]).get(address("notice", election))).text
    assert hall.staff[2].name not in staff
    assert "Votes" not in staff
    for user in (hall.officer, hall.scrutineer, make_user(None, "auditor"), make_user(None, "union_chair")):
        text = read(as_user(user).get(address("notice", election))).text
        assert hall.staff[2].name in text
        # Eight people could vote: the numbers are for those who check the count.
        assert ("Votes" in text) == user.has_role("scrutineer", "auditor")


def test_the_published_page_shows_the_head_of_the_events(hall, as_user):
    election = published(hall)
    page = read(as_user(hall.staff[5]).get(address("notice", election)))
    head = election.events.order_by("-number").first().hash
    assert page.one("code", id="events-head").text == head
    assert page.one("code", id="record-root").text == election.record_root
    assert "Commendation of the" in page.text
    assert "Whoever disagrees" not in page.text


def test_the_head_shown_stays_that_of_the_commendation(hall, as_user, tmp_path):
    """Whoever noted it on that day can still check the record after a recount and after an annulment."""
    election = published(hall)
    head = election.events.order_by("-number").first().hash
    results.recount(election=election, by=hall.scrutineer)
    rounds.annul(election=election, reason="计票程序有误", by=hall.officer)
    page = read(as_user(hall.staff[5]).get(address("notice", election)))
    assert page.one("code", id="events-head").text == head
    record.write_bundle(election, tmp_path)
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(tmp_path), "--root", election.record_root]
    said = subprocess.run([*command, "--events", head], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    assert said.stdout.endswith("Events after the published one: 2.\n")


def test_there_is_no_notice_before_it_begins(hall, as_user):
    election = voting_round(hall)
    with clock.at(DURING_VOTE):
        assert as_user(hall.officer).get(address("notice", election)).status_code == 404


def test_an_annulled_notice_says_so(hall, as_user):
    election = published(hall)
    rounds.annul(election=election, reason="计票程序有误", by=hall.officer)
    text = read(as_user(hall.staff[5]).get(address("notice", election))).text
    assert "This round was annulled; its honours no longer count." in text
    assert "计票程序有误" in text


def test_the_wall_of_honour(hall, as_user):
    award = make_award(hall, honour_text="热情服务")
    published(hall, award)
    page = read(as_user(hall.staff[0]).get(address("honours")))
    wall = page.one("section", **{"class": "honour-wall"})
    assert {name.text for name in wall.all("span", **{"class": "honour-name"})} == {u.name for u in hall.staff[:2]}
    assert award.name in wall.text
    assert "热情服务" in wall.text
    other = make_award(hall)
    filtered = read(as_user(hall.staff[0]).get(address("honours"), {"award": other.slug}))
    assert not filtered.all("section", **{"class": "honour-wall"})


def test_ones_own_honours(hall, as_user):
    published(hall)
    mine = read(as_user(hall.staff[0]).get(address("honours"), {"mine": 1}))
    assert [name.text for name in mine.all("span", **{"class": "honour-name"})] == [hall.staff[0].name]
    none = read(as_user(hall.staff[2]).get(address("honours"), {"mine": 1}))
    assert "No honour of yours yet." in none.text


def test_annulled_honours_leave_the_wall(hall, as_user):
    election = published(hall)
    rounds.annul(election=election, reason="有误", by=hall.officer)
    assert not read(as_user(hall.staff[0]).get(address("honours"))).all("section", **{"class": "honour-wall"})
    assert Honour.objects.filter(election=election).count() == 2


def test_the_wall_asks_the_same_with_more_honours(
    hall, as_user, django_assert_num_queries, django_assert_max_num_queries
):
    award = make_award(hall)
    election = published(hall, award)
    client = as_user(hall.staff[0])
    client.get(address("honours"))
    with django_assert_max_num_queries(7) as few:
        client.get(address("honours"))
    first = Honour.objects.filter(election=election).first()
    for n in range(20):
        Honour.objects.create(
            election=election,
            window=Window.objects.create(number=f"W{n}", name="窗口"),
            award_name=award.name,
            name=f"{n}号",
            period_label=first.period_label,
            published_on=first.published_on,
        )
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(address("honours"))


def test_a_called_off_round_is_explained_to_everyone(hall, as_user):
    election = opened(hall)
    with clock.at(OPENS):
        rounds.cancel(election=election, reason="本月暂停", by=hall.officer)
    for user in (hall.staff[0], hall.officer):
        text = read(as_user(user).get(address("round", election))).text
        assert "Cancelled: 本月暂停" in text


@pytest.mark.parametrize("name", ["rounds", "honours"])
def test_pages_in_chinese_hold_no_english_sentence(hall, as_user, name):
    page = read(as_user(hall.staff[0], "zh-hans").get(address(name)))
    assert page.one("h1").text.strip() in {"评先评优", "光荣榜"}


def test_a_window_award_shows_windows(hall, as_user):
    award = make_award(hall, subject=Award.Subject.WINDOW, places=2)
    with clock.at(BEFORE):
        election = plan(hall, award)
    text = read(as_user(hall.officer).get(address("round", election))).text
    assert "2 windows" in text
