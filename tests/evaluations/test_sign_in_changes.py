"""Whoever gets another way to sign in while voting is open is named in the events of the round, with who did it."""

from __future__ import annotations

import pytest

from intranet import clock
from intranet.access import services as access
from intranet.access.signals import announce, sign_in_changed
from intranet.people.services import accounts
from tests.people_of_the_hall import make_user

from .hall import DURING_VOTE, close, make_hall, opened, voting_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def hall():
    return make_hall(4)


@pytest.fixture
def admin():
    return make_user(None, "system_admin", name="系统孙", person=False)


@pytest.fixture
def during_vote(django_capture_on_commit_callbacks):
    """Do something while voting is open, and commit it."""

    def do(act, *arguments, **named):
        with django_capture_on_commit_callbacks(execute=True), clock.at(DURING_VOTE):
            return act(*arguments, **named)

    return do


def noted(election, before):
    return list(election.events.filter(number__gt=before).order_by("number").values_list("what", "who"))


def test_a_reset_is_an_event_with_the_staff_number_and_who_did_it(hall, admin, during_vote):
    election = voting_round(hall)
    before, voter = election.events.count(), hall.staff[0]
    code = during_vote(access.reset_in_person, voter, by=admin)
    slip = access.slips.slip_for(voter, code)
    during_vote(access.activate, slip, secret="Hall-2026-secret")
    during_vote(access.password_changed, voter)
    number = voter.person.staff_number
    assert [what for what, _who in noted(election, before)] == [
        f"投票期间：为工号 {number} 新开激活单",
        f"投票期间：工号 {number} 的登录凭据当面重置",
        f"投票期间：工号 {number} 用激活单设置了密码或 PIN",
        f"投票期间：工号 {number} 更换了密码或 PIN",
    ]
    whos = [who for _what, who in noted(election, before)]
    assert whos[0] == whos[1] == "系统孙（系统管理员）"
    assert whos[2].startswith(voter.name)
    text = "".join(what for what, _who in noted(election, before))
    assert voter.name not in text
    assert code not in text


def test_roles_and_accounts_are_events_too(hall, admin, during_vote):
    election = voting_round(hall)
    before, voter = election.events.count(), hall.staff[1]
    number = voter.person.staff_number
    during_vote(access.give_role, voter, "scrutineer", by=admin)
    during_vote(access.take_role, voter, "scrutineer", by=admin)
    during_vote(accounts.close_account, person=voter.person, by=admin)
    said = [what for what, _who in noted(election, before)]
    assert said[:2] == [
        f"投票期间：授予工号 {number} “监票人”角色",
        f"投票期间：收回工号 {number} 的“监票人”角色",
    ]
    assert said[-1] == f"投票期间：工号 {number} 的账号已关闭"


def test_nothing_is_noted_of_others_nor_before_or_after_the_vote(hall, admin, during_vote):
    early = opened(hall)
    before = early.events.count()
    during_vote(access.reset_in_person, hall.staff[0], by=admin)
    assert early.events.count() == before
    hall = make_hall(4)
    election = voting_round(hall)
    before = election.events.count()
    during_vote(access.reset_in_person, make_user(), by=admin)
    assert election.events.count() == before
    close(election)
    before = election.events.count()
    during_vote(access.reset_in_person, hall.staff[0], by=admin)
    assert election.events.count() == before


def test_many_slips_are_one_look_up(hall, admin, during_vote, django_assert_max_num_queries):
    """A hall hands out two hundred slips at once; the round is asked for once, not for each."""
    heard = []

    def listen(sender, users, kind, **facts):
        heard.append((kind, len(users)))

    sign_in_changed.connect(listen)
    try:
        during_vote(access.make_slips, hall.staff, by=admin)
    finally:
        sign_in_changed.disconnect(listen)
    assert heard == [("slip", 4)]


def test_what_is_rolled_back_is_not_announced(hall, admin):
    election = voting_round(hall)
    before = election.events.count()
    announce([hall.staff[0]], "reset", by=admin)  # inside the test's own transaction, which never commits
    assert election.events.count() == before
    with pytest.raises(ValueError, match="not a kind of change"):
        announce([hall.staff[0]], "guessed", by=admin)
