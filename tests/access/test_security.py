import pytest
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDictKeyError
from wagtail import hooks

from intranet import clock
from intranet.access import checks
from intranet.access.registry import PrivateField
from tests.people_of_the_hall import make_user


def policy(response):
    parts = [part.strip().split(" ") for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {name: set(given) for name, *given in parts}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/sign-in/help/", "/password/", "/audit/", "/no-such-page/"])
def test_outside_the_editors_desk_no_inline_script_or_style_runs(client, path):
    client.force_login(make_user(None, "auditor"))
    given = policy(client.get(path))
    assert given["script-src"] == {"'self'"}
    assert given["style-src"] == {"'self'"}
    assert given["object-src"] == {"'none'"}
    assert "'unsafe-inline'" not in client.get(path)["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_editors_desk_may_run_its_inline_scripts_but_nothing_from_outside(client, admin_right):
    editor = make_user()
    admin_right(editor)
    client.force_login(editor)
    given = policy(client.get("/admin/"))
    assert given["script-src"] == {"'self'", "'unsafe-inline'"}
    assert given["style-src"] == {"'self'", "'unsafe-inline'"}
    assert given["default-src"] == {"'self'"}
    assert given["connect-src"] == {"'self'"}
    # The looser policy does not stick to the next page.
    assert policy(client.get("/password/"))["script-src"] == {"'self'"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/desk/", "/inbox/", "/people/", "/awards/", "/password/", "/no-such-page/", "/audit/"]
)
def test_no_browser_and_no_proxy_keeps_what_somebody_signed_in_was_shown(client, path):
    client.force_login(make_user(None, "staff"))
    given = client.get(path)["Cache-Control"]
    assert "private" in given
    assert "no-store" in given


@pytest.mark.django_db
def test_a_view_that_says_how_it_may_be_kept_is_believed(client):
    client.force_login(make_user())
    assert client.get("/healthz")["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.django_db
def test_the_answer_to_signing_out_is_kept_nowhere_either(client):
    client.force_login(make_user())
    assert "no-store" in client.post("/sign-out/")["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/search/?q=%00", "/awards/honours/?award=a%00b", "/accounts/?q=%00", "/?%00=a"])
def test_a_query_with_a_nul_character_is_a_bad_request_on_every_database(client, path):
    client.force_login(make_user(None, "system_admin"))
    assert client.get(path).status_code == 400
    assert client.get(path.replace("%00", "%01")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/a%00b/", "/people/1%00/", "/files/a%00.png", "/admin/bulk/people/per%00son/delete/"]
)
def test_a_path_with_a_nul_character_leads_nowhere_on_every_database(client, path):
    client.force_login(make_user())
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


def test_a_rehearsed_clock_is_refused_in_production(settings):
    settings.CLOCK_START = clock.parse("2026-12-01T08:00")
    assert [problem.id for problem in checks.real_clock(None)] == ["access.E001"]
    settings.CLOCK_START = None
    assert checks.real_clock(None) == []


def test_a_misspelt_hook_is_named_with_the_nearest_one():
    assert checks.known_hooks(None) == []
    with hooks.register_temporarily("register_desk_crad", lambda: None):
        (problem,) = checks.known_hooks(None)
    assert problem.id == "access.E002"
    assert "register_desk_crad" in problem.msg
    assert "tests.access.test_security" in problem.msg
    assert "register_desk_card" in problem.hint


def test_wagtails_own_hooks_and_ours_are_known():
    known = checks.wagtail_hook_names() | checks.OUR_HOOKS
    assert {"register_admin_menu_item", "before_serve_page", "register_desk_card", "before_delete_page"} <= known


@pytest.mark.parametrize(
    ("model", "field", "identity"),
    [("people.Person", "no_such_field", "access.E003"), ("no.Model", "x", "access.E003")],
)
def test_a_private_field_that_does_not_exist_is_named(model, field, identity):
    def given():
        return PrivateField(model, field, lambda row: [])

    with hooks.register_temporarily("register_private_field", given):
        found = checks.private_fields_stay_private(None)
    assert [problem.id for problem in found] == [identity]


def test_private_fields_are_neither_indexed_nor_kept_in_revisions():
    from wagtail.images import get_image_model
    from wagtail.models import Page

    assert [problem.id for problem in checks._exposures(get_image_model(), "title")] == ["access.E004"]
    assert "access.E006" in [problem.id for problem in checks._exposures(Page, "owner")]
    assert checks.private_fields_stay_private(None) == []


@pytest.mark.django_db
def test_a_bulk_action_over_protected_rows_must_ask_them(monkeypatch):
    from wagtail.admin.views.bulk_action import BulkAction

    from intranet.access.policies import VisibleRowsPolicy
    from intranet.access.viewsets import RowBulkAction
    from intranet.people.models import CorrectionRequest

    careless = type("Careless", (BulkAction,), {"models": [CorrectionRequest]})
    careful = type("Careful", (RowBulkAction,), {"models": [CorrectionRequest]})
    checks.bulk_action_registry._scan_for_bulk_actions()
    protected = VisibleRowsPolicy(CorrectionRequest)
    monkeypatch.setattr(checks, "rows_policy", lambda model: protected if model is CorrectionRequest else None)
    found = {"people": {"correctionrequest": {"one": careless, "two": careful}}}
    monkeypatch.setattr(checks.bulk_action_registry, "actions", found)
    assert [problem.msg.split(" ")[0] for problem in checks.bulk_actions_ask_rows(None)] == ["Careless"]


@pytest.mark.django_db
def test_a_bulk_action_answers_404_for_a_foreign_row_and_acts_on_allowed_rows_only(monkeypatch):
    from django.http import Http404

    from intranet.access import viewsets
    from intranet.access.policies import VisibleRowsPolicy
    from intranet.people.models import CorrectionRequest

    class Close(viewsets.RowBulkAction):
        display_name = aria_label = "close"
        action_type = "close"
        models = [CorrectionRequest]

    class Policy(VisibleRowsPolicy):
        def user_has_permission(self, user, action):
            return True

        def editable_rows(self, user):
            return self.visible_rows(user).filter(state="open")

    monkeypatch.setattr(viewsets, "rows_policy", lambda model: Policy(model))
    clerk, other = make_user(), make_user()

    def ask(user, state="open"):
        return CorrectionRequest.objects.create(
            person=user.person, field="mobile", text="x", state=state, requested_at=clock.now()
        )

    own, done, foreign = ask(clerk), ask(clerk, "accepted"), ask(other)

    def action(*ids):
        request = RequestFactory().get("/", {"id": ids})
        request.user = clerk
        return Close(request, CorrectionRequest)

    objects, left = action(own.pk, done.pk).get_actionable_objects()
    assert objects == [own]
    assert left["items_with_no_access"] == [done]
    objects, left = action("all").get_actionable_objects()
    assert objects == [own]
    assert foreign not in left["items_with_no_access"]
    for ids in ((own.pk, foreign.pk), ("x",)):
        with pytest.raises(Http404):
            action(*ids).get_actionable_objects()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/admin/pages/{home}/edit/", "/admin/pages/{home}/copy/", "/admin/choose-external-link/"]
)
def test_a_form_that_arrives_empty_is_a_bad_request_and_not_a_broken_page(client, address):
    from wagtail.models import Site

    from intranet.pages.services import lay_out_site

    home = lay_out_site()
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    client.force_login(make_user(None, "site_editor"))
    answer = client.post(address.format(home=home.pk))
    assert answer.status_code == 400
    assert "收到的表单是空的" in answer.content.decode()


@pytest.mark.django_db
def test_wagtails_page_for_broken_pages_is_missing(client):
    client.force_login(make_user(None, "site_editor"))
    assert client.get("/admin/failwhale/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "form"), [("/admin/", {}), ("/admin/account/", {"theme-theme": "dark"})])
def test_what_breaks_for_another_reason_stays_broken(client, monkeypatch, address, form):
    from intranet.access import middleware

    def breaks(*given):
        raise ValueError("something else") if not form else MultiValueDictKeyError("a field")

    monkeypatch.setattr(middleware, "has_business", breaks)
    monkeypatch.setattr(middleware.EditorsDeskMiddleware, "process_view", lambda *given: breaks())
    client.force_login(make_user(None, "site_editor"))
    client.raise_request_exception = False
    assert client.post(address, form).status_code == 500
