"""Objections during the public notice: registered, settled, and in the way of publication until they are."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.utils import translation

from evaluations.exceptions import RoundError
from evaluations.models import Honour, Objection
from evaluations.private_facts import readers_of_objection
from evaluations.querysets import ElectionQuerySet
from evaluations.services import notices, objections, rerun, results, rounds
from intranet import clock
from intranet.access.models import AuditEntry
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user
from tests.together import together

from .hall import OPENS, make_hall, on_notice, opened
from .scans import pdf, photo

pytestmark = pytest.mark.usefixtures("english")
# The notice runs from Friday 6 to Thursday 12 November 2026.
IN_NOTICE = clock.parse("2026-11-09T10:00")
LAST_DAY = clock.parse("2026-11-12T18:00")
AFTER = clock.parse("2026-11-13T08:00")
NAME, TEXT = "反映人赵六", "张三当月迟到三次"


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_hall(5)


def register(election, by, channel="letter", name=NAME, text=TEXT, at=IN_NOTICE, on=None, **more):
    with clock.at(at):
        day = on or clock.today()
        return objections.register(
            election=election, channel=channel, name=name, text=text, received_on=day, by=by, **more
        )


def settle(objection, by, outcome="unfounded", answer="经核查考勤记录，不属实", at=IN_NOTICE):
    with clock.at(at):
        return objections.settle(objection=objection, outcome=outcome, answer=answer, by=by)


def refused(act, *args, **more) -> str:
    with pytest.raises(RoundError) as error:
        act(*args, **more)
    return str(error.value)


def events_of(election) -> list[str]:
    return list(election.events.values_list("what", flat=True))


def test_an_objection_is_numbered_and_says_in_the_record_only_how_it_came(hall):
    election = on_notice(hall)
    first = register(election, hall.officer, upload=pdf())
    second = register(election, hall.officer, channel="unnamed", name="")
    assert [first.number, second.number] == [1, 2]
    assert first.file.kind == "objection"
    settle(first, hall.officer)
    with translation.override("zh-hans"):
        how = [str(Objection.Channel(key).label) for key in ("letter", "unnamed")]
        outcome = str(Objection.Outcome.UNFOUNDED.label)
    assert events_of(election)[-3:] == [
        f"第1号异议已登记（{how[0]}）",
        f"第2号异议已登记（{how[1]}）",
        f"第1号异议已办结：{outcome}",
    ]
    said = " ".join([*events_of(election), *(f"{e.label} {e.data}" for e in AuditEntry.objects.all())])
    for secret in (NAME, TEXT, "考勤"):
        assert secret not in said


def test_what_may_not_be_registered(hall):
    election = on_notice(hall)
    assert refused(register, election, hall.staff[4]).startswith("Only union officers")
    assert refused(register, election, hall.officer, channel="unnamed").startswith(
        "An unnamed objection has no name."
    )
    assert refused(register, election, hall.officer, name=" ").startswith("Write the name of who objects")
    assert refused(register, election, hall.officer, name="名" * 61).startswith("The name is too long.")
    assert refused(register, election, hall.officer, channel="dream").startswith("Say how the objection came.")
    assert refused(register, election, hall.officer, text=" \0").startswith("Write down what is said")
    assert refused(register, election, hall.officer, text="话" * 1001).startswith("The text is too long.")
    for day in (dt.date(2026, 11, 5), dt.date(2026, 11, 10)):
        assert refused(register, election, hall.officer, on=day).startswith("Choose the day on which it came")
    assert Objection.objects.count() == 0
    rounds.advance(AFTER)
    assert refused(register, election, hall.officer, at=AFTER).startswith("Objections are registered during")


def test_whoever_stands_neither_registers_nor_settles(hall):
    election = on_notice(hall)
    standing = hall.staff[0]
    standing.groups.add(*hall.officer.groups.all())
    said = "You stand in this round yourself, so another union officer must run it."
    assert refused(register, election, standing) == said
    made = register(election, hall.officer)
    assert refused(settle, made, standing) == said


def test_only_officers_and_the_auditor_read_name_and_text(hall):
    made = register(on_notice(hall), hall.officer)
    auditor = make_user(None, "auditor")
    readers = set(readers_of_objection(made))
    assert {hall.officer.username, auditor.username} <= readers
    assert not {hall.staff[0].username, hall.scrutineer.username} & readers
    assert made in Objection.objects.visible_to(auditor)
    assert made not in Objection.objects.visible_to(hall.staff[0])


def test_settling_needs_an_answer_that_does_not_name_who_objected(hall):
    made = register(on_notice(hall), hall.officer)
    assert refused(settle, made, hall.officer, answer=" ").startswith("Say what was found.")
    assert refused(settle, made, hall.officer, answer="x" * 301).startswith("The text is too long.")
    assert refused(settle, made, hall.officer, answer=f"{NAME}反映不实").startswith("The answer is shown to everyone")
    assert refused(settle, made, hall.officer, "open").startswith("Say whether the objection is founded.")
    settle(made, hall.officer)
    assert refused(settle, made, make_user(None, "union_chair")) == (
        "This objection is settled already; another officer was quicker."
    )


@pytest.mark.parametrize(
    ("name", "answer", "tells"),
    [
        ("王 小明", "经与王小明核实，不属实", True),
        ("王小明", "经与王 小 明核实，不属实", True),
        ("王小明（13800000000）", "经与王小明核实，不属实", True),
        ("王小明（13800000000）", "来电13800000000反映的情况不属实", True),
        ("王小明（住建局）、李四", "李四反映的情况不属实", True),
        ("王小明先生", "经与王小明核实，不属实", True),
        ("Ａｎｎａ Lee", "ANNA was heard: not so", True),
        ("王小明（13800000000）", "经核查2026年10月考勤记录，王某没有迟到", False),
        ("王先生", "经核查，先生们的记录无误", False),
        ("Li Na", "Looked into the quality of the records", False),
    ],
)
def test_an_answer_names_nobody_however_the_name_is_written(hall, name, answer, tells):
    made = register(on_notice(hall), hall.officer, name=name)
    if tells:
        assert refused(settle, made, hall.officer, answer=answer).startswith("The answer is shown to everyone")
    else:
        assert settle(made, hall.officer, answer=answer).answer == answer


# Publication


def test_an_open_objection_keeps_the_notice_out_until_it_is_settled(hall):
    election = on_notice(hall)
    made = register(election, hall.officer, at=LAST_DAY)
    for at in (AFTER, AFTER + dt.timedelta(days=3)):
        rounds.advance(at)
        election.refresh_from_db()
        assert election.phase == "public_notice"
    assert election.blocked_reason == "Objection 1 is not settled yet. The notice stays out until it is."
    with clock.at(AFTER):
        assert refused(results.publish, election=election) == election.blocked_reason
    late = register(election, hall.officer, "phone", at=AFTER)
    settle(made, hall.officer, at=AFTER)
    rounds.advance(AFTER)
    election.refresh_from_db()
    assert election.phase == "public_notice"
    settle(late, hall.officer, at=AFTER)
    assert election.blocked_reason == ""
    rounds.advance(AFTER)
    election.refresh_from_db()
    assert election.phase == "published"
    assert Honour.objects.filter(election=election).count() == 2


def test_a_founded_objection_leaves_only_annulment(hall):
    election = on_notice(hall)
    settle(register(election, hall.officer), hall.officer, "founded", "经核查属实")
    rounds.advance(AFTER)
    election.refresh_from_db()
    assert election.phase == "public_notice"
    assert election.blocked_reason == "Objection 1 is founded. Annul this round; it can be held again."
    with clock.at(AFTER):
        rounds.annul(election=election, reason="异议属实", by=hall.officer)
        again = rerun.hold_again(election=election, by=hall.officer)
    assert Honour.objects.count() == 0
    assert (again.phase, again.period_first, again.period_last) == ("preparation", *_period(election))
    assert again.slug != election.slug


def test_a_round_without_objections_is_published_in_time(hall):
    election = on_notice(hall)
    rounds.advance(LAST_DAY)
    election.refresh_from_db()
    assert election.phase == "public_notice"
    rounds.advance(AFTER)
    election.refresh_from_db()
    assert election.phase == "published"


def _period(election):
    return election.period_first, election.period_last


# Held again


def test_the_dates_of_a_round_held_again_keep_their_distance(hall):
    election = on_notice(hall)
    with clock.at(AFTER):
        assert refused(rerun.hold_again, election=election, by=hall.officer).startswith(
            "Only a cancelled or annulled"
        )
        rounds.annul(election=election, reason="程序有误", by=hall.officer)
        assert refused(rerun.hold_again, election=election, by=hall.staff[0]).startswith("Only union officers")
        again = rerun.hold_again(election=election, by=hall.officer)
        assert refused(rerun.hold_again, election=election, by=hall.officer) == (
            "There is already a round of this award for that period."
        )
    # Friday the 13th: from Monday the 16th, as the first round ran from Monday to Friday.
    local = [
        f"{getattr(again, name).astimezone(clock.HALL_ZONE):%d %H:%M}"
        for name in ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes")
    ]
    assert local == ["16 09:00", "18 17:30", "19 09:00", "20 17:30"]


def test_held_again_with_dates_that_would_fall_together_the_award_gives_them(hall):
    """Voting from Saturday to Sunday at the same hour is no time at all when counted in working days."""
    saturday, sunday = (clock.parse(f"2026-11-{day}T09:00") for day in ("07", "08"))
    election = opened(hall, voting_opens=saturday, voting_closes=sunday)
    with clock.at(OPENS):
        rounds.cancel(election=election, reason="改期", by=hall.officer)
        again = rerun.hold_again(election=election, by=hall.officer)
    found = [again.recommendation_opens, again.recommendation_closes, again.voting_opens, again.voting_closes]
    assert found == [clock.parse(f"2026-11-{day}") for day in ("03T09:00", "05T17:30", "09T09:00", "10T17:30")]
    assert again.scores_due is None


# The wall


def test_place_and_photo_of_the_notice(hall):
    election = on_notice(hall)
    assert election.notice_place == "一楼公示栏"
    with clock.at(IN_NOTICE):
        assert refused(notices.set_place, election=election, place="x", by=hall.staff[4]).startswith("Only union")
        assert refused(notices.set_place, election=election, place=" ", by=hall.officer).startswith("Say where")
        notices.set_place(election=election, place="二楼大厅", by=hall.officer)
        assert refused(notices.file_photo, election=election, upload=pdf(), by=hall.officer) == (
            "Choose a photo, not a PDF."
        )
        kept = notices.file_photo(election=election, upload=photo(), by=hall.officer)
    election.refresh_from_db()
    assert (election.notice_place, election.notice_photo) == ("二楼大厅", kept)
    assert events_of(election)[-2:] == ["公示张贴地点：二楼大厅", f"公示照片已存档，SHA-256 {kept.sha256}"]
    rounds.advance(AFTER)
    with clock.at(AFTER):
        assert refused(notices.set_place, election=election, place="x", by=hall.officer).startswith("The place can")
        assert refused(notices.file_photo, election=election, upload=photo(), by=hall.officer).startswith("The photo")


# Two at once


def race(hall):
    """Two officers settle one objection differently at the same moment; gives what stands and what was said."""
    officers = [hall.officer, make_user(None, "union_officer")]
    made, said = register(on_notice(hall), hall.officer), []

    def work(n):
        try:
            with translation.override("en"):
                settle(made, officers[n], ("unfounded", "founded")[n], f"答复{n}")
            said.append("settled")
        except RoundError as error:
            said.append(str(error))

    together(2, work)
    return said


def test_one_of_two_officers_settles_an_objection(own_database):
    said = race(make_hall(5))
    assert sorted(said) == ["This objection is settled already; another officer was quicker.", "settled"]


@pytest.mark.control
def test_without_the_lock_both_settle_it(own_database, monkeypatch):
    """Both read the row before either writes: what a missing lock allows, made certain."""
    hall, both, real = make_hall(5), threading.Barrier(2), objections._text

    def after_both(*args):
        both.wait(timeout=PATIENCE)
        return real(*args)

    def without_lock():
        monkeypatch.setattr(ElectionQuerySet, "locked", lambda self, pk: self.select_related("award").get(pk=pk))
        monkeypatch.setattr(objections, "settle", objections.settle.__wrapped__)
        monkeypatch.setattr(objections, "_text", after_both)

    made = _registered_then(hall, without_lock)
    monkeypatch.setattr("tests.evaluations.test_objections.register", lambda *_given: made)
    monkeypatch.setattr("tests.evaluations.test_objections.on_notice", lambda _hall: made.election)
    monkeypatch.setattr(objections.events, "append", lambda *_given: None)
    assert race(hall) == ["settled", "settled"]


def _registered_then(hall, change):
    made = register(on_notice(hall), hall.officer)
    change()
    return made


def test_objections_registered_at_once_are_numbered_one_by_one(own_database):
    hall = make_hall(5)
    election = on_notice(hall)
    together(4, lambda n: register(election, hall.officer, "phone", f"反映人{n}", f"内容{n}"))
    assert list(Objection.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
