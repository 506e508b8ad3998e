"""Which rows of a model a person may see and change, asked by every admin view, chooser and export."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry

READING = frozenset({"view"})


class VisibleRowsPolicy(ModelPermissionPolicy):
    """The model's permission, and the row: ``Model.objects.visible_to(user)`` for seeing it, ``editable_by(user)``
    (where the queryset has one) for changing and deleting it.

    ``kept`` is a sentence: rows of this model are retired, never deleted, and the sentence says so.
    Register it in ``wagtail_hooks.py`` with ``register_permission_policy(Model, VisibleRowsPolicy(Model))``.
    """

    def __init__(self, model: Any, auth_model: Any = None, *, kept: Any = "") -> None:
        super().__init__(model, auth_model)
        self.kept = kept

    def check_model(self, model: type[models.Model]) -> None:
        super().check_model(model)
        if not hasattr(model._default_manager, "visible_to"):
            raise ImproperlyConfigured(
                f"{model.__name__}.objects needs visible_to(user) for its rows to be protected"
            )

    def visible_rows(self, user: Any) -> Any:
        return self.model._default_manager.visible_to(user)

    def editable_rows(self, user: Any) -> Any:
        visible = self.visible_rows(user)
        return visible.editable_by(user) if hasattr(visible, "editable_by") else visible

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "delete" and self.kept:
            return False
        return super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: models.Model) -> bool:
        if not self.user_has_permission(user, action):
            return False
        rows = self.visible_rows(user) if action in READING else self.editable_rows(user)
        return rows.filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        allowed = {action for action in actions if self.user_has_permission(user, action)}
        if not allowed:
            return self.model._default_manager.none()
        return self.visible_rows(user) if allowed & READING else self.editable_rows(user)

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: models.Model) -> Any:
        actions = list(actions)
        users = self.users_with_any_permission(actions)
        allowed = [u.pk for u in users if self.user_has_any_permission_for_instance(u, actions, instance)]
        return users.filter(pk__in=allowed)


def rows_policy(model: type[models.Model] | None) -> VisibleRowsPolicy | None:
    """The row policy registered for a model, if it is row-protected."""
    found = policy_registry.get_by_type(model, fallback=False) if model is not None else None
    return found if isinstance(found, VisibleRowsPolicy) else None


def narrowed(queryset: Any, user: Any) -> Any:
    """The rows of a queryset that the person may see: for choices of forms and filters.

    A model without a row policy but with ``visible_to`` is narrowed by that; any other stays as it is.
    """
    if not hasattr(queryset.model._default_manager, "visible_to"):
        return queryset
    return queryset.filter(pk__in=queryset.model._default_manager.visible_to(user).values("pk"))
