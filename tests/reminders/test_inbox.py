import pytest
from django.test import RequestFactory
from django.urls import reverse

from intranet.reminders import services
from intranet.reminders.cards import unread_card
from intranet.reminders.models import InboxMessage
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(rule, member, client):
    """Three messages, an hour apart; the client is their reader."""
    rule.channels = ("inbox",)
    for number in range(3):
        rule.add(member, due=MORNING + number * HOUR, object=f"dummy.plant:{number}")
    for number in range(3):
        services.tick(MORNING + number * HOUR)
    client.force_login(member)
    return list(InboxMessage.objects.order_by("received_at"))


def test_unread_first_then_newest(inbox, member):
    services.read_message(message=inbox[2], by=member)
    found = InboxMessage.objects.visible_to(member).unread_first()
    assert list(found) == [inbox[1], inbox[0], inbox[2]]


def test_the_page_lists_and_counts(inbox, client):
    page = client.get(reverse("reminders:inbox")).content.decode()
    assert "您有 3 条未读提醒。" in page
    assert page.count("请给花浇水 dummy.plant:") == 3


def test_opening_a_message_reads_it_once(inbox, client):
    page = client.get(reverse("reminders:message", args=[inbox[0].pk]))
    assert "该浇水了" in page.content.decode()
    inbox[0].refresh_from_db()
    first = inbox[0].read_at
    assert first is not None
    client.get(reverse("reminders:message", args=[inbox[0].pk]))
    inbox[0].refresh_from_db()
    assert inbox[0].read_at == first


def test_a_foreign_message_is_a_missing_one(inbox, client):
    stranger = make_user()
    client.force_login(stranger)
    foreign = client.get(reverse("reminders:message", args=[inbox[0].pk]))
    missing = client.get(reverse("reminders:message", args=[10**6]))
    assert foreign.status_code == missing.status_code == 404
    services.read_message(message=inbox[0], by=stranger)
    inbox[0].refresh_from_db()
    assert inbox[0].read_at is None


def test_mark_all_as_read(inbox, client, member):
    other = make_user()
    InboxMessage.objects.filter(pk=inbox[0].pk).update(recipient=other)
    page = client.post(reverse("reminders:read_all"), follow=True).content.decode()
    assert "已将 2 条提醒标为已读。" in page
    assert not InboxMessage.objects.visible_to(member).unread().exists()
    assert InboxMessage.objects.visible_to(other).unread().count() == 1
    assert "没有未读提醒。" in client.post(reverse("reminders:read_all"), follow=True).content.decode()
    assert client.get(reverse("reminders:read_all")).status_code == 405


def test_an_empty_inbox_says_so(client, member):
    client.force_login(member)
    assert "暂无提醒" in client.get(reverse("reminders:inbox")).content.decode()


def test_someone_who_left_sees_nothing(inbox, member):
    member.is_active = False
    assert not InboxMessage.objects.visible_to(member).exists()


def test_queries_do_not_grow_with_messages(rule, member, client):
    rule.channels = ("inbox",)
    client.force_login(member)

    def queries():
        return client.get(reverse("reminders:inbox")).headers["Server-Timing"]

    for number in range(25):
        rule.add(member, due=MORNING + number * HOUR, object=f"dummy.plant:{number}")
    services.tick(MORNING)
    few = queries()
    services.tick(MORNING + 24 * HOUR)
    assert queries() == few
    assert client.get(reverse("reminders:inbox") + "?page=2").status_code == 200


def test_the_desk_card(inbox, rule, member):
    request = RequestFactory().get("/")
    request.user = member
    card = unread_card(request)
    assert card["newest"] == inbox[::-1]
    assert card["count"] == 3
    rule.add(member, due=MORNING + 3 * HOUR, object="dummy.plant:3")
    services.tick(MORNING + 3 * HOUR)
    card = unread_card(request)
    assert (len(card["newest"]), card["count"]) == (3, 4)
    services.read_message(message=inbox[0], by=member)
    assert unread_card(request)["count"] == 3
    services.read_message(message=inbox[1], by=member)
    assert unread_card(request)["count"] == 2
    services.read_all(by=member)
    assert unread_card(request) is None


def test_strangers_are_sent_to_sign_in(client):
    answer = client.get(reverse("reminders:inbox"))
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]
