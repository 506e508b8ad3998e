"""The second factor: nothing opens before its code, each code works once, and what happens when the phone is lost."""

import pytest
import time_machine
from django.test import Client
from django.urls import resolve

from intranet import clock
from intranet.access import authenticators, gates, roles, services
from intranet.access.exceptions import CodeError, CodeLocked, NotAllowed
from intranet.access.models import AuditEntry, Authenticator, RecoveryCode, User
from intranet.access.sealed import unseal
from tests.access.test_sign_in import sign_in
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
CODE = "/sign-in/code/"


def set_up(user):
    """Gives the key and the recovery codes; the present code is used up."""
    key = unseal(services.begin(user).sealed_key)
    return key, services.confirm(user, code=now_code(key))


def now_code(key, later=0):
    return authenticators.code_at(key, authenticators.present_step() + later)


def wrong(key):
    around = {now_code(key, step) for step in (-2, -1, 0, 1, 2)}
    return next(code for code in ("135792", "246803", "975310", "864209") if code not in around)


@pytest.fixture
def officer():
    return make_user(None, roles.UNION_OFFICER)


def test_the_example_of_the_standard():
    """RFC 6238, appendix B, for SHA-1, cut to six digits."""
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [authenticators.code_at(key, at // 30) for at in (59, 1111111109, 20000000000)] == [
        *("287082", "081804", "353130")
    ]


def test_from_setting_up_to_signing_in_with_a_code(client, officer):
    client.force_login(officer)
    assert client.get("/account/two-factors/").status_code == 200
    assert not Authenticator.objects.exists()
    client.post("/account/two-factors/", {"do": "begin"})
    page = client.get("/account/two-factors/").content.decode()
    key = page.split('id="factor-key" translate="no">')[1].split("<")[0].replace(" ", "")
    assert key not in str(list(Authenticator.objects.values()))
    assert client.post("/account/two-factors/", {"do": "confirm", "code": wrong(key)}).status_code == 200
    assert User.objects.get(pk=officer.pk).second_factor_since is None
    shown = client.post("/account/two-factors/", {"do": "confirm", "code": now_code(key)})
    assert "no-store" in shown["Cache-Control"]
    codes = shown.context["codes"]
    assert len(set(codes)) == 10
    assert not any(code.replace("-", "") in str(list(RecoveryCode.objects.values())) for code in codes)
    assert client.get("/account/").status_code == 200
    fresh = Client()
    sign_in(fresh, officer.username)
    assert fresh.get("/account/")["Location"] == CODE
    with time_machine.travel(clock.real_now().timestamp() + 60, tick=False):
        assert fresh.post(CODE, {"code": now_code(key)})["Location"] == "/account/"
    assert fresh.get("/account/").status_code == 200


@pytest.fixture
def asked(client, officer):
    """Somebody who has given their password, and is asked for the code."""
    key, codes = set_up(officer)
    client.force_login(officer)
    return client, key, codes


def closed_to(client):
    """Which of all addresses without a parameter answer something else than the way to the code."""
    from intranet.access.matrix import leaves

    found = set()
    for leaf in leaves():
        if leaf.parameters or "test" in leaf.name:
            continue
        # What answers there: of two leaves with one address the first.
        if not getattr(resolve(leaf.address({})).func, "login_required", True):
            continue
        answer = client.get(leaf.address({}))
        if answer.status_code != 302 or answer["Location"] != CODE:
            found.add(leaf.name)
    return found


def test_every_address_is_closed_before_the_code(asked):
    client, _key, _codes = asked
    assert closed_to(client) <= gates.GATES[0].open_views


@pytest.mark.control
def test_without_the_gates_the_site_is_open_before_the_code(asked, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("SignInGatesMiddleware")]
    client, _key, _codes = asked
    assert client.get("/account/").status_code == 200
    assert client.get("/people/").status_code == 200


def test_a_code_works_once_and_an_earlier_one_not_after_it(asked, officer):
    client, key, _codes = asked
    with time_machine.travel(clock.real_now().timestamp() + 90, tick=False):
        code, earlier = now_code(key), now_code(key, -1)
        assert client.post(CODE, {"code": code}).status_code == 302
        other = Client()
        other.force_login(officer)
        for replayed in (code, earlier):
            assert other.post(CODE, {"code": replayed}).status_code == 200
        assert other.get("/account/")["Location"] == CODE


@pytest.mark.control
def test_without_the_mark_of_the_last_code_it_would_work_again(asked, officer):
    client, key, _codes = asked
    with time_machine.travel(clock.real_now().timestamp() + 90, tick=False):
        code = now_code(key)
        client.post(CODE, {"code": code})
        Authenticator.objects.update(last_step=0)
        services.check_code(officer, code=code)


@pytest.mark.parametrize(("later", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_whose_clock_is_half_a_minute_off_gets_in(officer, later, taken):
    key, _codes = set_up(officer)
    Authenticator.objects.update(last_step=0)
    with time_machine.travel(clock.real_now(), tick=False):
        if taken:
            services.check_code(officer, code=now_code(key, later))
        else:
            with pytest.raises(CodeError):
                services.check_code(officer, code=now_code(key, later))


def test_a_recovery_code_works_once_and_is_told(asked, officer):
    client, _key, codes = asked
    assert client.post(CODE, {"code": codes[0].lower()}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert AuditEntry.objects.filter(action="access.recovery_code_used", user=officer).count() == 1
    with pytest.raises(CodeError):
        services.check_code(officer, code=codes[0])
    services.check_code(officer, code=codes[1])


def test_ten_wrong_codes_lock_until_the_administrator_opens(asked, officer):
    client, key, codes = asked
    for _try in range(10):
        assert client.post(CODE, {"code": wrong(key)}).status_code == 200
    assert client.post(CODE, {"code": codes[0]}).status_code == 429
    with time_machine.travel(clock.real_now().timestamp() + 29 * 60), pytest.raises(CodeLocked):
        services.check_code(officer, code=codes[0])
    desk = Client()
    desk.force_login(make_user(None, roles.SYSTEM_ADMIN))
    assert 'value="unlock"' in desk.get(f"/accounts/{officer.pk}/").content.decode()
    desk.post(f"/accounts/{officer.pk}/", {"do": "unlock"})
    assert client.post(CODE, {"code": codes[0]}).status_code == 302


def test_after_half_an_hour_there_are_tries_again(officer):
    key, codes = set_up(officer)
    for _try in range(10):
        with pytest.raises(CodeError):
            services.check_code(officer, code=wrong(key))
    with time_machine.travel(clock.real_now().timestamp() + 31 * 60):
        services.check_code(officer, code=codes[0])


def test_with_the_setting_an_officer_without_a_factor_sets_one_up_first(client, settings, officer):
    settings.OFFICERS_NEED_TWO_FACTORS = True
    client.force_login(officer)
    for path in ("/", "/people/", "/account/", "/admin/"):
        assert client.get(path)["Location"] == "/account/two-factors/"
    client.post("/account/two-factors/", {"do": "begin"})
    key = unseal(Authenticator.objects.get().sealed_key)
    client.post("/account/two-factors/", {"do": "confirm", "code": now_code(key)})
    assert client.get("/account/").status_code == 200
    clerk = Client()
    clerk.force_login(make_user(None, roles.WINDOW_HEAD))
    assert clerk.get("/account/").status_code == 200


@pytest.mark.control
def test_without_the_setting_the_officer_walks_in(client, officer):
    client.force_login(officer)
    assert client.get("/account/").status_code == 200


def test_a_lost_phone_is_the_system_administrators_business(asked, officer):
    client, _key, _codes = asked
    admin, personnel = make_user(None, roles.SYSTEM_ADMIN), make_user(None, roles.HR_ADMIN)
    for by in (personnel, officer):
        with pytest.raises(NotAllowed):
            services.reset_second_factor(officer, by=by)
    desk = Client()
    desk.force_login(admin)
    assert desk.post(f"/accounts/{officer.pk}/", {"do": "factor"}).status_code == 422
    assert desk.post(f"/accounts/{officer.pk}/", {"do": "factor", "seen": "on"}).status_code == 302
    assert AuditEntry.objects.get(action="access.second_factor_reset").user_id == admin.pk
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert client.get("/account/").status_code == 200


def test_taking_it_away_and_new_codes_need_a_code(asked, officer):
    client, key, codes = asked
    client.post(CODE, {"code": codes[0]})
    for deed in ("remove", "codes"):
        assert client.post("/account/two-factors/", {"do": deed, "code": wrong(key)}).status_code == 200
    assert User.objects.get(pk=officer.pk).second_factor_since
    renewed = client.post("/account/two-factors/", {"do": "codes", "code": codes[1]}).context["codes"]
    with pytest.raises(CodeError):
        services.check_code(officer, code=codes[2])
    assert client.post("/account/two-factors/", {"do": "remove", "code": renewed[0]}).status_code == 302
    assert User.objects.get(pk=officer.pk).second_factor_since is None


def test_a_factor_set_up_anew_is_asked_for_in_sessions_that_passed_the_old_one(asked, officer):
    client, _key, codes = asked
    client.post(CODE, {"code": codes[0]})
    services.remove(officer, code=codes[1])
    set_up(officer)
    assert client.get("/account/")["Location"] == CODE
