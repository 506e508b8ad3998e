import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from wagtail.log_actions import log
from wagtail.log_actions import registry as log_actions
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from intranet import clock
from intranet.access import append_only, audit, csv_cells, roles
from intranet.access.models import AuditEntry, User
from intranet.access.registry import has_private_fields
from intranet.people.models import CorrectionRequest, Person
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    user = make_user(None, roles.AUDITOR, name="审计员郑")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def entry(action="access.give_role", by=None, on="2026-11-05T10:00", about=None):
    with clock.at(clock.parse(on)):
        audit.record(action, about or make_user(), by=by)
    return AuditEntry.objects.latest("pk")


def test_every_model_but_page_is_logged_here():
    for model in (User, Person, CorrectionRequest):
        assert log_actions.get_log_model_for_model(model) is AuditEntry
    assert log_actions.get_log_model_for_model(Page) is PageLogEntry
    assert ModelLogEntry not in log_actions.get_log_entry_models()


def test_what_wagtail_logs_has_a_neutral_title_and_no_values():
    clerk = make_user(name="林小雨")
    request = CorrectionRequest.objects.create(
        person=clerk.person, field="mobile", text="13900000000", requested_at=clock.now()
    )
    with audit.acting(user=clerk, address="10.1.2.3"):
        log(request, "wagtail.edit", user=clerk, title="13900000000", data={"text": "13900000000"})
    written = AuditEntry.objects.get(action="wagtail.edit")
    assert written.label == f"correctionrequest {request.pk}"
    assert written.data == {}
    assert written.address == "10.1.2.3"
    assert written.object_id == str(request.pk)
    assert not ModelLogEntry.objects.exists()


def test_what_the_house_records_about_a_private_row_keeps_its_counts_and_keys():
    clerk = make_user()
    audit.record("access.unlock", clerk.person, by=clerk, data={"rows": 3})
    assert AuditEntry.objects.get().data == {"rows": 3}


def test_a_model_that_inherits_a_private_field_has_private_fields():
    class Heir(Person):
        class Meta:
            proxy = True
            app_label = "people"

    assert has_private_fields(Heir)
    assert not has_private_fields(User)


def test_the_log_is_append_only_one_by_one_and_in_bulk():
    written = entry()
    for attempt in (
        written.save,
        written.delete,
        AuditEntry.objects.all().delete,
        AuditEntry.objects.filter(pk=written.pk).delete,
        lambda: AuditEntry.objects.all().update(label="x"),
        lambda: AuditEntry.objects.bulk_update([written], ["label"]),
    ):
        with pytest.raises(TypeError, match="append-only"):
            attempt()
    assert AuditEntry.objects.get(pk=written.pk).label == written.label


def test_an_action_nobody_registered_is_refused():
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        audit.record("access.no_such_action", make_user())


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {roles.AUDITOR}))
def test_the_page_and_the_export_are_closed_to_every_other_role(client, role):
    client.force_login(make_user(None, role))
    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/export.csv").status_code == 403


def lines(client, **query):
    page = client.get("/audit/", query)
    assert page.status_code == 200
    return page.context["lines"]


def test_the_page_filters_by_action_person_and_days(client, auditor):
    AuditEntry.objects.none()
    wang, li = make_user("W001", name="王芳"), make_user("L001", name="李强")
    entry("access.give_role", wang, "2026-11-04T23:59")
    entry("access.take_role", wang, "2026-11-05T00:00")
    entry("access.take_role", li, "2026-11-05T23:59")
    entry("access.take_role", li, "2026-11-06T00:00")
    assert [line["who"] for line in lines(client, action="access.take_role")] == ["李强", "李强", "王芳"]
    assert {line["who"] for line in lines(client, person="W001")} == {"王芳"}
    assert len(lines(client, person="李")) == 2
    days = lines(client, first="2026-11-05", last="2026-11-05")
    assert [line["who"] for line in days] == ["李强", "王芳"]
    wrong = client.get("/audit/", {"first": "2026-11-06", "last": "2026-11-05"})
    assert "Please swap them" in wrong.content.decode()
    assert wrong.context["lines"] == []


def test_the_page_asks_the_database_equally_often(client, auditor, django_assert_max_num_queries):
    for _one in range(60):
        entry(by=make_user(person=False))
    client.get("/audit/")
    with django_assert_max_num_queries(14):
        page = client.get("/audit/")
    assert len(page.context["lines"]) == 50
    assert len(lines(client, page=2)) >= 10


def test_an_entry_of_a_deleted_account_still_shows(client, auditor):
    gone = make_user(person=False)
    written = entry(by=gone)
    User.objects.filter(pk=gone.pk).delete()
    assert written.pk in AuditEntry.objects.values_list("pk", flat=True)
    assert any(str(gone.pk) in str(line["who"]) for line in lines(client))


def test_the_export_is_safe_for_spreadsheets_and_is_itself_recorded(client, auditor):
    entry(by=make_user("F001", name='=HYPERLINK("http://evil.test")'))
    answer = client.get("/audit/export.csv", {"person": "F001"})
    text = answer.getvalue().decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert text.startswith("\ufeff")
    assert '" =HYPERLINK(""http://evil.test"")"' in text
    assert len(text.splitlines()) == 2
    taken = AuditEntry.objects.get(action="access.export_audit")
    assert (taken.user, taken.data) == (auditor, {"rows": 1})


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =x", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_starts_a_formula(start):
    safe = csv_cells.safe(start)
    assert safe.startswith(" ")
    assert "\t" not in safe
    assert "\r" not in safe


@pytest.mark.parametrize("plain", ["林小雨", "2026-11-05", 5, None, dt.date(2026, 1, 1), "a=b", ""])
def test_other_cells_stay_as_they_are(plain):
    assert csv_cells.safe(plain) == plain


@pytest.mark.parametrize("role", [roles.STAFF, roles.SITE_EDITOR, roles.HR_ADMIN, roles.SYSTEM_ADMIN, roles.AUDITOR])
def test_wagtails_site_history_shows_the_log_to_auditors_only(client, admin_right, role):
    reader = make_user(None, role)
    admin_right(reader, "people.view_person", "people.change_person", role=role)
    secret = make_user().person
    log(secret, "wagtail.edit", user=reader)
    client.force_login(reader)
    for address in (
        "/admin/reports/site-history/",
        "/admin/reports/site-history/results/",
        "/admin/reports/site-history/?export=csv",
    ):
        answer = client.get(address)
        shown = answer.getvalue() if answer.streaming else answer.content
        assert answer.status_code == 200
        assert (f"person {secret.pk}" in shown.decode()) == (role == roles.AUDITOR), address
        assert secret.name not in shown.decode()


BY_HAND = (
    "DELETE FROM access_auditentry",
    "UPDATE access_auditentry SET label = 'x'",
    "UPDATE access_auditentry SET user_id = NULL",
    "UPDATE access_auditentry SET address = '10.0.0.1'",
    "UPDATE access_auditentry SET timestamp = '2020-01-06 00:00:00+00:00'",
    "UPDATE access_auditentry SET content_type_id = (SELECT MAX(id) FROM django_content_type)",
)


def attempted(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", BY_HAND)
def test_the_database_itself_refuses_to_change_or_delete_an_entry(statement):
    entry(by=make_user())
    before = list(AuditEntry.objects.values())
    with pytest.raises(DatabaseError, match="append-only"):
        attempted(statement)
    assert list(AuditEntry.objects.values()) == before


@pytest.mark.control
@pytest.mark.parametrize("statement", BY_HAND)
def test_without_the_triggers_the_database_obeys(statement):
    entry(by=make_user())
    before = list(AuditEntry.objects.values())
    append_only.release(connection)
    attempted(statement)
    assert list(AuditEntry.objects.values()) != before


def test_every_column_of_an_entry_is_kept():
    columns = {field.column for field in AuditEntry._meta.local_fields}
    assert columns == {*append_only.KEPT_COLUMNS, "content_type_id"}


def test_an_entry_outlives_the_kind_of_its_object():
    kind = ContentType.objects.create(app_label="gone", model="thing")
    kept = AuditEntry.objects.create(
        content_type=kind, object_id="1", label="thing 1", action="access.unlock", timestamp=clock.now()
    )
    kind.delete()
    kept.refresh_from_db()
    assert (kept.content_type_id, kept.label) == (None, "thing 1")


def test_whatever_the_log_names_has_a_name_in_the_readers_language():
    """A model without one of its own would stand in the log as "rule text 2"."""
    from django.apps import apps

    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ("intranet", "evaluations")]
    assert [model._meta.label for model in ours if isinstance(model._meta.verbose_name, str)] == []
