import datetime as dt
import threading

import pytest
from django.db import transaction

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.calendars import services
from intranet.calendars.exceptions import AlreadyRevoked, EndsBeforeItStarts
from intranet.calendars.models import FeedToken, Scheduled
from intranet.calendars.querysets import hash_of
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user
from tests.together import together

from .conftest import HOUR, NOON

LATER = NOON + HOUR


def remember(**fields):
    return services.remember(**{"uid": "dummy-1@hall", "starts": NOON, "ends": LATER, "location": "大厅", **fields})


@pytest.mark.django_db
class TestMemory:
    def test_the_first_time(self):
        row = remember()
        assert (row.sequence, row.starts, row.ends, row.location) == (0, NOON, LATER, "大厅")
        assert (row.changed_at, row.cancelled_at) == (NOON, None)

    def test_the_same_again_changes_nothing(self):
        remember()
        with clock.at(LATER):
            row = remember()
        assert (row.sequence, row.changed_at) == (0, NOON)
        assert not AuditEntry.objects.filter(action="calendars.move").exists()

    @pytest.mark.parametrize("change", [{"starts": NOON - HOUR}, {"ends": LATER + HOUR}, {"location": "三楼"}])
    def test_a_new_time_or_place_raises_the_sequence(self, change):
        remember()
        with clock.at(LATER):
            remember(**change)
        row = Scheduled.objects.get()
        assert (row.sequence, row.changed_at) == (1, LATER)
        [(name, value)] = change.items()
        assert getattr(row, name) == value
        assert AuditEntry.objects.filter(action="calendars.move").count() == 1

    def test_cancelling_once(self):
        remember()
        with clock.at(LATER):
            services.cancel(uid="dummy-1@hall")
        with clock.at(LATER + HOUR):
            services.cancel(uid="dummy-1@hall")
        row = Scheduled.objects.get()
        assert (row.sequence, row.cancelled_at, row.changed_at) == (1, LATER, LATER)
        assert AuditEntry.objects.filter(action="calendars.cancel").count() == 1

    def test_cancelling_what_was_never_there(self):
        assert services.cancel(uid="nothing@hall") is None

    def test_taking_place_after_all(self):
        remember()
        services.cancel(uid="dummy-1@hall")
        row = remember()
        assert (row.sequence, row.cancelled_at) == (2, None)

    def test_an_end_before_the_start_is_refused(self):
        with pytest.raises(EndsBeforeItStarts, match="核对"):
            remember(ends=NOON - dt.timedelta(seconds=1))
        assert remember(ends=NOON).ends == NOON


@pytest.mark.django_db
class TestTokens:
    def test_a_token_has_256_bits_and_only_its_hash_is_kept(self, member):
        token = services.issue_token(user=member, label="手机")
        assert len(token) >= 43
        row = FeedToken.objects.get()
        assert (row.user, row.label, row.created_at, row.revoked_at) == (member, "手机", NOON, None)
        assert row.token_hash == hash_of(token)
        assert token not in str([*FeedToken.objects.values(), *AuditEntry.objects.values()])
        assert AuditEntry.objects.get(action="calendars.subscribe").user == member
        assert services.issue_token(user=member, label="手机") != token

    def test_the_holder_is_found_while_the_token_counts(self, member):
        token = services.issue_token(user=member, label="手机")
        assert FeedToken.objects.holding(token).get().user == member
        assert not FeedToken.objects.holding(token + "x").exists()
        services.revoke(subscription=FeedToken.objects.get(), by=member)
        assert not FeedToken.objects.holding(token).exists()
        assert FeedToken.objects.get().revoked_at == NOON

    def test_a_leaver_holds_nothing(self, member):
        token = services.issue_token(user=member, label="手机")
        member.is_active = False
        member.save()
        assert not FeedToken.objects.holding(token).exists()
        assert not FeedToken.objects.visible_to(member).exists()

    def test_a_new_address_stays_its_holders(self, member):
        services.issue_token(user=member, label="手机")
        new = services.rotate(subscription=FeedToken.objects.get(), by=make_user())
        assert FeedToken.objects.holding(new).get().user == member

    def test_a_new_address_ends_the_old_one(self, member):
        old = services.issue_token(user=member, label="手机")
        row = FeedToken.objects.get()
        new = services.rotate(subscription=row, by=member)
        assert not FeedToken.objects.holding(old).exists()
        assert FeedToken.objects.holding(new).get().label == "手机"
        with pytest.raises(AlreadyRevoked, match="停用"):
            services.rotate(subscription=row, by=member)
        assert FeedToken.objects.count() == 2
        assert AuditEntry.objects.filter(action="calendars.revoke").count() == 1

    def test_only_ones_own_are_seen(self, member):
        services.issue_token(user=member, label="手机")
        assert not FeedToken.objects.visible_to(make_user()).exists()
        assert FeedToken.objects.visible_to(member).count() == 1


def moves_at_once(move, count=8):
    """Move one entry to ``count`` different times from as many threads that start together."""
    services.remember(uid="race@hall", starts=NOON, ends=LATER)
    together(count, lambda number: move(NOON + (number + 1) * HOUR))
    return Scheduled.objects.get(uid="race@hall").sequence


def test_every_move_raises_the_sequence_even_at_once(own_database):
    assert moves_at_once(lambda at: services.remember(uid="race@hall", starts=at, ends=at + HOUR)) == 8


@pytest.mark.control
def test_without_the_lock_a_move_gets_lost(own_database, monkeypatch):
    from contextlib import nullcontext

    read = threading.Barrier(8)
    raise_sequence = services._raised

    def late(row, action, by):
        read.wait(timeout=PATIENCE)
        return raise_sequence(row, action, by)

    monkeypatch.setattr(services, "_raised", late)
    monkeypatch.setattr(type(Scheduled.objects.all()), "select_for_update", lambda rows, **options: rows)
    monkeypatch.setattr(transaction, "atomic", lambda *args, **kwargs: nullcontext())
    unguarded = services.remember.__wrapped__
    assert moves_at_once(lambda at: unguarded(uid="race@hall", starts=at, ends=at + HOUR)) < 8


def test_the_same_uid_at_once_is_one_entry(own_database):
    together(6, lambda number: services.remember(uid="new@hall", starts=NOON, ends=LATER))
    assert Scheduled.objects.filter(uid="new@hall", sequence=0).count() == 1
