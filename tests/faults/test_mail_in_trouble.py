"""Mail servers that are slow, drop connections or take nothing: pages go on, five tries, and the officer sees it."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from intranet import clock
from intranet.reminders import services
from intranet.reminders.channels import CHANNELS, MAX_TRIES
from intranet.reminders.models import InboxMessage, OutboxRow
from intranet.reminders.states import NOT_TAKEN
from tests.people_of_the_hall import make_user
from tests.reminders.dummy import HOUR, MINUTE, MORNING, DummyRule, registered

from .reminding import MailServer, garden, gardeners

# Seconds the server takes for a message: half a minute, which a hall's own server may well take.
SLOW = 30 if os.environ.get("FULL") == "1" else 8


@pytest.mark.xdist_group("killed reminders")
def test_a_slow_mail_server_holds_up_no_page(own_database, tmp_path):
    """Whoever reads and marks the inbox meanwhile is answered before the server has taken the message."""
    gardeners(2)
    with garden(own_database, tmp_path, redis=False, pause=SLOW, plants=1, hold=240) as hall:
        hall.wait(lambda: OutboxRow.objects.filter(channel="inbox", state="sent").count() == 2, "the inbox")
        hall.wait(lambda: len(hall.mail.noted("begun")) > len(hall.mail.noted("taken")), "a mail on its way")
        reader = InboxMessage.objects.first().recipient
        browser = Client()
        browser.force_login(reader)
        taken = len(hall.mail.noted("taken"))
        assert "浇水" in browser.get(reverse("reminders:inbox")).content.decode()
        assert browser.post(reverse("reminders:read_all")).status_code == 302
        assert InboxMessage.objects.filter(recipient=reader, read_at=None).count() == 0
        assert len(hall.mail.noted("taken")) == taken, "the pages waited for the mail server"
        hall.wait(lambda: OutboxRow.objects.filter(state="sent").count() == 4, "until all are sent")
        assert Counter(Counter(hall.mail.noted("taken")).values()) == {1: 2}
    assert set(OutboxRow.objects.values_list("tries", flat=True)) == {1}


@pytest.fixture
def posted(settings, tmp_path):
    """``posted("--drop", "5")``: mail goes to such a server in a process of its own."""
    servers: list[MailServer] = []

    def start(*options: str) -> MailServer:
        server = MailServer(tmp_path / "smtp", *options)
        servers.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        return server

    yield start
    for server in servers:
        server.close()


def a_rule_with(count: int) -> DummyRule:
    rule = DummyRule(channels=("mail",))
    for number in range(count):
        rule.add(make_user(person=False, email=f"u{number}@hall.test"), until=MORNING + 24 * HOUR)
    return rule


@pytest.mark.django_db
def test_a_server_that_drops_every_fifth_connection_gets_every_mail_once(posted, monkeypatch):
    monkeypatch.setattr(CHANNELS["mail"], "batch", 3)
    server = posted("--drop", "5")
    with registered(a_rule_with(60)):
        for minute in range(0, 120, 2):
            services.tick(MORNING + minute * MINUTE)
    taken, tries = Counter(server.noted("taken")), OutboxRow.objects.values_list("tries", flat=True)
    dropped = len(server.noted("begun")) - sum(taken.values())
    print(f"{dropped} connections dropped, tries {dict(Counter(tries))}")
    assert dropped >= 4
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"sent"}
    assert Counter(taken.values()) == {1: 60}
    assert max(tries) <= MAX_TRIES
    assert sum(tries) == 60 + dropped


@pytest.mark.django_db
def test_a_server_that_takes_nothing_is_asked_five_times_and_then_it_shows(posted, client):
    server = posted("--drop", "1")
    with registered(a_rule_with(4)):
        for minute in range(0, 180, 3):
            services.tick(MORNING + minute * MINUTE)
        client.force_login(make_user("OF01", "union_officer"))
        with clock.at(MORNING + 3 * HOUR):
            shown = client.get(reverse("reminders:outlook")).content.decode()
    assert gettext(NOT_TAKEN) in shown
    rows = OutboxRow.objects.all()
    assert {(row.state, row.tries, bool(row.failure)) for row in rows} == {("failed", 5, True)}
    assert Counter(Counter(server.noted("begun")).values()) == {5: 4}
    assert server.noted("taken") == []
