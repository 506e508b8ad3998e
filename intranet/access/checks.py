"""What must not start: a rehearsed clock in production, a misspelt hook, a private field that search would index."""

from __future__ import annotations

import difflib
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from wagtail import hooks
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.search.index import class_is_indexed

from intranet.socket import OUR_HOOKS

from .policies import rows_policy
from .registry import private_fields
from .sealed import SHORTEST_SECRET
from .viewsets import RowBulkAction


@register(Tags.security, deploy=True)
def real_clock(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """CLOCK is for rehearsals."""
    if getattr(settings, "CLOCK_START", None) is None:
        return []
    return [Error("CLOCK is set: a hall in production runs on real time.", hint="Unset CLOCK.", id="access.E001")]


@register(Tags.security, deploy=True)
def keys_for_sealing(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Secrets of their own for what is sealed: long, and not the one that signs cookies."""
    hint = "Set SEALING_KEYS to a secret of 50 characters or more, kept apart from the backups (docs/operations.md)."
    keys = list(settings.SEALING_KEYS)
    if not keys:
        return [Error("SEALING_KEYS is not set: nothing can be sealed.", hint=hint, id="access.E007")]
    if settings.SECRET_KEY in keys or any(len(key) < SHORTEST_SECRET for key in keys):
        return [Error("A secret in SEALING_KEYS is too short, or is the SECRET_KEY.", hint=hint, id="access.E008")]
    return []


def wagtail_hook_names() -> set[str]:
    """Names of hooks that Wagtail itself asks for, as far as its own code registers or documents them."""
    return {
        name
        for name, registered in hooks._hooks.items()
        for function, _order in registered
        if function.__module__.startswith("wagtail.")
    } | DOCUMENTED


# https://docs.wagtail.org/en/stable/reference/hooks.html: those that Wagtail's own modules do not register.
DOCUMENTED = frozenset(
    f"{when}_{what}"
    for when in ("before", "after")
    for what in (
        *("create_page", "edit_page", "delete_page", "copy_page", "move_page", "publish_page", "unpublish_page"),
        *("create_snippet", "edit_snippet", "delete_snippet", "create_user", "edit_user", "delete_user"),
        *("bulk_action", "unpublish", "convert_alias_page", "create_alias_page", "copy_for_translation_page"),
        *("edit_workflow", "serve_document"),
    )
) | frozenset(
    {
        *("before_serve_page", "on_serve_page", "construct_explorer_page_queryset", "construct_homepage_panels"),
        *(
            "construct_homepage_summary_items",
            "construct_main_menu",
            "construct_settings_menu",
            "construct_help_menu",
        ),
        *("construct_reports_menu", "construct_page_chooser_queryset", "construct_image_chooser_queryset"),
        *("construct_document_chooser_queryset", "construct_page_action_menu", "construct_snippet_action_menu"),
        *("construct_page_listing_buttons", "construct_snippet_listing_buttons", "construct_wagtail_userbar"),
        *("construct_whitelister_element_rules", "describe_collection_contents", "filter_form_submissions_for_user"),
        *("insert_editor_js", "insert_editor_css", "insert_global_admin_js", "insert_global_admin_css"),
        *("register_account_menu_item", "register_account_settings_panel", "register_admin_menu_item"),
        *("register_admin_search_area", "register_admin_urls", "register_admin_viewset", "register_bulk_action"),
        *(
            "register_group_permission_panel",
            "register_help_menu_item",
            "register_icons",
            "register_image_operations",
        ),
        *("register_log_actions", "register_page_action_menu_item", "register_page_header_buttons"),
        *("register_page_listing_buttons", "register_page_listing_more_buttons", "register_permissions"),
        *("register_reports_menu_item", "register_rich_text_features", "register_settings_menu_item"),
        *("register_snippet_action_menu_item", "register_snippet_listing_buttons", "register_user_listing_buttons"),
        *("register_embed_finder", "get_explorable_root_page", "register_page_viewset", "get_mapping_handlers"),
    }
)


@register(Tags.compatibility)
def known_hooks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A misspelt hook is silent: nobody ever collects it."""
    hooks.search_for_hooks()
    known = wagtail_hook_names() | OUR_HOOKS
    problems: list[CheckMessage] = []
    for name, registered in hooks._hooks.items():
        modules = sorted({function.__module__ for function, _order in registered})
        own = [module for module in modules if not module.startswith("wagtail.")]
        if own and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else None
            problems.append(
                Error(f"{', '.join(own)} registers the unknown hook {name!r}.", hint=hint, id="access.E002")
            )
    return problems


@register(Tags.models)
def private_fields_stay_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A model with private fields is not a snippet, keeps no revisions, and no private field is indexed."""
    problems: list[CheckMessage] = []
    for field in private_fields().values():
        try:
            model = apps.get_model(field.model)
            model._meta.get_field(field.field)
        except Exception as error:
            problems.append(Error(f"The private field {field.key} does not exist: {error}", id="access.E003"))
            continue
        problems += _exposures(model, field.field)
    return problems


def _exposures(model: Any, name: str) -> list[CheckMessage]:
    from wagtail.models import RevisionMixin
    from wagtail.snippets.models import get_snippet_models

    found: list[CheckMessage] = []
    if class_is_indexed(model) and name in {field.field_name for field in model.get_search_fields()}:
        found.append(Error(f"{model._meta.label}.{name} is private and must not be indexed.", id="access.E004"))
    if apps.is_installed("wagtail.snippets") and model in get_snippet_models():
        found.append(Error(f"{model._meta.label} has private fields and must not be a snippet.", id="access.E005"))
    if issubclass(model, RevisionMixin):
        found.append(Error(f"{model._meta.label} has private fields and must keep no revisions.", id="access.E006"))
    return found


@register(Tags.models)
def bulk_actions_ask_rows(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A bulk action over a row-protected model asks the policy row by row."""
    bulk_action_registry._scan_for_bulk_actions()
    return [
        Warning(f"{action.__name__} acts on rows of {model} without asking: use RowBulkAction.", id="access.W001")
        for by_model in bulk_action_registry.actions.values()
        for model, actions in by_model.items()
        for action in actions.values()
        if any(rows_policy(each) for each in action.models) and not issubclass(action, RowBulkAction)
    ]
