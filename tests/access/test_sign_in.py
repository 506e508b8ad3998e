import datetime as dt

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intranet.access import lock, matrix, roles, services, ways_back
from intranet.access.models import AuditEntry, User
from tests.people_of_the_hall import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_in(client, username, password=PASSWORD, forwarded=None, **extra):
    given = {"username": username, "password": password, **extra}
    headers = {"Accept-Language": "en"} | ({"X-Forwarded-For": forwarded} if forwarded else {})
    return client.post("/sign-in/", given, headers=headers)


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


def test_the_page_warns_of_secrets_and_shows_no_menu(client):
    answer = client.get("/sign-in/")
    assert answer.status_code == 200
    assert "严禁存储、处理涉密信息" in answer.content.decode()


def test_a_person_signs_in_and_out_and_both_are_recorded(client):
    user = make_user()
    answer = sign_in(client, user.username)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "user_id", "address")) == [
        ("access.sign_in", user.pk, "127.0.0.1"),
        ("access.sign_out", user.pk, "127.0.0.1"),
    ]


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/sign-in/", "/sign-out/", "javascript:alert(1)", "/admin/login/"]
)
def test_next_leads_nowhere_else(client, target):
    answer = sign_in(client, make_user().username, next=target)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("pages:desk")
    again = client.get("/sign-in/", {"next": target})
    assert again["Location"] == reverse("pages:desk")


def test_next_leads_to_a_page_of_the_house(client):
    assert sign_in(client, make_user().username, next="/password/?a=1")["Location"] == "/password/?a=1"


def test_a_stranger_is_sent_to_sign_in_and_back(client):
    answer = client.get("/password/?a=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/password/%3Fa%3D1"


def send_as_a_stranger(client, address, page=None):
    """A form sent when the session has ended, from a page of the site or from nowhere."""
    return client.post(address, headers={"Referer": page} if page else {})


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/password/?a=1", "/sign-in/?next=/password/%3Fa%3D1"),
        ("http://testserver/account/#below", "/sign-in/?next=/account/"),
        ("http://testserver/appearance/", "/sign-in/"),
        ("http://testserver/sign-out/", "/sign-in/"),
        ("http://elsewhere.test/password/", "/sign-in/"),
        ("http://[broken/password/", "/sign-in/"),
        (None, "/sign-in/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page_and_says_that_nothing_was_done(
    english, page, back
):
    answer = send_as_a_stranger(english, "/password/", page)
    assert answer.status_code == 302
    assert answer["Location"] == back
    assert "what you sent was not done" in english.get(back).content.decode()


def test_signing_out_twice_is_no_form_that_was_lost(english):
    assert send_as_a_stranger(english, "/sign-out/", "http://testserver/desk/")["Location"] == "/sign-in/?next=/desk/"
    assert "was not done" not in english.get("/sign-in/").content.decode()


@pytest.mark.parametrize("target", ["/appearance/", "/language/"])
def test_an_address_that_only_takes_forms_is_no_way_back(client, target):
    assert client.get(target).status_code == 405
    assert sign_in(client, make_user().username, next=target)["Location"] == reverse("pages:desk")


def test_every_address_that_takes_forms_only_is_known_as_such():
    """The matrix has measured it; the way back asks the view."""
    rows = matrix.rows()
    measured = {leaf.key for leaf in matrix.leaves() if rows.get(leaf.key, {}).get("methods") == ["POST"]}
    known = {leaf.key for leaf in matrix.leaves() if not ways_back.can_be_read(leaf.view)}
    assert len(measured) > 30
    assert measured - known == set()


@pytest.mark.parametrize("case", ["wrong password", "nobody", "closed"])
def test_every_refusal_reads_the_same(english, case):
    user = make_user(None, is_active=case != "closed")
    name = "nobody-by-that-name" if case == "nobody" else user.username
    answer = sign_in(english, name, "wrong" if case != "closed" else PASSWORD)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "The staff number and password do not match" in page
    assert "closed" not in page.lower().split("<form")[1].split("</form>")[0].replace("disclosed", "")
    assert AuditEntry.objects.get().action == "access.sign_in_failed"
    assert AuditEntry.objects.get().label == ("user -" if case == "nobody" else f"user {user.pk}")


@pytest.mark.parametrize("known", [True, False])
def test_ten_wrong_tries_lock_the_account_and_the_page_says_what_to_do(english, known):
    username = make_user().username if known else "nobody"
    for _try in range(9):
        assert sign_in(english, username, "wrong").status_code == 200
    answer = sign_in(english, username, "wrong")
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "10 times" in page
    assert "30 minutes" in page
    assert "system administrator" in page
    assert answer["Retry-After"] == "1800"
    right = sign_in(english, username, PASSWORD)
    assert right.status_code == 429
    assert "_auth_user_id" not in english.session
    assert AuditEntry.objects.filter(action="access.locked_out").exists()


def test_a_password_typed_into_the_wrong_box_is_kept_nowhere(client):
    for _try in range(11):
        answer = sign_in(client, "翠竹四季常青2026", "wrong")
    assert answer.status_code == 429
    assert "翠竹" not in str(list(AccessAttempt.objects.values()))
    assert "翠竹" not in str(list(AuditEntry.objects.values()))
    assert AccessAttempt.objects.get().failures_since_start >= 10


def test_wrong_tries_on_nobodys_name_do_not_lock_another_one(client):
    for _try in range(10):
        sign_in(client, "nobody", "wrong")
    assert sign_in(client, "nobody-else", "wrong").status_code == 200


@pytest.mark.parametrize("same", [" HW0815", "HW0815\t", "HW0815\u3000", "ＨＷ０８１５", "hw0815", "ｈｗ０８１５"])
def test_another_spelling_of_the_same_name_is_the_same_lock(client, same):
    user = make_user("HW0815")
    for _try in range(10):
        sign_in(client, same, "wrong", forwarded=f"10.0.0.{_try}")
    assert sign_in(client, user.username).status_code == 429


@pytest.mark.parametrize("typed", ["HW0815", "hw0815", "Hw0815", "ｈｗ０８１５ "])
def test_a_staff_number_lets_in_however_it_is_typed(client, typed):
    user = make_user("HW0815")
    assert sign_in(client, typed).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_two_names_that_differ_in_their_letters_only_are_two_people(client):
    small, large = make_user("hw0815"), make_user("HW0815")
    assert sign_in(client, "Hw0815").status_code == 200
    for user in (small, large):
        door = Client()
        assert sign_in(door, user.username).status_code == 302
        assert door.session["_auth_user_id"] == str(user.pk)


def test_the_lock_treats_the_letters_of_nobodys_name_as_those_of_somebodys(client):
    make_user("HW0815")
    for name in ("hw0815", "hw9999"):
        for _try in range(10):
            sign_in(client, name, "wrong")
        assert sign_in(client, name.upper(), "wrong").status_code == 429


def test_whose_name_is_typed_is_asked_equally_often(client):
    make_user("HW0815")
    with CaptureQueriesContext(connection) as known:
        sign_in(client, "hw0815", "wrong")
    with CaptureQueriesContext(connection) as unknown:
        sign_in(client, "hw9999", "wrong")
    assert len(known) == len(unknown)


def test_tries_from_several_browsers_at_one_address_are_one_lock_and_the_administrator_sees_it(client):
    admin, locked = make_user(None, roles.SYSTEM_ADMIN), make_user()
    for number in range(10):
        answer = client.post(
            "/sign-in/", {"username": locked.username, "password": "wrong"}, HTTP_USER_AGENT=f"browser {number % 3}"
        )
    assert answer.status_code == 429
    assert lock.locked_usernames() == {locked.username}
    desk = Client()
    desk.force_login(admin)
    assert 'value="unlock"' in desk.get(f"/accounts/{locked.pk}/").content.decode()


@pytest.mark.parametrize(("proxies", "seen"), [(0, ""), (1, ", 10.5.5.5"), (2, ", 10.5.5.5, 10.9.9.9")])
def test_the_lock_is_of_one_real_address_whatever_the_client_writes(client, settings, proxies, seen):
    settings.PROXY_COUNT = proxies
    user = make_user()
    for number in range(10):
        answer = sign_in(client, user.username, "wrong", forwarded=f"10.0.0.{number}{seen}")
    assert answer.status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.7.7.7")
    assert elsewhere.post("/sign-in/", {"username": user.username, "password": PASSWORD}).status_code == 302


def wrong_from(number, username):
    return Client(REMOTE_ADDR=f"10.0.{number}.1").post("/sign-in/", {"username": username, "password": "wrong"})


def test_who_has_many_addresses_is_stopped_by_the_lock_of_the_account(client, settings):
    settings.ACCOUNT_FAILURE_LIMIT = 25
    user, other = make_user(), make_user()
    for _try in range(14):
        wrong_from(0, user.username)  # the last four are refused and count no more
    for number in range(1, 15):
        assert wrong_from(number, user.username).status_code == 200
    answer = wrong_from(15, user.username)
    assert answer.status_code == 429
    assert "25" in answer.content.decode()
    assert sign_in(client, user.username).status_code == 429
    assert lock.locked_usernames() == {user.username}
    assert sign_in(client, other.username).status_code == 302
    services.unlock(user)
    assert sign_in(client, user.username).status_code == 302


def test_the_lock_of_the_account_ends_by_itself(client, settings):
    settings.ACCOUNT_FAILURE_LIMIT = 12
    user = make_user()
    for number in range(12):
        answer = wrong_from(number, user.username)
    assert answer.status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=20, seconds=30))
    assert lock.minutes_left(user.username) == 10
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=31))
    assert lock.locked_usernames() == set()
    assert sign_in(client, user.username).status_code == 302


def test_the_hall_locks_an_account_after_at_most_a_hundred_tries(settings):
    assert settings.AXES_FAILURE_LIMIT == 10
    assert settings.ACCOUNT_FAILURE_LIMIT == 100


@pytest.mark.control
def test_with_the_lock_off_the_eleventh_try_gets_in(client, settings):
    settings.AXES_ENABLED = False
    user = make_user()
    for _try in range(11):
        assert sign_in(client, user.username, "wrong").status_code == 200
    assert sign_in(client, user.username).status_code == 302


def test_nine_wrong_tries_and_a_right_one_forget_the_nine(client):
    user = make_user()
    for _try in range(9):
        sign_in(client, user.username, "wrong")
    assert sign_in(client, user.username).status_code == 302
    assert not AccessAttempt.objects.filter(username=user.username).exists()


def test_the_system_administrator_unlocks_and_it_is_recorded(client):
    admin, locked = make_user(None, roles.SYSTEM_ADMIN), make_user()
    for _try in range(10):
        sign_in(client, locked.username, "wrong")
    desk = Client()
    desk.force_login(admin)
    page = desk.get(f"/accounts/{locked.pk}/").content.decode()
    assert 'value="unlock"' in page
    assert f"/accounts/{locked.pk}/" in desk.get("/desk/").content.decode()
    assert locked.username in desk.get("/accounts/").content.decode().split("<table")[0]
    assert desk.post(f"/accounts/{locked.pk}/", {"do": "unlock"}).status_code == 302
    assert 'value="unlock"' not in desk.get(f"/accounts/{locked.pk}/").content.decode()
    assert f"/accounts/{locked.pk}/" not in desk.get("/desk/").content.decode()
    assert AuditEntry.objects.get(action="access.unlock").user_id == admin.pk
    assert sign_in(client, locked.username).status_code == 302


@pytest.mark.parametrize("service", [services.unlock, services.reset_in_person])
def test_opening_one_account_opens_no_other(service):
    admin, locked, other = make_user(None, roles.SYSTEM_ADMIN), make_user(), make_user()
    for user in (locked, other):
        for _try in range(10):
            wrong_from(0, user.username)
    service(locked, by=admin)
    assert lock.locked_usernames() == {other.username}


def test_a_password_that_is_not_enough_must_be_changed_before_anything_else(client):
    clerk = make_user(None, must_change_password=True)
    assert sign_in(client, clerk.username).status_code == 302
    for path in ("/", "/audit/", "/admin/", "/accounts/", "/account/"):
        assert client.get(path)["Location"] == "/password/"
    same = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    answer = client.post("/password/", same)
    assert answer.status_code == 200
    assert "请重新设置" in answer.content.decode()
    assert User.objects.get(pk=clerk.pk).must_change_password
    new = {"old_password": PASSWORD, "new_password1": "翠竹四季常青2026", "new_password2": "翠竹四季常青2026"}
    assert client.post("/password/", new).status_code == 302
    assert not User.objects.get(pk=clerk.pk).must_change_password
    assert client.get("/password/").status_code == 200
    assert AuditEntry.objects.filter(action="access.password_change", user=clerk).count() == 1


def test_the_object_in_hand_knows_that_the_password_is_ones_own():
    user, other = (make_user(None, must_change_password=True) for _one in range(2))
    services.password_changed(user)
    other.refresh_from_db()
    assert other.must_change_password is True
    assert user.must_change_password is False
    user.refresh_from_db()
    assert user.must_change_password is False


@pytest.mark.parametrize("weak", ["short1", "1234567890123", "password1234567"[:8], "qwertyuiop"])
def test_weak_passwords_are_refused(client, weak):
    clerk = make_user()
    client.force_login(clerk)
    answer = client.post("/password/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak})
    assert answer.status_code == 200
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_changing_the_password_ends_other_sessions(client):
    clerk, other = make_user(), Client()
    client.force_login(clerk)
    other.force_login(clerk)
    new = {"old_password": PASSWORD, "new_password1": "翠竹四季常青2026", "new_password2": "翠竹四季常青2026"}
    client.post("/password/", new)
    assert client.get("/password/").status_code == 200
    assert other.get("/password/").status_code == 302


def test_roles_are_given_on_the_account_page_but_not_to_oneself(client):
    admin, clerk = make_user(None, roles.SYSTEM_ADMIN), make_user()
    client.force_login(admin)
    client.post(f"/accounts/{clerk.pk}/", {"do": "roles", "roles": ["staff", "scrutineer"]})
    assert User.objects.get(pk=clerk.pk).role_keys == {"staff", "scrutineer"}
    client.post(f"/accounts/{clerk.pk}/", {"do": "roles", "roles": ["staff"]})
    assert User.objects.get(pk=clerk.pk).role_keys == {"staff"}
    client.post(f"/accounts/{admin.pk}/", {"do": "roles", "roles": ["staff", "system_admin", "auditor"]})
    assert not User.objects.get(pk=admin.pk).has_role("auditor")
    assert client.post(f"/accounts/{clerk.pk}/", {"do": "roles", "roles": ["emperor"]}).status_code == 422
    assert client.post(f"/accounts/{clerk.pk}/", {}).status_code == 400
    before = User.objects.get(pk=admin.pk).password
    client.post(f"/accounts/{admin.pk}/", {"do": "slip", "seen": "on"})
    assert User.objects.get(pk=admin.pk).password == before


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {roles.SYSTEM_ADMIN}))
def test_accounts_are_closed_to_every_other_role(client, role):
    clerk = make_user(None, role)
    client.force_login(clerk)
    assert client.get("/accounts/").status_code == 403
    assert client.post(f"/accounts/{clerk.pk}/", {"do": "roles", "roles": ["system_admin"]}).status_code == 403
    assert not User.objects.get(pk=clerk.pk).has_role("system_admin")


def test_the_list_of_accounts_asks_the_database_equally_often(client, django_assert_max_num_queries):
    client.force_login(make_user(None, roles.SYSTEM_ADMIN))
    for _one in range(40):
        make_user(None, roles.AUDITOR, person=False)
    with django_assert_max_num_queries(12):
        assert client.get("/accounts/").status_code == 200


def test_wagtails_doors_lead_to_ours(client):
    assert client.get("/admin/login/?next=/admin/pages/")["Location"] == "/sign-in/?next=/admin/pages/"
    assert client.get("/admin/password_reset/")["Location"] == "/sign-in/help/"
    assert client.get("/_util/login/?next=/x/")["Location"] == "/sign-in/?next=/x/"
    assert client.get("/admin/").status_code == 302
    assert client.get("/sign-in/help/").status_code == 200
    for closed in ("/admin/jsi18n/", "/admin/sprite/"):
        assert client.get(closed)["Location"].startswith("/sign-in/")


def test_without_the_editors_right_the_desk_of_editors_answers_403_instead_of_turning_in_circles(client):
    client.force_login(make_user())
    for path in ("/admin/", "/admin/pages/", "/admin/reports/site-history/", "/admin/account/"):
        assert client.get(path).status_code == 403


def test_a_page_of_the_editors_desk_that_is_not_ones_own_answers_403(client, admin_right):
    editor = make_user()
    admin_right(editor)
    client.force_login(editor)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/users/").status_code == 403
    assert "没有权限" not in client.get("/admin/").content.decode()
    assert client.get("/admin/collections/").status_code == 403


@pytest.mark.parametrize(
    ("count", "passed", "seen"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (1, "", "127.0.0.1"),
        (3, "6.6.6.6", "127.0.0.1"),
    ],
)
def test_the_address_is_the_one_our_own_proxy_saw(client, settings, count, passed, seen):
    settings.PROXY_COUNT = count
    user = make_user()
    client.post("/sign-in/", {"username": user.username, "password": PASSWORD}, HTTP_X_FORWARDED_FOR=passed)
    assert AuditEntry.objects.get().address == seen
