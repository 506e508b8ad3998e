"""From what a kind says is due to a message in the group: planned once, sent once, given up visibly."""

import datetime as dt
import json
import logging
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from wagtail import hooks

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.reminders import group_sending, robot_calls, robot_services, wagtail_hooks
from intranet.reminders.exceptions import RobotError
from intranet.reminders.group_models import GroupPost, Robot, RobotTopic
from intranet.reminders.group_planning import plan_posts
from intranet.reminders.group_sending import BACK_OFF, MAX_TRIES, claim, known_kinds, run
from intranet.reminders.models import ClockMark
from intranet.reminders.registry import GroupText
from intranet.reminders.services import TickFailed, tick

from .dummy import HOUR, MINUTE, MORNING
from .group_kinds import DummyKind, telling

pytestmark = pytest.mark.django_db

TOKEN, SECRET = "0123456789secret", "SECabcdefghijklmnop"
DAY = dt.timedelta(days=1)


def make_robot(service, keeper, form="wecom", kinds=("dummy.harvest",), on=True, name="群"):
    """Entered and turned on two hours before the morning of the tests."""
    with clock.at(MORNING - 2 * HOUR):
        robot = robot_services.add_robot(
            name=name,
            form=form,
            address=service.address(f"/{ord(name[0]):x}?key={TOKEN}"),
            secret="" if form == "wecom" else SECRET,
            kinds=kinds,
            by=keeper,
        )
        return robot_services.turn_on(robot=robot, by=keeper) if on else robot


@pytest.fixture
def robot(service, kind, keeper):
    return make_robot(service, keeper)


def states():
    return list(GroupPost.objects.order_by("pk").values_list("state", flat=True))


def post():
    return GroupPost.objects.get()


def told(service):
    return [json.loads(heard.body)["text"]["content"].splitlines()[0] for heard in service.heard]


def test_a_notice_reaches_the_group_once(robot, kind, service):
    kind.add(MORNING)
    run(MORNING)
    run(MORNING + MINUTE)
    assert told(service) == ["【通知】番茄1熟了"]
    sent = post()
    assert (sent.state, sent.tries, sent.sent_at, sent.claim, sent.claimed_until) == ("sent", 1, MORNING, None, None)
    assert Robot.objects.get().last_success_at == MORNING


@contextmanager
def clock_job(job):
    """This one alone is registered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(hooks._hooks, "register_clock_job", [(lambda: job, 0)])
        yield


def test_the_clock_runs_it(robot, kind, service):
    """As beat and ``manage.py tick`` do; after the jobs that open and publish."""
    job = wagtail_hooks.group_notices_job()
    assert job.order > 100
    kind.add(MORNING)
    with clock_job(job):
        tick(MORNING)
        tick(MORNING)
    assert (states(), len(service.heard)) == (["sent"], 1)


def test_a_robot_is_off_until_somebody_turns_it_on(service, kind, keeper):
    robot = make_robot(service, keeper, on=False)
    assert not robot.is_on
    kind.add(MORNING)
    run(MORNING)
    assert (service.heard, GroupPost.objects.count(), kind.asked) == ([], 0, [])
    with clock.at(MORNING + HOUR):
        robot_services.turn_on(robot=robot, by=keeper)
    kind.add(MORNING + 2 * HOUR, object="dummy.plant:2")
    run(MORNING + 2 * HOUR)
    # Turned on at ten, it does not tell what was due at nine.
    assert told(service) == ["【通知】番茄2熟了"]


@pytest.mark.control
def test_without_the_switch_it_would_speak(service, kind, keeper, monkeypatch):
    make_robot(service, keeper, on=False)
    Robot.objects.update(is_on=True)
    kind.add(MORNING)
    run(MORNING)
    assert len(service.heard) == 1


def test_a_robot_tells_only_what_it_was_asked_to_carry(service, keeper):
    first, second = DummyKind("dummy.harvest"), DummyKind("dummy.frost")
    with telling(first, second):
        make_robot(service, keeper, name="甲", kinds=("dummy.harvest",))
        make_robot(service, keeper, name="乙", kinds=("dummy.harvest", "dummy.frost"))
        make_robot(service, keeper, name="丙", kinds=())
        first.add(MORNING)
        second.add(MORNING, object="dummy.plant:2")
        run(MORNING)
    heard = [one.path[1:5] + line[-5:] for one, line in zip(service.heard, told(service), strict=True)]
    first, second = f"{ord('甲'):x}", f"{ord('乙'):x}"
    assert sorted(heard) == sorted([f"{first}番茄1熟了", f"{second}番茄1熟了", f"{second}番茄2熟了"])


def test_a_kind_chosen_later_is_told_from_then_on(robot, service, kind, keeper):
    frost = DummyKind("dummy.frost")
    with telling(kind, frost):
        frost.add(MORNING - HOUR, object="dummy.plant:8")
        kind.add(MORNING - HOUR)
        with clock.at(MORNING):
            robot_services.change_robot(robot=robot, name="群", kinds=("dummy.harvest", "dummy.frost"), by=keeper)
        frost.add(MORNING + MINUTE, object="dummy.plant:9")
        run(MORNING + HOUR)
    # The kind it carried before has lost nothing by the change.
    assert sorted(told(service)) == ["【通知】番茄1熟了", "【通知】番茄9熟了"]


def test_the_unique_key(robot, kind):
    kind.add(MORNING)
    plan_posts(MORNING)
    with pytest.raises(IntegrityError):
        GroupPost.objects.create(
            kind=kind.key, object="dummy.plant:1", occasion="ripe", robot=robot, due=MORNING, until=MORNING
        )


def test_after_an_outage_what_is_still_news_goes_once(robot, kind, service):
    run(MORNING)
    kind.add(MORNING + HOUR, until=MORNING + 4 * HOUR)
    kind.add(MORNING + DAY, until=MORNING + 4 * DAY, object="dummy.plant:2")
    run(MORNING + 3 * DAY)
    run(MORNING + 3 * DAY + MINUTE)
    assert sorted(states()) == ["expired", "sent"]
    assert told(service) == ["【通知】番茄2熟了"]


def test_a_kind_that_fails_keeps_its_mark_and_stops_no_other(robot, kind, service, keeper):
    frost = DummyKind("dummy.frost")
    with telling(kind, frost):
        make_robot(service, keeper, name="乙", kinds=("dummy.frost",))
        kind.broken = True
        kind.add(MORNING)
        frost.add(MORNING, object="dummy.plant:2")
        with pytest.raises(group_sending.GroupNoticesFailed, match="harvest"):
            run(MORNING)
        assert told(service) == ["【通知】番茄2熟了"]
        assert set(ClockMark.objects.under("group")) == {"dummy.frost"}
        kind.broken = False
        run(MORNING + HOUR)
        assert told(service) == ["【通知】番茄2熟了", "【通知】番茄1熟了"]


def test_what_is_no_longer_to_be_told_is_skipped(robot, kind, service):
    kind.add(MORNING)
    kind.gone = {"dummy.plant:1"}
    run(MORNING)
    assert (states(), service.heard) == (["skipped"], [])


def test_posts_of_a_plug_in_that_is_out_wait_for_it(robot, kind, service):
    kind.add(MORNING, until=MORNING + DAY)
    plan_posts(MORNING)
    with telling():
        run(MORNING + MINUTE)
    assert (states(), service.heard) == (["planned"], [])
    run(MORNING + 2 * MINUTE)
    assert states() == ["sent"]


def test_a_service_that_refuses_is_asked_five_times_with_growing_pauses(robot, kind, service, caplog):
    service.says(93000)
    kind.add(MORNING, until=MORNING + 30 * DAY)
    now = MORNING
    for number, pause in enumerate(BACK_OFF, start=1):
        run(now)
        waiting = post()
        assert (waiting.state, waiting.tries, waiting.next_try) == ("planned", number, now + pause)
        assert (waiting.failure, waiting.code) == (robot_calls.INVALID, 93000)
        run(now + pause - dt.timedelta(seconds=1))
        assert post().tries == number
        now += pause
        GroupPost.objects.update(tried_at=None)
    run(now)
    given_up = post()
    assert (given_up.state, given_up.tries, given_up.next_try) == ("failed", MAX_TRIES, None)
    run(now + HOUR)
    assert len(service.heard) == MAX_TRIES == 5
    assert Robot.objects.get().last_failure_at == now
    assert "what the service says" not in caplog.text


def test_the_identity_of_a_message_is_the_same_on_every_try(service, kind, keeper):
    make_robot(service, keeper, form="signed")
    kind.add(MORNING, until=MORNING + DAY)
    service.status = 500
    run(MORNING)
    service.status = 200
    run(MORNING + MINUTE)
    first, second = (heard.headers for heard in service.heard)
    assert first["X-Nuanjia-Delivery"] == second["X-Nuanjia-Delivery"] == post().delivery
    assert states() == ["sent"]
    assert (post().tries, post().failure, post().code) == (2, "", None)


def test_an_absent_service_does_not_stop_another(service, kind, keeper, settings):
    make_robot(service, keeper, name="甲")
    settings.ROBOT_HOSTS = [*settings.ROBOT_HOSTS, "127.0.0.1:9"]
    gone = type(service)(port=9)
    make_robot(gone, keeper, name="乙")
    for number in range(3):
        kind.add(MORNING, object=f"dummy.plant:{number}")
    run(MORNING)
    assert len(service.heard) == 3
    away = GroupPost.objects.filter(robot__name="乙")
    # One try for all of them; the others are put back untouched.
    assert sorted(away.values_list("tries", "state")) == [(0, "planned"), (0, "planned"), (1, "planned")]


def test_too_many_messages_silence_the_robot_for_ten_minutes(robot, kind, service):
    service.says(45009)
    kind.add(MORNING, until=MORNING + DAY)
    run(MORNING)
    assert post().next_try == MORNING + 10 * MINUTE
    kind.add(MORNING, until=MORNING + DAY, object="dummy.plant:2")
    service.answer = b'{"errcode":0}'
    run(MORNING + MINUTE)
    assert len(service.heard) == 1
    Robot.objects.update(silent_until=clock.real_now() - MINUTE)
    run(MORNING + 11 * MINUTE)
    assert len(service.heard) == 3


def test_no_more_in_a_minute_than_the_service_takes(robot, kind, service):
    for number in range(40):
        kind.add(MORNING, until=MORNING + DAY, object=f"dummy.plant:{number}")
    run(MORNING)
    run(MORNING + MINUTE)
    # Services count by real time: a clock of ours that jumps ahead buys nothing.
    assert len(service.heard) == group_sending.A_MINUTE < 20
    GroupPost.objects.update(tried_at=clock.real_now() - dt.timedelta(seconds=61))
    run(MORNING + 2 * MINUTE)
    assert len(service.heard) == 2 * group_sending.A_MINUTE


@pytest.mark.control
def test_without_the_count_all_of_them_would_go(robot, kind, service, monkeypatch):
    monkeypatch.setattr(group_sending, "A_MINUTE", 1000)
    for number in range(40):
        kind.add(MORNING, until=MORNING + DAY, object=f"dummy.plant:{number}")
    run(MORNING)
    assert len(service.heard) == 40


def test_a_text_that_cannot_be_made_is_tried_again(robot, kind, service):
    kind.add(MORNING, until=MORNING + DAY)
    kind.speechless = True
    run(MORNING)
    assert (post().state, post().tries, post().failure) == ("planned", 1, group_sending.NOT_WRITTEN)
    kind.speechless = False
    run(MORNING + MINUTE)
    assert states() == ["sent"]


def test_a_text_that_is_none_counts_as_a_try(robot, kind, service, monkeypatch):
    """What a plug-in gives wrongly is given up like anything else, and does not come back for ever."""
    monkeypatch.setattr(kind, "texts", lambda notices: [GroupText("通知", "题", "文", path=7) for _one in notices])
    kind.add(MORNING, until=MORNING + DAY)
    run(MORNING)
    assert (post().state, post().tries, post().failure) == ("planned", 1, group_sending.NOT_WRITTEN)
    assert service.heard == []


def test_an_address_no_key_opens_fails_in_words(robot, kind, service):
    Robot.objects.update(address_sealed="broken")
    kind.add(MORNING)
    run(MORNING)
    assert (post().failure, service.heard) == (group_sending.NOT_OPENED, [])


def test_an_address_whose_host_is_no_longer_named_is_not_called(robot, kind, service, settings):
    settings.ROBOT_HOSTS = []
    kind.add(MORNING)
    run(MORNING)
    assert (post().failure, service.heard) == (group_sending.NOT_OPENED, [])


def test_what_no_time_is_left_for_goes_back_untouched(robot, kind, service):
    kind.add(MORNING)
    plan_posts(MORNING)
    batch = claim(robot, known_kinds(), MORNING)
    group_sending._send_batch(robot, batch, known_kinds(), MORNING, stop=float("-inf"))
    assert (states(), post().tries, post().tried_at, service.heard) == (["planned"], 0, None, [])


def test_a_claim_keeps_others_away_until_it_runs_out(robot, kind, service):
    kind.add(MORNING)
    plan_posts(MORNING)
    [mine] = claim(robot, known_kinds(), MORNING)
    assert claim(robot, known_kinds(), MORNING) == []
    run(MORNING)
    assert service.heard == []
    GroupPost.objects.update(claimed_until=clock.real_now() - dt.timedelta(seconds=1))
    run(MORNING)
    assert states() == ["sent"]
    # The first one wakes up: its claim is gone, and it sends nothing.
    group_sending._send_batch(robot, [mine], known_kinds(), MORNING, stop=float("inf"))
    assert len(service.heard) == 1


def test_turned_off_in_between_nothing_more_is_sent(robot, kind, service, keeper):
    for number in range(2):
        kind.add(MORNING, object=f"dummy.plant:{number}")
    plan_posts(MORNING)
    [first, second] = claim(robot, known_kinds(), MORNING)
    robot_services.turn_off(robot=robot, by=keeper)
    group_sending._send_batch(robot, [first, second], known_kinds(), MORNING, stop=float("inf"))
    assert (states(), service.heard) == (["skipped", "skipped"], [])


def test_turning_off_drops_what_waited(robot, kind, service, keeper):
    kind.add(MORNING, until=MORNING + DAY)
    plan_posts(MORNING)
    robot_services.turn_off(robot=robot, by=keeper)
    assert states() == ["skipped"]
    robot_services.turn_on(robot=robot, by=keeper)
    run(MORNING + HOUR)
    assert service.heard == []


def queries(work):
    """Their number; rows are written in batches, of which there may be more."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        work()
    return len([one for one in caught if not one["sql"].startswith("INSERT")])


def test_planning_costs_the_same_for_one_notice_and_for_a_hundred(service, keeper):
    def planned(notices, robots):
        kind = DummyKind()
        GroupPost.objects.all().delete()
        RobotTopic.objects.all().delete()
        Robot.objects.all().delete()
        with telling(kind):
            for number in range(robots):
                make_robot(service, keeper, name=f"群{number}")
            for number in range(notices):
                kind.add(MORNING, object=f"dummy.plant:{number}")
            count = queries(lambda: plan_posts(MORNING))
        assert GroupPost.objects.count() == notices * robots
        return count

    assert planned(1, 1) == planned(50, 2) <= 7


def test_texts_of_a_batch_are_asked_for_at_once(robot, kind, service):
    for number in range(5):
        kind.add(MORNING, object=f"dummy.plant:{number}")
    run(MORNING)
    assert [len(asked) for asked in kind.written] == [5]


def test_nothing_due_costs_a_tick_next_to_nothing(robot, kind):
    run(MORNING)
    assert queries(lambda: run(MORNING)) <= 9


def test_the_secrets_stand_nowhere(service, kind, keeper, caplog):
    caplog.set_level(logging.DEBUG)
    robot = make_robot(service, keeper, form="dingtalk")
    kind.add(MORNING, until=MORNING + DAY)
    service.says(310000)
    run(MORNING)
    service.manner = "hangs_up"
    run(MORNING + MINUTE)
    robot = Robot.objects.get(pk=robot.pk)
    written = json.dumps([list(entry.values()) for entry in AuditEntry.objects.values()], default=str)
    posts = list(GroupPost.objects.values())
    seen = [caplog.text, repr(robot), str(robot), robot.shown, written, repr(vars(robot)), repr(posts)]
    for secret in (TOKEN, SECRET):
        assert not [text for text in seen if secret in text]
    assert AuditEntry.objects.filter(action="reminders.robot_add").count() == 1
    assert caplog.text.count("did not take message") == 2
    # And they did reach the service.
    assert TOKEN in service.heard[0].path


def test_a_failing_kind_makes_the_tick_say_so(robot, kind):
    kind.broken = True
    with clock_job(wagtail_hooks.group_notices_job()), pytest.raises(TickFailed, match="group_notices"):
        tick(MORNING)


def test_the_test_message(robot, service, keeper):
    with clock.at(MORNING):
        asked = robot_services.send_test(robot=robot, by=keeper)
        with pytest.raises(RobotError, match="一分钟"):
            robot_services.send_test(robot=robot, by=keeper)
        assert service.heard == []
        run(MORNING)
        assert told(service) == ["【测试】群机器人工作正常"]
        robot_services.send_test(robot=robot, by=keeper)
    assert asked.until == MORNING + HOUR
    robot_services.turn_off(robot=robot, by=keeper)
    with pytest.raises(RobotError, match="请先启用"):
        robot_services.send_test(robot=robot, by=keeper)
