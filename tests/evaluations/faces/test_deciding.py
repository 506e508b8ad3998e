from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluations.models import RoundFile
from evaluations.services import decision, files, results
from intranet import clock
from tests.evaluations.faces.page import read
from tests.evaluations.faces.test_office import address, tied_round
from tests.evaluations.hall import ENDS, close, keys_of, make_award, vote, voting_round
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
AFTER = ENDS + dt.timedelta(days=3)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def round_with(hall, **award):
    """Two votes for the first, one for each of the others; one or two places."""
    election = voting_round(hall, make_award(hall, **award))
    first, second, third = keys_of(election)
    for user, choices in zip(hall.staff, [(first,), (first, second), (third,)], strict=False):
        vote(election, user, *choices)
    return close(election)


@pytest.mark.parametrize("name", ["settle_tie", "meeting", "accept_validity"])
def test_pages_of_deciding_are_the_officers_and_only_when_there_is_something_to_decide(hall, as_user, name):
    election = round_with(hall, places=1)
    assert as_user(hall.staff[0]).get(address(name, election)).status_code == 403
    assert as_user(hall.officer).get(address(name, election)).status_code == 404


def test_a_lot_is_drawn_on_its_page(hall, as_user):
    election = round_with(hall, places=2, tie_rule="lot")
    client = as_user(hall.officer)
    with clock.at(AFTER):
        page = read(client.get(address("settle_tie", election)))
        assert "No scrutineer has confirmed yet that they are there." in page.text
        assert election.rules["lot_commitment"] in page.text
        assert election.lot_seed not in page.text
        refused = read(client.post(address("settle_tie", election), follow=True))
        assert "A lot is drawn before two scrutineers." in refused.text
        for user in (hall.scrutineer, make_user(None, "scrutineer")):
            stands_by(as_user(user), election)
        there = read(as_user(hall.officer, "zh-hans").get(address("settle_tie", election))).text
        names = (one.by.get_full_name() for one in election.attestations.order_by("created_at", "pk"))
        assert f"到场：{'、'.join(names)}" in there
        assert client.post(address("settle_tie", election)).status_code == 302
    election.refresh_from_db()
    assert election.decision["kind"] == "lot"
    assert client.get(address("settle_tie", election)).status_code == 404


def stands_by(client, election) -> None:
    """The desk says that somebody waits, and the page of scrutiny has the button, once."""
    where = reverse("evaluations:attest", args=[election.slug, "lot"])
    assert "needs you now" in read(client.get("/desk/")).text
    read(client.get(address("scrutiny", election))).one("form", action=where)
    assert client.post(where).status_code == 302
    assert not read(client.get(address("scrutiny", election))).all("form", action=where)
    assert "needs you now" not in read(client.get("/desk/")).text


def minutes(election, **changed):
    return {
        "held_on": "2026-11-09",
        "minutes_number": "〔2026〕18号",
        "present": "主任赵\n副主任钱，科长孙",
        "recused": "副主任钱",
        "winners": keys_of(election)[:2],
        "reason": "同票中办件量最高",
        "scan": SimpleUploadedFile("纪要.pdf", PDF, "application/pdf"),
        **changed,
    }


def test_a_meeting_is_recorded_with_its_scan(hall, as_user):
    election = round_with(hall, places=2, meeting_decides=True)
    client = as_user(hall.officer)
    with clock.at(AFTER):
        page = read(client.get(address("meeting", election)))
        assert page.one("form", enctype="multipart/form-data")
        assert "Computed order" in page.text
        refused = client.post(address("meeting", election), minutes(election, reason=""))
        assert refused.status_code == 422
        assert "The list is not the computed one." in read(refused).text
        assert not RoundFile.objects.exists()
        assert client.post(address("meeting", election), minutes(election)).status_code == 302
    election.refresh_from_db()
    scan = RoundFile.objects.get()
    assert election.decision["meeting"]["scan"] == scan.sha256
    assert election.decision["meeting"]["present"] == ["主任赵", "副主任钱", "科长孙"]
    assert election.decision["winners"] == decision.computed_list(election) + [
        key for key in keys_of(election)[:2] if key not in election.result["winners"]
    ]


def test_a_record_of_the_meeting_is_corrected_until_the_notice_begins(hall, as_user):
    election = round_with(hall, places=2, meeting_decides=True)
    client = as_user(hall.officer)
    with clock.at(AFTER):
        client.post(address("meeting", election), minutes(election))
        assert "Correct the record of the meeting" in read(client.get(address("manage", election))).text
        page = read(client.get(address("meeting", election)))
        assert page.one("input", name="minutes_number").attributes["value"] == "〔2026〕18号"
        seen = page.one("input", name="seen").attributes["value"]
        again = {**minutes(election, minutes_number="〔2026〕19号"), "seen": seen, "why": "文号抄错"}
        without_scan = {name: value for name, value in again.items() if name != "scan"}
        refused = client.post(address("meeting", election), {**without_scan, "why": ""})
        assert refused.status_code == 422
        assert client.post(address("meeting", election), without_scan).status_code == 302
    election.refresh_from_db()
    first = RoundFile.objects.get()
    assert election.decision["meeting"]["minutes_number"] == "〔2026〕19号"
    assert election.decision["meeting"]["scan"] == first.sha256
    with clock.at(AFTER):
        late = client.post(address("meeting", election), again)
        assert "has changed meanwhile" in read(late).text
        too_late = read(client.post(address("meeting", election), minutes(election)))
        assert "another officer was quicker" in too_late.text
        assert RoundFile.objects.count() == 1
        other = SimpleUploadedFile("纪要2.pdf", PDF + b"\n", "application/pdf")
        seen = read(client.get(address("meeting", election))).one("input", name="seen").attributes["value"]
        assert client.post(address("meeting", election), {**again, "scan": other, "seen": seen}).status_code == 302
        results.start_notice(election=election.__class__.objects.get(pk=election.pk), by=hall.officer)
    second = RoundFile.objects.exclude(pk=first.pk).get()
    staff = hall.staff[0]
    # The scan that was the wrong one stays with officers and auditors.
    assert [files.may_read_file(staff, row) for row in RoundFile.objects.order_by("pk")] == [False, True]
    assert files.may_read_file(hall.officer, first)
    assert second.sha256 != first.sha256
    assert client.get(address("meeting", election)).status_code == 404


def test_a_result_below_the_rules_is_kept_with_a_reason(hall, as_user):
    election = round_with(hall, places=1, least_return=90)
    client = as_user(hall.officer)
    with clock.at(AFTER):
        page = read(client.get(address("manage", election)))
        assert "A validity rule was not met." in page.text
        assert client.post(address("accept_validity", election), {"reason": ""}).status_code == 422
        assert client.post(address("accept_validity", election), {"reason": "会议同意"}).status_code == 302
    election.refresh_from_db()
    assert election.validity_decision["reason"] == "会议同意"
    assert election.decision["winners"] == keys_of(election)[:1]


def test_the_roots_are_shown_where_they_are_looked_for(hall, as_user):
    election = tied_round(hall)
    for user, name in ((hall.staff[0], "round"), (hall.scrutineer, "scrutiny")):
        text = read(as_user(user).get(address(name, election))).text
        assert election.opening_root in text
        assert election.sealing_root in text
