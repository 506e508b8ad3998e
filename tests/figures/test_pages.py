"""The board everyone sees, and the register of complaints that only some do, step by step on its pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from intranet import clock
from intranet.figures.models import Incident
from intranet.figures.private_facts import readers_of_source
from intranet.people.models import Leadership
from tests.figures.rows import GOOD, NOW, OCTOBER, incident, inspector, month, score
from tests.people.hall import LONG_AGO, place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with clock.at(NOW):
        yield


@pytest.fixture
def clerk(hall):
    user = make_user()
    place(user.person, hall.tax, hall.tax_window)
    return user


def see(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(f"figures:{name}", args=args), query)


def send(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(f"figures:{name}", args=args), data)


def test_the_board_adds_the_founding_year(client, hall):
    handled, spot = 316_994, 298_702
    for number in range(1, 11):
        first = dt.date(2026, number, 1)
        part = (handled // 10 + (number <= handled % 10), spot // 10 + (number <= spot % 10))
        month(hall.tax_window, first, *part)
        month(hall.police_window, first, 0, 0)
    month(hall.tax_window, dt.date(2025, 12, 1), 1_000_000, 0)
    page = see(client, make_user(), "board").content.decode()
    assert '<dd id="year-rate">94.23 %</dd>' in page
    assert "316,994" in page
    assert "298,702" in page
    assert "2026年1月" in page


def test_the_board_shows_a_window_beside_the_month_before(client, hall):
    month(hall.tax_window, dt.date(2026, 9, 1), 1_111, 1_000)
    month(hall.tax_window, OCTOBER, 2_222, 2_000, overdue=3, ratings=GOOD)
    user = make_user()
    page = see(client, user, "board").content.decode()
    for said in ("2,222", "1,111", "90.01 %", "90.00 %", "2026年10月"):
        assert said in page
    earlier = see(client, user, "board", month="2026-09").content.decode()
    assert "2,222" not in earlier
    assert "1,111" in earlier
    assert see(client, user, "board", month="gibberish").status_code == 200


def test_a_board_without_figures_says_so(client, db):
    assert "还没有" in see(client, make_user(), "board").content.decode()


def test_a_windows_months(client, hall):
    month(hall.tax_window, OCTOBER, 300, 240)
    month(hall.tax_window, dt.date(2026, 9, 1), 100, 80)
    page = see(client, make_user(), "window", hall.tax_window.pk).content.decode()
    assert "80.00 %" in page
    assert "400" in page
    assert see(client, make_user(), "window", 987654).status_code == 404


def test_the_board_costs_the_same_however_many_windows(client, hall, django_assert_num_queries):
    user = make_user()
    month(hall.tax_window, OCTOBER, 10, 5)
    see(client, user, "board")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse("figures:board")).status_code == 200
        return len(caught)

    few = queries()
    for window in (hall.police_window, hall.general):
        for first in (OCTOBER, dt.date(2026, 9, 1)):
            month(window, first, 10, 5)
    assert queries() == few


def test_the_list_costs_the_same_however_long(client, hall, clerk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    by = inspector()
    incident(clerk.person, by)
    see(client, by, "incidents")

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("figures:incidents")).status_code == 200
        return len(caught)

    few = queries()
    for subject in (clerk.person, hall.tax_window, hall.tax, hall.police):
        incident(subject, by)
    assert queries() == few


def test_a_complaint_from_the_first_word_to_the_answer(client, hall, clerk):
    by, other = inspector(), inspector()
    given = {
        "kind": "complaint",
        "channel": "phone",
        "occurred_on": "2026-11-02",
        "person": clerk.person.staff_number,
        "text": "等候时无人应答",
        "points": "-5",
    }
    answer = send(client, by, "new_incident", **given)
    row = Incident.objects.get()
    assert answer.url == reverse("figures:incident", args=[row.pk])
    assert (row.person, row.points, row.registered_by) == (clerk.person, -5, by)
    assert (
        send(client, by, "decide_incident", row.pk, finding="属实", points="-3", decision="verified").status_code
        == 302
    )
    assert "你" not in see(client, clerk, "incident", row.pk).content.decode()
    assert send(client, clerk, "appeal_incident", row.pk, text="当时在取件").status_code == 302
    assert send(client, other, "settle_appeal", row.pk, answer="成立", decision="succeeded").status_code == 302
    row.refresh_from_db()
    assert (row.points, row.state, row.appeal) == (-3, "not_upheld", "succeeded")


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": ""},
        {"person": "没有的人"},
        {"occurred_on": "2026-11-06"},
        {"text": ""},
        {"points": "5"},
        {"kind": "gossip"},
    ],
)
def test_a_form_that_does_not_hold_is_shown_again(client, clerk, wrong):
    given = {"kind": "complaint", "channel": "phone", "occurred_on": "2026-11-02", "text": "经过"}
    answer = send(client, inspector(), "new_incident", **({**given, "person": clerk.person.staff_number} | wrong))
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not Incident.objects.exists()


def test_person_and_window_together_are_one_too_many(client, hall, clerk):
    given = {"kind": "complaint", "channel": "phone", "occurred_on": "2026-11-02", "text": "经过"}
    both = {"person": clerk.person.staff_number, "window": hall.tax_window.pk}
    assert send(client, inspector(), "new_incident", **given, **both).status_code == 200
    assert not Incident.objects.exists()


def test_a_refusal_is_said_on_the_page(client, clerk):
    row, by = incident(clerk.person, inspector(), state="registered"), inspector()
    answer = send(client, by, "decide_incident", row.pk, finding=" ", points="0", decision="verified")
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "registered"


def test_others_get_the_answer_of_a_missing_one(client, hall, clerk):
    row = incident(clerk.person, inspector(), text="只给当事人看")
    stranger = make_user()
    for name in ("incident", "decide_incident", "appeal_incident", "settle_appeal"):
        how = see if name == "incident" else send
        assert (
            how(client, stranger, name, row.pk).status_code == how(client, stranger, name, 987654).status_code == 404
        )
    assert "只给当事人看" not in see(client, stranger, "incidents").content.decode()
    assert send(client, clerk, "decide_incident", row.pk).status_code == 403
    assert see(client, clerk, "new_incident").status_code == 403


def test_who_complained_is_told_to_nobody_it_is_about(client, hall, clerk):
    """Whoever is complained about reads what happened, and never from whom it came; neither do their heads."""
    head = make_user()
    Leadership.objects.create(kind="chief_representative", person=head.person, unit=hall.tax, starts_on=LONG_AGO)
    own = make_user(None, "union_officer")
    row, about_officer = (
        incident(person, inspector(), text="等候", source="办事人刘某 13800000000")
        for person in (clerk.person, own.person)
    )
    for user in (clerk, head):
        page = see(client, user, "incident", row.pk).content.decode()
        assert "等候" in page
        assert "刘某" not in page
    for role in ("inspection", "centre_leader", "union_officer", "union_chair", "auditor"):
        assert "刘某" in see(client, make_user(None, role), "incident", row.pk).content.decode()
    assert "刘某" in see(client, own, "incident", row.pk).content.decode()
    assert "刘某" not in see(client, own, "incident", about_officer.pk).content.decode()
    assert readers_of_source(about_officer).isdisjoint({own.username, clerk.username})
    assert own.username in readers_of_source(row)


def test_the_list_can_be_narrowed(client, hall, clerk):
    by = inspector()
    waiting = incident(clerk.person, by, state="registered", day=dt.date(2026, 10, 2))
    praise = incident(clerk.person, by, kind="praise", day=dt.date(2026, 10, 3))
    appealed = incident(hall.tax, by, appeal="open", day=dt.date(2026, 10, 4))

    def shown(**query):
        return [row.pk for row in see(client, by, "incidents", **query).context["page_obj"]]

    assert shown() == [appealed.pk, praise.pk, waiting.pk]
    assert shown(state="waiting") == [appealed.pk, waiting.pk]
    assert shown(kind="praise") == [praise.pk]
    assert shown(kind="complaint", state="verified") == [appealed.pk]


def test_the_desk_tells_who_has_to_do_something(client, hall, clerk):
    by = inspector()
    head = make_user()
    Leadership.objects.create(kind="window_head", person=head.person, window=hall.tax_window, starts_on=LONG_AGO)
    incident(clerk.person, by, state="registered")
    incident(hall.tax_window, by)
    own = incident(clerk.person, by)
    for user, said in ((by, "state=waiting"), (clerk, reverse("figures:incident", args=[own.pk])), (head, "申诉")):
        client.force_login(user)
        assert said in client.get(reverse("pages:desk")).content.decode()
    client.force_login(make_user())
    assert "figures/incidents/?state" not in client.get(reverse("pages:desk")).content.decode()


def test_scores_stand_on_ones_page_for_oneself_and_ones_heads(client, hall, clerk):
    score(clerk.person, OCTOBER, "97.5", reason="迟到一次")
    chief = make_user()
    Leadership.objects.create(kind="chief_representative", person=chief.person, unit=hall.tax, starts_on=LONG_AGO)
    mate = place(make_user().person, hall.tax, hall.tax_window).user
    for user, sees in ((clerk, True), (chief, True), (inspector(), True), (mate, False)):
        client.force_login(user)
        page = client.get(reverse("people:person", args=[clerk.person.pk])).content.decode()
        assert ("迟到一次" in page) == sees
