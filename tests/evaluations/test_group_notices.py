"""Rounds on their way into chat groups: what is told when, and that it names nobody."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from evaluations.group_notices import KINDS, group_text
from evaluations.models import Election
from evaluations.services import progress, results, rounds
from intranet import clock
from intranet.reminders.group_notices import spoken, written
from intranet.reminders.registry import group_notice_kinds

from .hall import (
    BEFORE,
    CLOSES,
    DURING_VOTE,
    ENDS,
    OPENS,
    VOTES,
    close,
    keys_of,
    make_award,
    make_hall,
    opened,
    plan,
    vote,
    voting_round,
)

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
BY_KEY = {kind.key.partition(".")[2]: kind for kind in KINDS}


@pytest.fixture
def hall():
    return make_hall()


def told(key, start, end):
    return list(BY_KEY[key].due(start, end))


def words(election):
    election.refresh_from_db()
    text = spoken(group_text, election)
    return written(text, f"http://hall.test{text.path}") if text else ""


def noticed(hall):
    """A round whose result is on public notice, and the names of who stands in it."""
    election = voting_round(hall)
    for user in hall.staff[:4]:
        vote(election, user, *keys_of(election)[:2])
    close(election)
    election.refresh_from_db()
    with clock.at(ENDS + MINUTE):
        results.start_notice(election=election, by=hall.officer)
    election.refresh_from_db()
    return election, [user.name for user in hall.staff]


def test_they_are_kinds_of_the_site():
    kinds = group_notice_kinds()
    assert [kinds[f"evaluations.{key}"] for key in ("recommendation", "voting", "notice", "published")] == list(KINDS)


def test_recommendation(hall):
    election = opened(hall)
    [one] = told("recommendation", OPENS - MINUTE, OPENS)
    assert (one.object, one.due, one.until) == (f"evaluations.election:{election.pk}", OPENS, CLOSES)
    assert told("recommendation", OPENS, CLOSES) == []
    assert words(election) == (
        f"【推荐通知】{election}\n各位同事：推荐已经开始，请登录后按本期规则推荐。\n截止时间：2026年11月4日 17:30\n"
        f"点击查看：http://hall.test/awards/{election.slug}/recommend/\n——禾湾区政务服务中心"
    )


def test_where_units_recommend_the_others_are_not_sent_to_a_form(hall):
    election = opened(hall, make_award(hall, self_allowed=False, colleague_allowed=False))
    said = words(election)
    assert "首席代表、窗口负责人" in said
    assert f"/awards/{election.slug}/\n" in said


def test_a_round_opened_late_is_told_when_it_is_opened(hall):
    election = plan(hall)
    late = OPENS + dt.timedelta(hours=5)
    assert told("recommendation", BEFORE, CLOSES) == []
    with clock.at(late):
        rounds.open_round(election=election, by=hall.officer)
    assert [one.due for one in told("recommendation", OPENS, CLOSES)] == [late]


def test_voting(hall):
    election = voting_round(hall)
    [one] = told("voting", VOTES - MINUTE, VOTES)
    assert (one.due, one.until) == (VOTES, ENDS)
    assert words(election) == (
        f"【投票通知】{election}\n各位同事：投票已经开始，请用手机登录投票，半分钟即可完成，投给谁不会有人知道。\n"
        f"截止时间：2026年11月6日 17:30\n点击查看：http://hall.test/awards/{election.slug}/vote/\n——禾湾区政务服务中心"
    )


def test_a_round_that_is_called_off_is_not_told(hall):
    election = voting_round(hall)
    found = told("voting", VOTES - MINUTE, VOTES)
    with translation.override("zh-hans"):
        assert BY_KEY["voting"].texts(found)[0].title == str(election)
    with clock.at(DURING_VOTE):
        rounds.cancel(election=election, reason="名单有误", by=hall.officer)
    assert BY_KEY["voting"].texts(found) == [None]
    assert told("voting", VOTES - MINUTE, VOTES) == []
    assert words(election) == ""


def test_public_notice_and_commendation_name_nobody(hall):
    election, names = noticed(hall)
    begun = told("notice", ENDS, ENDS + dt.timedelta(days=7))
    assert {one.object for one in begun} == {f"evaluations.election:{election.pk}"}
    said = words(election)
    assert said.startswith(f"【公示通知】{election}\n各位同事：评选结果正在公示")
    assert f"/awards/{election.slug}/notice/" in said
    published = clock.start_of(election.notice_last + dt.timedelta(days=1))
    progress.advance(published)
    [one] = told("published", published - MINUTE, published)
    assert one.until == published + dt.timedelta(days=3)
    both = said + words(election)
    assert "【表彰通报】" in both
    assert not [name for name in names if name in both]
    # The notice itself is over: a robot that was late says nothing about it.
    assert BY_KEY["notice"].texts(begun) == [None] * len(begun)


@pytest.mark.parametrize("phase", ["preparation", "review", "sealed", "cancelled", "annulled"])
def test_in_other_phases_there_is_nothing_to_tell(hall, phase):
    election = plan(hall)
    Election.objects.filter(pk=election.pk).update(phase=phase)
    assert words(election) == ""


def test_everyone_may_pass_on_what_everyone_sees(hall):
    election = voting_round(hall)
    client = Client()
    for user, name in ((hall.staff[0], "round"), (hall.officer, "round"), (hall.officer, "manage")):
        client.force_login(user)
        with clock.at(DURING_VOTE):
            shown = client.get(f"/awards/{election.slug}/{'' if name == 'round' else 'manage/'}").content.decode()
        assert f"【投票通知】{election}" in shown
        assert f"http://testserver/awards/{election.slug}/vote/" in shown


def test_the_notice_page_has_it_too(hall):
    election, _names = noticed(hall)
    client = Client()
    client.force_login(hall.staff[0])
    assert "【公示通知】" in client.get(f"/awards/{election.slug}/notice/").content.decode()


def test_many_rounds_cost_the_same(hall, django_assert_num_queries):
    for _one in range(5):
        opened(hall)
    found = told("recommendation", OPENS - MINUTE, OPENS)
    with django_assert_num_queries(1):
        assert len(BY_KEY["recommendation"].texts(found)) == 5
    with django_assert_num_queries(1):
        told("recommendation", OPENS - MINUTE, OPENS)
