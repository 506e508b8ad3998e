from __future__ import annotations

import pytest

from intranet.people.models import Body, Unit, Window
from intranet.sheets.services import check, import_file


def make_hall() -> None:
    """Two units, three windows, a union group."""
    tax = Unit.objects.create(name="云溪区税务局", short_name="税务局", kind=Unit.Kind.POSTING_DEPARTMENT)
    land = Unit.objects.create(name="自然资源局", kind=Unit.Kind.POSTING_DEPARTMENT)
    for number, unit in (("1", tax), ("2", tax), ("3", land)):
        Window.objects.create(number=number, name=f"业务{number}").units.add(unit)
    Body.objects.create(name="第一小组", kind=Body.Kind.UNION_GROUP)


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    make_hall()


@pytest.fixture
def officer(hall):
    from tests.people_of_the_hall import make_user

    return make_user("HR01", "hr_admin", person=False)


@pytest.fixture
def codes(hall):
    """(row, column, code) of every error a file gives when it is checked."""

    def found(path, kind="staff_register"):
        report = check(kind=kind, path=path, by=None)
        return [(issue.row, issue.column, issue.code) for issue in report.errors]

    return found


@pytest.fixture
def bring(hall):
    """Import a file; the report."""

    def brought(path, kind="staff_register", by=None, **more):
        return import_file(kind=kind, path=path, by=by, **more)

    return brought
