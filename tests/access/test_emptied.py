"""`manage.py flush` takes every row, what migrations wrote included; the hall stands again afterwards."""

from django.core.management import call_command

from intranet.access import audit, roles
from intranet.access.models import AuditEntry, Role
from intranet.pages.models import HomePage
from tests.people_of_the_hall import make_user


def test_an_emptied_database_has_its_roles_and_its_site_again(own_database):
    audit.record("access.unlock", make_user())
    call_command("flush", interactive=False, verbosity=0)
    assert set(Role.objects.values_list("key", flat=True)) == set(roles.ROLES)
    assert HomePage.objects.count() == 1
    assert not AuditEntry.objects.exists()
