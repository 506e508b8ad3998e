import pytest
from django.contrib.auth.models import Permission

from intranet.access.models import Role


@pytest.fixture
def admin_right():
    """Give a person's role staff the right to enter /admin/, and more permissions by name."""

    def give(user, *names, role="staff"):
        group = Role.objects.get(key=role).group
        for name in ("wagtailadmin.access_admin", *names):
            app, codename = name.split(".")
            group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        user.groups.add(group)

    return give
