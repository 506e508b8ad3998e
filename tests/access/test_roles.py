import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from wagtail import hooks

from intranet.access import roles, services
from intranet.access.exceptions import RuleError
from intranet.access.models import AuditEntry, Role
from intranet.access.registry import RolePermissions
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def grants(**given):
    return hooks.register_temporarily("register_role_permissions", lambda: RolePermissions("test", given))


def test_after_migrating_every_role_has_a_row_and_a_group():
    assert set(Role.objects.values_list("key", flat=True)) == set(roles.ROLES)
    assert Group.objects.filter(name="监票人", role__key=roles.SCRUTINEER).exists()


def test_a_role_given_and_taken_changes_what_the_same_object_answers_and_is_recorded():
    admin, clerk = make_user(), make_user()
    assert not clerk.has_role(roles.AUDITOR)
    assert services.give_role(clerk, roles.AUDITOR, by=admin) is True
    assert clerk.has_role(roles.AUDITOR)
    assert services.give_role(clerk, roles.AUDITOR, by=admin) is False
    assert services.take_role(clerk, roles.AUDITOR, by=admin) is True
    assert not clerk.has_role(roles.AUDITOR)
    assert services.take_role(clerk, roles.AUDITOR, by=admin) is False
    written = AuditEntry.objects.filter(object_id=str(clerk.pk)).order_by("pk")
    assert [(entry.action, entry.user_id, entry.data) for entry in written] == [
        ("access.give_role", admin.pk, {"role": "auditor"}),
        ("access.take_role", admin.pk, {"role": "auditor"}),
    ]


@pytest.mark.parametrize("service", [services.give_role, services.take_role])
def test_an_unknown_role_is_refused_by_name(service):
    with pytest.raises(RuleError, match="emperor"):
        service(make_user(), "emperor")


def test_sync_gives_groups_what_apps_grant_and_takes_what_they_no_longer_grant():
    group = Role.objects.get(key=roles.HR_ADMIN).group
    with grants(hr_admin=("people.change_person", "people.view_person")):
        assert roles.sync_roles() == []
        assert {"change_person", "view_person"} <= set(group.permissions.values_list("codename", flat=True))
    with grants(hr_admin=("people.view_zone",)):
        roles.sync_roles()
    held = set(group.permissions.values_list("codename", flat=True))
    assert "view_zone" in held
    roles.sync_roles()


def test_a_taken_role_takes_its_permissions_from_the_same_object():
    clerk = make_user(None, roles.HR_ADMIN)
    assert clerk.has_perm("people.change_unit")
    services.take_role(clerk, roles.HR_ADMIN)
    assert not clerk.has_perm("people.change_unit")


def test_roles_are_set_all_or_none():
    admin, clerk = make_user(), make_user()
    with pytest.raises(RuleError, match="zzz"):
        services.set_roles(clerk, {roles.AUDITOR, roles.STAFF, "zzz"}, by=admin)
    assert type(clerk).objects.get(pk=clerk.pk).role_keys == {roles.STAFF}
    assert not AuditEntry.objects.exists()


def test_sync_keeps_what_a_group_holds_on_an_app_that_is_out():
    from django.contrib.contenttypes.models import ContentType

    gone = ContentType.objects.create(app_label="gone", model="thing")
    kept = Permission.objects.create(content_type=gone, codename="change_thing", name="x")
    group = Role.objects.get(key=roles.STAFF).group
    group.permissions.add(kept)
    roles.sync_roles()
    assert kept in group.permissions.all()


def test_a_misspelt_permission_is_named():
    with grants(staff=("people.veiw_person",)):
        assert roles.sync_roles() == ["people.veiw_person"]
        with pytest.raises(CommandError, match=r"people\.veiw_person"):
            call_command("sync_roles")


def test_an_unknown_role_in_a_grant_is_named():
    with grants(hr_adnim=("people.view_person",)), pytest.raises(ValueError, match="hr_adnim"):
        roles.sync_roles()


@pytest.mark.parametrize("name", ["access.change_user", "auth.change_group", "access.delete_auditentry"])
def test_nobody_is_granted_the_editing_of_users(name):
    with grants(system_admin=(name,)), pytest.raises(ValueError, match="never granted"):
        roles.sync_roles()


def test_an_inactive_account_has_no_roles():
    leaver = make_user(None, roles.AUDITOR, is_active=False)
    assert not leaver.has_role(roles.AUDITOR)
