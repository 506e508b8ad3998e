"""From a slip to being signed in; what a PIN is good for; phones that are remembered."""

import datetime as dt
from urllib.parse import unquote

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from intranet import clock
from intranet.access import one_time, pins, roles, services
from intranet.access.exceptions import NotAllowed, SlipError
from intranet.access.models import ActivationSlip, AuditEntry, RememberedPhone, User
from tests.access.test_sign_in import sign_in
from tests.people_of_the_hall import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PIN = "802714"


@pytest.fixture
def admin():
    return make_user(None, roles.SYSTEM_ADMIN)


def new_account(**fields):
    user = make_user(None, is_active=False, **fields)
    user.set_unusable_password()
    user.save()
    return user


def slip_of(user, by):
    return services.make_slips([user], by=by)[user.pk]


def show(client, user, code):
    return client.post("/activate/", {"username": user.username, "code": code})


def choose(client, secret=PIN, how="pin", **more):
    return client.post("/activate/choose/", {"how": how, "secret": secret, "again": secret, **more})


def is_in(client):
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(("how", "secret"), [("pin", PIN), ("password", "翠竹四季常青2026")])
def test_a_slip_opens_the_account_once(client, admin, how, secret):
    user = new_account()
    code = slip_of(user, admin)
    assert show(client, user, one_time.grouped(code).lower().replace("-", " "))["Location"] == "/activate/choose/"
    assert not User.objects.get(pk=user.pk).is_active
    assert choose(client, secret, how)["Location"] == "/desk/"
    assert is_in(client)
    entry = AuditEntry.objects.get(action="access.activate")
    assert (entry.object_id, entry.user_id) == (str(user.pk), user.pk)
    other = Client()
    assert show(other, user, code).status_code == 200
    assert choose(other)["Location"] == "/activate/"
    assert sign_in(other, user.username, secret).status_code == 302
    assert is_in(other)


def test_nothing_that_is_kept_tells_a_code(client, admin):
    user = new_account()
    code = slip_of(user, admin)
    show(client, user, code[:-1] + ("2" if code[-1] != "2" else "3"))
    kept = [*ActivationSlip.objects.values(), *AuditEntry.objects.values(), *AccessAttempt.objects.values()]
    assert AccessAttempt.objects.exists()
    assert code[:-1] not in str(kept).upper()


@pytest.mark.parametrize("case", ["wrong code", "wrong name", "someone else's", "used", "replaced", "run out"])
def test_every_refusal_of_a_slip_reads_the_same(client, admin, case):
    user, other = new_account(), new_account()
    code = slip_of(user, admin)
    name = "nobody" if case == "wrong name" else user.username
    if case == "wrong code":
        code = "2222222222"
    elif case == "someone else's":
        code = slip_of(other, admin)
    elif case == "used":
        ActivationSlip.objects.update(used_at=timezone.now())
    elif case == "replaced":
        slip_of(user, admin)
    with clock.at(clock.now() + dt.timedelta(days=31 if case == "run out" else 0)):
        answer = client.post("/activate/", {"username": name, "code": code})
    assert answer.status_code == 200
    assert "用户名与激活码不符" in answer.content.decode()


@pytest.mark.control
def test_one_day_before_it_runs_out_a_slip_is_good(client, admin):
    user = new_account()
    code = slip_of(user, admin)
    with clock.at(clock.now() + dt.timedelta(days=29)):
        assert show(client, user, code).status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_ten_wrong_codes_lock_and_the_right_one_no_longer_helps(client, admin, known):
    user = new_account()
    code = slip_of(user, admin)
    name = user.username if known else "nobody"
    for _try in range(9):
        assert client.post("/activate/", {"username": name, "code": "2222222222"}).status_code == 200
    assert client.post("/activate/", {"username": name, "code": "2222222222"}).status_code == 429
    assert client.post("/activate/", {"username": name, "code": code}).status_code == 429
    assert not User.objects.get(pk=user.pk).is_active


@pytest.mark.control
def test_with_the_lock_off_the_eleventh_code_gets_in(client, admin, settings):
    settings.AXES_ENABLED = False
    user = new_account()
    code = slip_of(user, admin)
    for _try in range(10):
        show(client, user, "2222222222")
    assert show(client, user, code).status_code == 302


def test_a_slip_in_hand_dies_with_a_newer_one_a_role_and_a_leaver(client, admin):
    for spoil in (
        lambda user: slip_of(user, admin),
        lambda user: services.give_role(user, roles.UNION_OFFICER, by=admin),
        lambda user: services.end_sign_in(user),
    ):
        user = new_account()
        show(client, user, slip_of(user, admin))
        spoil(user)
        assert choose(client)["Location"] == "/activate/"
        assert not User.objects.get(pk=user.pk).is_active


def test_who_makes_whose_slip(admin):
    personnel, auditor, clerk = make_user(None, roles.HR_ADMIN), make_user(None, roles.AUDITOR), make_user()
    head = make_user(None, roles.WINDOW_HEAD)
    allowed = {
        (by, user)
        for by in (personnel, admin, auditor, clerk)
        for user in (personnel, admin, auditor, clerk, head)
        if services.may_hand_over(user, by=by)
    }
    ordinary = {(personnel, clerk), (personnel, head)}
    assert allowed == ordinary | {(admin, user) for user in (personnel, auditor, clerk, head)}
    for by, user in ((personnel, auditor), (personnel, personnel), (clerk, head), (auditor, clerk), (admin, admin)):
        with pytest.raises(NotAllowed):
            services.reset_in_person(user, by=by)
        with pytest.raises(NotAllowed):
            services.make_slips([head, user], by=by)
    assert not ActivationSlip.objects.exists()


@pytest.mark.parametrize(
    "pin",
    [
        *("111111", "123456", "654321", "121212", "112233", "123123", "123321", "147258"),
        *("850312", "120385", "198503", "12345", "1234567", "12a456", ""),
    ],
)
def test_trivial_pins_are_refused(pin):
    assert pins.fault(pin, user=User(username="HW0042"))


def test_a_pin_from_the_staff_number_is_refused_and_a_good_one_is_not():
    assert pins.fault("904716", user=User(username="HW904716"))
    assert pins.fault("904716", user=User(username="HW0042")) == ""
    assert pins.fault(PIN, user=User(username="HW0042")) == ""


def with_pin(*keys):
    user = make_user(None, *keys)
    user.set_pin(PIN)
    user.save()
    return user


def test_a_pin_is_for_people_without_officer_rights(client, admin):
    user = make_user(None, roles.SCRUTINEER, is_active=False)
    show(client, user, slip_of(user, admin))
    assert 'value="pin"' not in client.get("/activate/choose/").content.decode()
    assert choose(client).status_code == 200
    slip = ActivationSlip.objects.get()
    with pytest.raises(SlipError):
        services.activate(slip, secret=PIN, as_pin=True)
    assert not User.objects.get(pk=user.pk).is_active


def test_with_an_officers_role_a_pin_becomes_a_password_at_once(client, admin):
    user = with_pin()
    sign_in(client, user.username, PIN)
    assert is_in(client)
    services.give_role(user, roles.UNION_OFFICER, by=admin)
    assert client.get("/account/")["Location"] == "/password/"
    six = {"old_password": PIN, "how": "pin", "new_password1": "935174", "new_password2": "935174"}
    assert client.post("/password/", six).status_code == 200
    new = {"old_password": PIN, "new_password1": "翠竹四季常青2026", "new_password2": "翠竹四季常青2026"}
    assert client.post("/password/", new).status_code == 302
    assert not User.objects.get(pk=user.pk).has_pin
    assert sign_in(Client(), user.username, "翠竹四季常青2026").status_code == 302


def test_pin_and_password_are_changed_into_each_other(client):
    user = make_user()
    client.force_login(user)
    pin = {"old_password": PASSWORD, "how": "pin", "new_password1": PIN, "new_password2": PIN}
    assert client.post("/password/", {**pin, "new_password1": "123456", "new_password2": "123456"}).status_code == 200
    assert client.post("/password/", pin).status_code == 302
    assert sign_in(Client(), user.username, "８０２７１４").status_code == 302
    assert PIN not in User.objects.get(pk=user.pk).password


def test_without_the_halls_secret_the_table_does_not_tell_a_pin(settings):
    user = with_pin()
    assert user.check_password(PIN)
    settings.SEALING_KEYS = ["another secret of forty characters or so, my dear"]
    assert not user.check_password(PIN)
    settings.SEALING_KEYS = [*settings.SEALING_KEYS, settings.SECRET_KEY]
    assert user.check_password(PIN)


def try_from(number, user, secret, client=None):
    return sign_in(client or Client(), user.username, secret, forwarded=f"10.0.0.{number}")


def test_ten_wrong_pins_from_wherever_close_all_but_the_remembered_phone(client, settings):
    settings.PROXY_COUNT = 1
    user = with_pin()
    assert try_from(99, user, PIN, client).status_code == 302
    own = Client()
    assert sign_in(own, user.username, PIN, remember="on", forwarded="10.0.1.1").status_code == 302
    own.post("/sign-out/")
    for number in range(10):
        assert try_from(number, user, "000001").status_code == 200
    stranger = Client()
    assert try_from(50, user, PIN, stranger).status_code == 200
    assert not is_in(stranger)
    AccessAttempt.objects.all().delete()  # half an hour later
    assert try_from(51, user, PIN, stranger).status_code == 200
    assert sign_in(own, user.username, PIN, forwarded="10.0.1.1").status_code == 302
    assert try_from(52, user, PIN, stranger).status_code == 302


@pytest.mark.control
def test_with_a_password_ten_from_wherever_are_not_yet_a_lock(settings):
    settings.PROXY_COUNT = 1
    user = make_user()
    for number in range(10):
        assert try_from(number, user, "000001").status_code == 200
    assert try_from(50, user, PASSWORD).status_code == 302


def test_the_administrator_sees_and_opens_a_pin_that_was_tried_too_often(client, admin, settings):
    settings.PROXY_COUNT = 1
    user = with_pin()
    for number in range(10):
        try_from(number, user, "000001")
    client.force_login(admin)
    assert 'value="unlock"' in client.get(f"/accounts/{user.pk}/").content.decode()
    client.post(f"/accounts/{user.pk}/", {"do": "unlock"})
    assert try_from(60, user, PIN).status_code == 302


# Remembered phones


def remembered(user, secret=PASSWORD):
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0"})
    sign_in(phone, user.username, secret, remember="on")
    return phone


def test_a_phone_stays_signed_in_for_thirty_days_and_then_no_longer():
    user = make_user()
    phone = remembered(user)
    assert phone.session.get_expiry_age() > 29 * 86400
    row = RememberedPhone.objects.get()
    assert row.label == "Android · 微信"
    assert phone.cookies["hall_phone"].value not in str(list(RememberedPhone.objects.values()))
    assert phone.cookies["hall_phone"]["httponly"]
    with clock.at(clock.now() + dt.timedelta(days=29)):
        assert is_in(phone)
    with clock.at(clock.now() + dt.timedelta(days=30, minutes=1)):
        assert phone.get("/account/").status_code == 302


def test_without_the_tick_and_for_officers_no_phone_is_remembered():
    clerk, officer = make_user(), make_user(None, roles.UNION_OFFICER)
    plain = Client()
    sign_in(plain, clerk.username)
    assert plain.session.get_expiry_age() <= 12 * 3600
    phone = remembered(officer)
    assert is_in(phone)
    assert phone.session.get_expiry_age() <= 12 * 3600
    assert not RememberedPhone.objects.exists()


def test_a_phone_is_forgotten_by_its_owner_only_and_at_once():
    user, other = make_user(), make_user()
    phone, foreign = remembered(user), remembered(other)
    row = RememberedPhone.objects.get(user=user)
    assert foreign.post("/account/", {"phone": row.pk}).status_code == 404
    desk = Client()
    desk.force_login(user)
    assert "Android" in desk.get("/account/").content.decode()
    assert desk.post("/account/", {"phone": row.pk}).status_code == 302
    assert phone.get("/account/").status_code == 302
    assert is_in(foreign)
    assert AuditEntry.objects.get(action="access.forget_phone").user_id == user.pk


@pytest.mark.control
def test_without_the_middleware_a_forgotten_phone_stays_signed_in(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("RememberedPhoneMiddleware")]
    phone = remembered(make_user())
    RememberedPhone.objects.all().delete()
    assert is_in(phone)


@pytest.mark.parametrize("deed", ["password", "reset", "role", "leaver"])
def test_a_phone_is_forgotten_with_the_password_a_reset_a_role_and_a_leaver(deed, admin):
    user = make_user()
    phone = remembered(user)
    if deed == "password":
        desk = Client()
        desk.force_login(user)
        new = {"old_password": PASSWORD, "new_password1": "翠竹四季常青2026", "new_password2": "翠竹四季常青2026"}
        assert desk.post("/password/", new).status_code == 302
    elif deed == "reset":
        services.reset_in_person(user, by=admin)
    elif deed == "role":
        services.give_role(user, roles.AUDITOR, by=admin)
    else:
        services.end_sign_in(user)
    assert phone.get("/account/").status_code == 302
    assert not RememberedPhone.objects.exists()


def test_changing_the_password_on_the_phone_itself_does_not_throw_one_out():
    phone = remembered(make_user())
    new = {"old_password": PASSWORD, "new_password1": "翠竹四季常青2026", "new_password2": "翠竹四季常青2026"}
    assert phone.post("/password/", new).status_code == 302
    assert is_in(phone)
    assert phone.session.get_expiry_age() <= 12 * 3600


def test_a_reset_in_person_ends_the_old_sign_in_and_gives_a_slip(client, admin):
    clerk = make_user()
    at_work = Client()
    at_work.force_login(clerk)
    client.force_login(admin)
    assert client.post(f"/accounts/{clerk.pk}/", {"do": "slip"}).status_code == 422
    assert is_in(at_work)
    page = client.post(f"/accounts/{clerk.pk}/", {"do": "slip", "seen": "on"})
    assert "no-store" in page["Cache-Control"]
    code = page.context["sheets"][0][0]["slip"].code
    assert not is_in(at_work)
    assert sign_in(Client(), clerk.username).status_code == 200
    assert code not in str(list(AuditEntry.objects.values("label", "data")))
    assert AuditEntry.objects.get(action="access.reset_in_person").user_id == admin.pk
    assert show(at_work, clerk, code).status_code == 302
    assert choose(at_work).status_code == 302
    assert is_in(at_work)


def test_the_picture_leads_to_the_form_and_no_server_sees_the_code(client, admin):
    from unittest import mock

    clerk = make_user()
    client.force_login(admin)
    with mock.patch("intranet.access.slip_pages.segno.make") as made:
        made.return_value.svg_data_uri.return_value = "data:,"
        page = client.post(f"/accounts/{clerk.pk}/", {"do": "slip", "seen": "on"})
    address, _sharp, behind = made.call_args.args[0].partition("#")
    assert address == "http://testserver/activate/"
    assert unquote(behind) == f"{clerk.username}/{page.context['sheets'][0][0]['slip'].code}"
