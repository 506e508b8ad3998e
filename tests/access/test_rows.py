"""A policy that denies rows, against every view that Wagtail's viewsets have."""

import io
import json
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.forms import modelform_factory
from django.test import RequestFactory
from django_filters import AllValuesFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from intranet import clock
from intranet.access import row_views, viewsets
from intranet.access.policies import VisibleRowsPolicy, rows_policy
from intranet.access.viewsets import RowModelViewSet
from intranet.people.models import CorrectionRequest, Zone
from tests.people_of_the_hall import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.urls_rows")]

VERBS = ("add", "change", "delete", "view")
SECRET = "无人知晓的地址"


class Policy(VisibleRowsPolicy):
    """Editable are those that are still open."""

    def editable_rows(self, user):
        return self.visible_rows(user).filter(state="open")


@pytest.fixture
def policy():
    before = policy_registry.values_by_class.get(CorrectionRequest)
    policy_registry.values_by_class[CorrectionRequest] = Policy(CorrectionRequest)
    yield policy_registry.values_by_class[CorrectionRequest]
    if before is None:
        del policy_registry.values_by_class[CorrectionRequest]
    else:
        policy_registry.values_by_class[CorrectionRequest] = before


@pytest.fixture
def clerk(client, policy, admin_right):
    user = make_user()
    admin_right(user, *(f"people.{verb}_correctionrequest" for verb in VERBS))
    client.force_login(user)
    return user


def request_of(user, text, state="open"):
    return CorrectionRequest.objects.create(
        person=user.person, field="mobile", text=text, state=state, requested_at=clock.now()
    )


@pytest.fixture
def own(clerk):
    return request_of(clerk, "自己的请求")


@pytest.fixture
def foreign(clerk):
    return request_of(make_user(), SECRET)


OBJECT_VIEWS = ("edit", "delete", "history", "history-results", "usage", "inspect", "copy")


@pytest.mark.parametrize("view", OBJECT_VIEWS)
def test_a_foreign_row_answers_as_a_missing_one(client, own, foreign, view):
    assert client.get(f"/admin/rows/{view}/{own.pk}/").status_code == 200
    there = client.get(f"/admin/rows/{view}/{foreign.pk}/")
    missing = client.get(f"/admin/rows/{view}/{foreign.pk + 999}/")
    assert there.status_code == missing.status_code == 404
    assert SECRET not in there.content.decode()
    assert client.post(f"/admin/rows/{view}/{foreign.pk}/", {"text": "x"}).status_code in (404, 405)


@pytest.mark.control
@pytest.mark.parametrize("view", ["edit", "inspect", "history", "usage"])
def test_without_the_mixin_wagtail_shows_the_foreign_row(client, own, foreign, view):
    assert client.get(f"/admin/plain/{view}/{foreign.pk}/").status_code == 200


@pytest.mark.control
def test_without_the_mixin_wagtail_saves_the_foreign_row_and_exports_it(client, own, foreign):
    assert SECRET in client.get("/admin/plain/?export=csv").getvalue().decode()
    data = {"person": foreign.person_id, "field": "mobile", "text": "改"}
    client.post(f"/admin/plain/edit/{foreign.pk}/", data)
    foreign.refresh_from_db()
    assert foreign.text == "改"


def test_nothing_is_saved_to_a_foreign_row(client, own, foreign):
    data = {"person": own.person_id, "field": "mobile", "text": "改"}
    assert client.post(f"/admin/rows/edit/{foreign.pk}/", data).status_code == 404
    assert client.post(f"/admin/rows/delete/{foreign.pk}/").status_code == 404
    assert client.post(f"/admin/rows/copy/{foreign.pk}/", data).status_code == 404
    foreign.refresh_from_db()
    assert foreign.text == SECRET
    assert CorrectionRequest.objects.count() == 2


def test_own_rows_are_saved_and_the_log_names_none_of_their_values(client, own):
    data = {"person": own.person_id, "field": "mobile", "text": "改过的"}
    assert client.post(f"/admin/rows/edit/{own.pk}/", data).status_code == 302
    own.refresh_from_db()
    assert own.text == "改过的"
    page = client.get(f"/admin/rows/history/{own.pk}/")
    assert page.status_code == 200
    from intranet.access.models import AuditEntry

    entry = AuditEntry.objects.get(action="wagtail.edit")
    assert entry.label == f"correctionrequest {own.pk}"
    assert entry.object_id == str(own.pk)


def test_a_row_that_is_visible_but_not_editable_answers_403(client, clerk):
    done = request_of(clerk, "已办结", state="accepted")
    assert client.get(f"/admin/rows/inspect/{done.pk}/").status_code == 200
    for view in ("edit", "delete"):
        assert client.get(f"/admin/rows/{view}/{done.pk}/").status_code == 403
        assert client.post(f"/admin/rows/{view}/{done.pk}/", {"text": "x"}).status_code == 403
    done.refresh_from_db()
    assert done.text == "已办结"


@pytest.mark.parametrize(
    "path", ["", "results/", "?q=%E6%97%A0%E4%BA%BA", "results/?q=%E6%97%A0%E4%BA%BA", "?ordering=text"]
)
def test_lists_and_searches_show_visible_rows_only(client, own, foreign, path):
    answer = client.get(f"/admin/rows/{path}")
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    if "q=" not in path:
        assert "自己的请求" in answer.content.decode()


def test_exports_hold_visible_rows_only(client, own, foreign):
    csv = client.get("/admin/rows/?export=csv").getvalue().decode()
    assert csv.startswith("\ufeff")
    assert "自己的请求" in csv
    assert SECRET not in csv
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/admin/rows/?export=xlsx").getvalue())).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["自己的请求"]


def test_a_csv_cell_is_never_a_formula(client, own):
    CorrectionRequest.objects.filter(pk=own.pk).update(text='=HYPERLINK("http://evil.test")')
    csv = client.get("/admin/rows/?export=csv").getvalue().decode()
    assert '" =HYPERLINK(' in csv


def test_filters_and_forms_offer_visible_choices_only(client, own, foreign):
    gone = make_user(None, name="已离开的人").person
    type(gone).objects.filter(pk=gone.pk).update(left_on="2020-01-01")
    for path in ("", "new/", f"edit/{own.pk}/"):
        page = client.get(f"/admin/rows/{path}").content.decode()
        assert own.person.name in page
        assert "已离开的人" not in page
    data = {"person": gone.pk, "field": "mobile", "text": "替别人"}
    assert client.post("/admin/rows/new/", data).status_code == 200
    assert not CorrectionRequest.objects.filter(text="替别人").exists()
    assert client.get("/admin/rows/", {"person": gone.pk}).status_code == 200


def test_the_value_a_row_already_has_stays_choosable(client, clerk, own):
    type(own.person).objects.filter(pk=own.person_id).update(left_on="2020-01-01")
    data = {"person": own.person_id, "field": "mobile", "text": "仍可保存"}
    assert client.post(f"/admin/rows/edit/{own.pk}/", data).status_code == 302
    own.refresh_from_db()
    assert own.text == "仍可保存"


def test_choosers_list_and_hand_out_visible_rows_only(client, own, foreign):
    assert SECRET not in client.get("/admin/row_chooser/results/").content.decode()
    listed = client.get("/admin/row_chooser/").json()
    assert str(own) in listed["html"]
    assert f"/chosen/{foreign.pk}/" not in listed["html"]
    assert client.get(f"/admin/row_chooser/chosen/{own.pk}/").status_code == 200
    assert client.get(f"/admin/row_chooser/chosen/{foreign.pk}/").status_code == 404
    assert client.get("/admin/row_chooser/chosen/x/").status_code == 404
    several = client.get("/admin/row_chooser/chosen-multiple/", {"id": [own.pk, foreign.pk]})
    assert [given["id"] for given in json.loads(several.content)["result"]] == [str(own.pk)]


def test_without_the_role_every_view_answers_403(client, policy, admin_right):
    clerk = make_user()
    admin_right(clerk)
    client.force_login(clerk)
    mine = request_of(clerk, "自己的请求")
    for path in ("", "results/", "new/", *(f"{view}/{mine.pk}/" for view in OBJECT_VIEWS)):
        assert client.get(f"/admin/rows/{path}").status_code == 403, path


def test_rows_that_are_kept_say_so_instead_of_being_deleted(client, own, policy):
    policy.kept = "请求只办结,不删除。"
    answer = client.get(f"/admin/rows/delete/{own.pk}/")
    assert answer.status_code == 403
    assert "请求只办结,不删除。" in answer.content.decode()
    assert client.post(f"/admin/rows/delete/{own.pk}/").status_code == 403
    assert CorrectionRequest.objects.filter(pk=own.pk).exists()
    assert f"/admin/rows/delete/{own.pk}/" not in client.get("/admin/rows/").content.decode()


def test_a_row_that_others_refer_to_is_not_deleted_and_the_page_says_why(client, own, monkeypatch):
    from django.db.models import ProtectedError

    def refuse(self, *args, **kwargs):
        raise ProtectedError("protected", {own})

    monkeypatch.setattr(CorrectionRequest, "delete", refuse)
    assert client.post(f"/admin/rows/delete/{own.pk}/").status_code == 409
    assert CorrectionRequest.objects.filter(pk=own.pk).exists()


def test_the_policy_answers_for_users_and_instances(clerk, own, foreign, policy):
    assert policy.user_has_permission_for_instance(clerk, "change", own)
    assert not policy.user_has_permission_for_instance(clerk, "change", foreign)
    assert not policy.user_has_permission_for_instance(clerk, "view", foreign)
    done = request_of(clerk, "已办结", state="accepted")
    assert policy.user_has_permission_for_instance(clerk, "view", done)
    assert not policy.user_has_permission_for_instance(clerk, "change", done)
    assert list(policy.instances_user_has_permission_for(clerk, "change")) == [own]
    assert set(policy.instances_user_has_permission_for(clerk, "view")) == {own, done}
    # The permission is the role's, the row is the person's.
    assert foreign.person.user.has_perm("people.change_correctionrequest")
    assert list(policy.users_with_permission_for_instance("change", own)) == [clerk]
    assert list(policy.instances_user_has_any_permission_for(clerk, ["publish"])) == []
    assert rows_policy(CorrectionRequest) is policy
    assert rows_policy(Page) is None


def test_a_model_without_visible_to_or_without_a_policy_is_refused():
    class Bare(RowModelViewSet):
        model = Zone
        icon = "x"

    before = policy_registry.values_by_class.pop(Zone, None)
    try:
        with pytest.raises(ImproperlyConfigured, match="VisibleRowsPolicy"):
            Bare().on_register()
    finally:
        if before is not None:
            policy_registry.values_by_class[Zone] = before
    from django.contrib.auth.models import Group

    with pytest.raises(ImproperlyConfigured, match="visible_to"):
        VisibleRowsPolicy(Group).visible_rows(None)


def test_the_list_asks_the_database_equally_often(client, clerk, django_assert_max_num_queries):
    for number in range(30):
        request_of(clerk, f"第{number}条")
    client.get("/admin/rows/")
    with django_assert_max_num_queries(25):
        client.get("/admin/rows/")


def test_a_queryset_says_itself_what_may_be_changed(clerk, own, monkeypatch):
    done = request_of(clerk, "已办结", state="accepted")
    queryset = type(CorrectionRequest.objects.all())
    monkeypatch.setattr(queryset, "editable_by", lambda rows, user: rows.filter(state="open"), raising=False)
    policy = VisibleRowsPolicy(CorrectionRequest)
    assert list(policy.editable_rows(clerk)) == [own]
    assert set(policy.visible_rows(clerk)) == {own, done}


def test_forms_inside_a_form_and_of_a_chooser_offer_visible_choices_only(clerk, own):
    gone = make_user().person
    type(gone).objects.filter(pk=gone.pk).update(left_on="2020-01-01")

    def form():
        return modelform_factory(CorrectionRequest, fields=["person"])()

    outer = form()
    inner, empty = form(), form()
    outer.formsets = {"several": SimpleNamespace(forms=[inner], empty_form=empty)}
    row_views.narrow_choices(outer, clerk)
    for one in (outer, inner, empty):
        offered = one.fields["person"].queryset
        assert own.person in offered
        assert gone not in offered
    maker = type("Made", (), {"get_creation_form": lambda self: form()})
    chooser = type("Chooser", (row_views.ChooserRows, maker), {"request": SimpleNamespace(user=clerk)})()
    assert gone not in chooser.get_creation_form().fields["person"].queryset


def test_a_filter_over_the_values_of_all_rows_is_refused(client, own, monkeypatch):
    class Values(WagtailFilterSet):
        text = AllValuesFilter()

        class Meta:
            model = CorrectionRequest
            fields = ["text"]

    monkeypatch.setattr(viewsets.IndexView, "filterset_class", Values)
    view = type("Listing", (viewsets.row_view(viewsets.IndexView),), {"model": CorrectionRequest})()
    view.request = RequestFactory().get("/")
    view.request.user = own.person.user
    with pytest.raises(ImproperlyConfigured, match="text offers the values of every row"):
        view.filters  # noqa: B018


def test_nothing_of_a_protected_row_stands_in_the_reference_index():
    from tests.access.urls_rows import Rows

    assert Rows.add_to_reference_index is False
