"""Pages of the review and of the notice: what officers press, what whoever is named reads, and what all read."""

from __future__ import annotations

import pytest

from evaluations.models import Nomination, Objection, Veto
from evaluations.services import nominations, objections, rounds, vetoes
from intranet import clock
from intranet.figures.services import incidents
from tests.people_of_the_hall import make_user

from .hall import (
    CLOSES,
    ENDS,
    OPENS,
    close,
    keys_of,
    make_award,
    make_hall,
    on_notice,
    opened,
    vote,
    voting_round,
)
from .scans import pdf, photo

IN_NOTICE = clock.parse("2026-11-09T10:00")
AFTER = clock.parse("2026-11-13T08:00")
EVIDENCE, NAME, TEXT = "十月十二日离岗半小时", "反映人赵六", "张三当月迟到三次"


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_hall(5)


def page(client, user, path, at=OPENS, status=200) -> str:
    client.force_login(user)
    with clock.at(at):
        answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def send(client, user, path, data, at=OPENS, status=302):
    client.force_login(user)
    with clock.at(at):
        answer = client.post(path, data)
    assert answer.status_code == status, answer.content.decode()
    return answer


def test_an_officer_files_a_sealed_form_in_two_steps(hall, client):
    election = opened(hall, make_award(hall))
    path = f"/awards/{election.slug}/manage/file/"
    assert f'value="{hall.unit.pk}"' in page(client, hall.officer, path)
    there = f"{path}?unit={hall.unit.pk}"
    assert hall.person(0).name in page(client, hall.officer, there)
    page(client, hall.officer, f"{path}?unit=x", status=404)
    data = {"subject": hall.person(0).pk, "reason": "办件多"}
    send(client, hall.officer, there, data, status=422)
    send(client, hall.officer, there, {**data, "upload": pdf()})
    made = Nomination.objects.get()
    assert (made.unit, made.person, made.scan.kind) == (hall.unit, hall.person(0), "recommendation")
    assert made.scan.file.name in page(client, hall.officer, f"/awards/{election.slug}/manage/review/")
    assert hall.unit.name in page(client, hall.staff[0], f"/awards/{election.slug}/recommend/")
    page(client, hall.staff[1], path, status=403)
    rounds.advance(CLOSES)
    page(client, hall.officer, path, at=CLOSES, status=404)


def test_after_the_count_the_page_names_a_shaken_veto_and_lifts_it(hall, client):
    inspector = make_user(None, "inspection")
    election = voting_round(hall, make_award(hall, places=1, vetoes=["discipline"]))
    first, second, _third = keys_of(election)
    given = election.candidates.get(key=first).nomination
    with clock.at(OPENS):
        row = incidents.register(
            kind="discipline",
            channel="inspection",
            subject=given.person,
            occurred_on=election.period_first,
            text=EVIDENCE,
            by=inspector,
        )
        incidents.decide(incident=row, verified=True, finding="属实", by=inspector)
        veto = vetoes.enter(nomination=given, kind="discipline", incident=row.pk, by=hall.officer)
    vote(election, hall.staff[3], first, second)
    vote(election, hall.staff[4], first)
    close(election)
    review = f"/awards/{election.slug}/manage/review/"
    assert "已不再属实" not in page(client, hall.officer, review, at=ENDS)
    with clock.at(OPENS):
        incidents.appeal(incident=row, text="误评", by=hall.staff[0])
        incidents.settle_appeal(incident=row, succeeded=True, answer="误评", by=inspector)
    shown = page(client, hall.officer, review, at=ENDS)
    assert f"所依据的第 {row.pk} 号事件已不再属实" in shown
    path = f"/awards/vetoes/{veto.pk}/settle/"
    assert path in shown
    send(client, hall.officer, path, {"outcome": "lifted", "reason": "误评"}, at=ENDS)
    election.refresh_from_db()
    assert election.result["winners"] == [first]


def test_a_proposed_veto_is_one_button_and_whoever_is_named_appeals(hall, client):
    inspector = make_user(None, "inspection")
    election = opened(hall, make_award(hall, vetoes=["discipline"]))
    review, mine = f"/awards/{election.slug}/manage/review/", f"/awards/{election.slug}/recommend/"
    with clock.at(OPENS):
        given = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[0])
        row = incidents.register(
            kind="discipline",
            channel="inspection",
            subject=hall.person(0),
            occurred_on=election.period_first,
            text=EVIDENCE,
            by=inspector,
        )
        incidents.decide(incident=row, verified=True, finding="属实", by=inspector)
    shown = page(client, hall.officer, review)
    assert f'name="incident" value="{row.pk}"' in shown
    assert EVIDENCE not in shown
    send(
        client, hall.officer, f"/awards/recommendations/{given.pk}/veto/", {"kind": "discipline", "incident": row.pk}
    )
    veto = Veto.objects.get()
    assert veto.incident == row.pk
    assert f"/awards/vetoes/{veto.pk}/appeal/" in page(client, hall.staff[0], mine)
    assert "/appeal/" not in page(client, hall.staff[1], mine)
    appeal = f"/awards/vetoes/{veto.pk}/appeal/"
    send(client, hall.staff[1], appeal, {"text": "x"}, status=404)
    send(client, hall.staff[0], appeal, {"text": "当天休假"})
    assert "当天休假" in page(client, hall.officer, review)
    settle = f"/awards/vetoes/{veto.pk}/settle/"
    send(client, hall.staff[0], settle, {"outcome": "lifted", "reason": "x"}, status=403)
    send(client, hall.officer, settle, {"outcome": "lifted", "reason": "考勤系统有误"})
    assert "考勤系统有误" in page(client, hall.staff[0], mine)
    veto.refresh_from_db()
    assert veto.state == "lifted"


def test_a_veto_by_hand_with_its_file(hall, client):
    election = opened(hall, make_award(hall, vetoes=["discipline"]))
    with clock.at(OPENS):
        given = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[0])
    path = f"/awards/recommendations/{given.pk}/veto/"
    page(client, hall.officer, path)
    page(client, hall.staff[0], path, status=403)
    data = {"kind": "discipline", "evidence": EVIDENCE, "upload": photo()}
    send(client, hall.officer, path, {**data, "kind": "quarrel"}, status=422)
    send(client, hall.officer, path, {**data, "upload": photo()})
    veto = Veto.objects.get()
    assert veto.file.file.name.endswith(".jpg")
    shown = page(client, hall.officer, f"/awards/{election.slug}/manage/review/")
    assert EVIDENCE in shown
    assert veto.file.file.name in shown
    for user in (hall.staff[1], hall.staff[2]):
        assert EVIDENCE not in page(client, user, f"/awards/{election.slug}/recommend/")


def test_an_objection_by_letter_from_the_desk_to_the_wall(hall, client):
    election = on_notice(hall)
    path, notice = f"/awards/{election.slug}/manage/objections/", f"/awards/{election.slug}/notice/"
    page(client, hall.staff[4], path, IN_NOTICE, 403)
    data = {"channel": "letter", "name": NAME, "text": TEXT, "received_on": "2026-11-09", "upload": pdf()}
    page(client, hall.officer, path, IN_NOTICE)
    send(client, hall.officer, path, {**data, "channel": "unnamed"}, IN_NOTICE, 422)
    send(client, hall.officer, path, {**data, "upload": pdf()}, IN_NOTICE)
    made = Objection.objects.get()
    for shown in (page(client, hall.staff[4], notice, IN_NOTICE), page(client, hall.officer, notice, IN_NOTICE)):
        assert NAME not in shown
        assert TEXT not in shown
    auditor = make_user(None, "auditor")
    for reader in (hall.officer, auditor):
        shown = page(client, reader, path, IN_NOTICE)
        assert NAME in shown
        assert TEXT in shown
    settle = f"/awards/objections/{made.pk}/settle/"
    page(client, hall.officer, settle, IN_NOTICE)
    send(client, auditor, settle, {"outcome": "unfounded", "answer": "x"}, IN_NOTICE, 403)
    send(client, auditor, path, data, IN_NOTICE, 422)
    send(client, hall.officer, settle, {"outcome": "unfounded", "answer": f"{NAME}说的不实"}, IN_NOTICE, 422)
    send(client, hall.officer, settle, {"outcome": "unfounded", "answer": "考勤记录无迟到"}, IN_NOTICE)
    shown = page(client, hall.staff[4], notice, IN_NOTICE)
    assert "考勤记录无迟到" in shown
    assert NAME not in shown
    rounds.advance(AFTER)
    shown = page(client, hall.staff[4], notice, AFTER)
    assert "考勤记录无迟到" in shown
    assert "公示无异议" not in shown


def test_an_officer_who_stands_reads_no_objection(hall, client):
    election = on_notice(hall)
    standing = hall.staff[0]
    standing.groups.add(*hall.officer.groups.all())
    with clock.at(IN_NOTICE):
        made = objections.register(
            election=election, channel="phone", name=NAME, text=TEXT, received_on=clock.today(), by=hall.officer
        )
    shown = page(client, standing, f"/awards/{election.slug}/manage/objections/", IN_NOTICE)
    assert NAME not in shown
    assert TEXT not in shown
    page(client, standing, f"/awards/objections/{made.pk}/settle/", IN_NOTICE, 404)


def test_a_notice_nobody_objected_to_says_so_once_it_is_over(hall, client):
    election = on_notice(hall)
    notice = f"/awards/{election.slug}/notice/"
    assert "公示无异议" not in page(client, hall.staff[4], notice, IN_NOTICE)
    rounds.advance(AFTER)
    assert "公示无异议" in page(client, hall.staff[4], notice, AFTER)


def test_the_place_on_the_wall_and_its_photo(hall, client):
    election = on_notice(hall)
    path = f"/awards/{election.slug}/manage/wall/"
    page(client, hall.officer, path, IN_NOTICE)
    send(client, hall.officer, path, {"place": "一楼公示栏", "upload": pdf()}, IN_NOTICE, 422)
    send(client, hall.officer, path, {"place": "一楼公示栏", "upload": photo()}, IN_NOTICE)
    election.refresh_from_db()
    shown = page(client, hall.staff[4], f"/awards/{election.slug}/notice/", IN_NOTICE)
    assert "一楼公示栏" in shown
    assert election.notice_photo.file.name in shown
    assert client.get(f"/files/{election.notice_photo.file.name}").status_code == 200


def test_an_annulled_round_is_held_again_with_one_button(hall, client):
    election = on_notice(hall)
    path = f"/awards/{election.slug}/manage/again/"
    assert path not in page(client, hall.officer, f"/awards/{election.slug}/manage/", IN_NOTICE)
    with clock.at(IN_NOTICE):
        rounds.annul(election=election, reason="异议属实", by=hall.officer)
    assert path in page(client, hall.officer, f"/awards/{election.slug}/manage/", IN_NOTICE)
    there = send(client, hall.officer, path, {}, IN_NOTICE)["Location"]
    assert there != f"/awards/{election.slug}/manage/"
    page(client, hall.officer, there, IN_NOTICE)


def test_teams_are_found_and_recommended_on_the_pages(hall, client):
    election = opened(hall, make_award(hall, subject="unit"))
    base = f"/awards/{election.slug}/recommend/"
    page(client, hall.officer, base)
    assert hall.unit.name in page(client, hall.officer, f"{base}colleague/?q={hall.unit.name}")
    page(client, hall.officer, f"{base}colleague/{hall.unit.pk}/")
    send(client, hall.officer, f"{base}colleague/{hall.unit.pk}/", {"reason": "协作好"})
    assert Nomination.objects.get().team == hall.unit
    assert hall.unit.name in page(client, hall.officer, base)
    assert hall.unit.name in page(client, hall.officer, f"/awards/{election.slug}/manage/review/")
