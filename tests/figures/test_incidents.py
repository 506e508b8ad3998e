"""Complaints and praise: who writes them down, who decides, who may appeal, who reads them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from intranet import clock
from intranet.access.exceptions import NotAllowed
from intranet.access.models import AuditEntry
from intranet.figures.exceptions import IncidentError
from intranet.figures.models import Incident
from intranet.figures.services import incidents
from intranet.people.models import Leadership, Posting
from tests.figures.rows import NOW, OCTOBER, incident, inspector
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


def head(kind, **where):
    user = make_user()
    Leadership.objects.create(kind=kind, person=user.person, starts_on=LONG_AGO, **where)
    return user


def registered(subject, by, **given):
    fields = {"kind": "complaint", "channel": "desk", "occurred_on": OCTOBER, "text": "等候时无人应答"}
    return incidents.register(subject=subject, by=by, **(fields | given))


def test_the_way_of_a_complaint(clerk):
    by, other = inspector(), inspector()
    row = registered(clerk.person, by, points=Decimal(-5))
    assert (row.state, row.registered_by, row.registered_at) == ("registered", by, NOW)
    incidents.decide(incident=row, verified=True, finding="属实", by=by)
    incidents.appeal(incident=row, text="系误评，当时在后台取件", by=clerk)
    incidents.settle_appeal(incident=row, succeeded=True, answer="复核监控，申诉成立", by=other)
    row.refresh_from_db()
    assert (row.state, row.appeal, row.settled_by) == ("not_upheld", "succeeded", other)
    assert not incidents.verified_about(
        subject="person", ids=[clerk.person.pk], kinds=["complaint"], first=OCTOBER, last=OCTOBER
    )


def test_an_appeal_that_fails_changes_nothing(clerk):
    row = incident(clerk.person, inspector())
    incidents.appeal(incident=row, text="不是我", by=clerk)
    incidents.settle_appeal(incident=row, succeeded=False, answer="维持", by=inspector())
    assert [
        found.pk
        for found in incidents.verified_about(
            subject="person", ids=[clerk.person.pk], kinds=["complaint"], first=OCTOBER, last=OCTOBER
        )
    ] == [row.pk]
    with pytest.raises(IncidentError):
        incidents.appeal(incident=row, text="再来", by=clerk)


@pytest.mark.parametrize("role", ["staff", "union_officer", "union_chair", "centre_leader", "hr_admin", "auditor"])
def test_only_the_inspection_section_runs_the_register(clerk, role):
    by = make_user(None, role)
    row = incident(clerk.person, inspector(), state="registered")
    for step in (
        lambda: registered(clerk.person, by),
        lambda: incidents.decide(incident=row, verified=True, finding="x", by=by),
        lambda: incidents.settle_appeal(incident=row, succeeded=True, answer="x", by=by),
    ):
        with pytest.raises(NotAllowed):
            step()
    row.refresh_from_db()
    assert row.state == "registered"


def test_nobody_decides_about_themselves_or_their_window(hall):
    by = inspector()
    Leadership.objects.create(kind="window_head", person=by.person, window=hall.tax_window, starts_on=LONG_AGO)
    for subject in (by.person, hall.tax_window):
        row = incident(subject, inspector(), state="registered")
        with pytest.raises(NotAllowed):
            incidents.decide(incident=row, verified=False, finding="没有", by=by)
    row = incident(hall.police, inspector(), appeal="open", appealed_by=by)
    with pytest.raises(NotAllowed):
        incidents.settle_appeal(incident=row, succeeded=True, answer="是", by=by)


def test_who_may_appeal(hall, clerk):
    window_head = head("window_head", window=hall.tax_window)
    chief = head("chief_representative", unit=hall.tax)
    about = {"person": clerk.person, "window": hall.tax_window, "unit": hall.tax}
    allowed = {"person": {clerk}, "window": {window_head}, "unit": {chief}}
    for name, subject in about.items():
        row = incident(subject, inspector())
        for user in (clerk, window_head, chief, inspector()):
            assert incidents.may_appeal(row, user) == (user in allowed[name]), (name, user)
            if user not in allowed[name]:
                with pytest.raises(NotAllowed):
                    incidents.appeal(incident=row, text="不服", by=user)


@pytest.mark.parametrize(
    ("kind", "state"), [("praise", "verified"), ("complaint", "registered"), ("complaint", "not_upheld")]
)
def test_nothing_to_appeal_against(clerk, kind, state):
    row = incident(clerk.person, inspector(), kind=kind, state=state)
    with pytest.raises(IncidentError):
        incidents.appeal(incident=row, text="不服", by=clerk)


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "gossip"},
        {"channel": "rumour"},
        {"occurred_on": NOW.date() + dt.timedelta(days=1)},
        {"text": "  "},
        {"points": Decimal(1)},
        {"kind": "praise", "points": Decimal(-1)},
        {"points": Decimal("-100.01")},
    ],
)
def test_what_cannot_be_registered(clerk, given):
    with pytest.raises(IncidentError):
        registered(clerk.person, inspector(), **given)
    assert not Incident.objects.exists()


def test_a_finding_is_written_once(clerk):
    by = inspector()
    row = registered(clerk.person, by)
    with pytest.raises(IncidentError):
        incidents.decide(incident=row, verified=True, finding=" ", by=by)
    incidents.decide(incident=row, verified=False, finding="查无此事", by=by)
    with pytest.raises(IncidentError):
        incidents.decide(incident=row, verified=True, finding="有", by=by)


def test_the_log_names_neither_people_nor_words(clerk):
    by = inspector()
    row = registered(clerk.person, by, text="保密的经过", source="保密的来人")
    incidents.decide(incident=row, verified=True, finding="保密的结论", by=by)
    incidents.appeal(incident=row, text="保密的申诉", by=clerk)
    incidents.settle_appeal(incident=row, succeeded=False, answer="保密的答复", by=by)
    entries = AuditEntry.objects.filter(action__startswith="figures.")
    assert entries.count() == 4
    for entry in entries:
        said = f"{entry.label} {entry.data}"
        assert entry.label == f"incident {row.pk}"
        assert "保密" not in said
        assert clerk.name not in said


def test_who_reads_what(hall, clerk):
    own = incident(clerk.person, inspector())
    window = incident(hall.tax_window, inspector())
    shared = incident(hall.general, inspector())
    unit = incident(hall.police, inspector())
    rows = [own, window, shared, unit]

    def seen(user):
        return [row for row in rows if Incident.objects.visible_to(user).filter(pk=row.pk).exists()]

    for role in ("inspection", "centre_leader", "union_officer", "union_chair", "auditor"):
        assert seen(make_user(None, role)) == rows
    for role in ("staff", "hr_admin", "site_editor", "system_admin", "scrutineer"):
        assert seen(make_user(None, role)) == []
    hall.general.units.add(hall.tax, hall.police)
    assert seen(clerk) == [own]
    assert seen(head("window_head", window=hall.tax_window)) == [window]
    assert seen(head("chief_representative", unit=hall.tax)) == [own, window]
    assert seen(head("unit_head", unit=hall.police)) == [unit]


def test_a_head_reads_of_who_belonged_to_the_unit_on_that_day(hall, clerk):
    before = incident(clerk.person, inspector(), day=dt.date(2026, 10, 15))
    after = incident(clerk.person, inspector(), day=dt.date(2026, 10, 16))
    Posting.objects.filter(person=clerk.person).update(ends_on=before.occurred_on)
    place(clerk.person, hall.police, hall.police_window, after.occurred_on)
    for unit, row in ((hall.tax, before), (hall.police, after)):
        chief = head("chief_representative", unit=unit)
        assert list(Incident.objects.visible_to(chief)) == [row]
