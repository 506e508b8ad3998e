"""Admin viewsets whose every view obeys the row policy of its model."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from .policies import rows_policy
from .row_views import ChooserRows, FormRows, IndexRows, ListRows, ObjectRows, RowRules


@cache
def row_view(view_class: type) -> type:
    """The view class with the mixins that its methods call for."""
    mixins: list[type] = [RowRules]
    if hasattr(view_class, "get_object"):
        mixins.append(ObjectRows)
    if hasattr(view_class, "get_form"):
        mixins.append(FormRows)
    if issubclass(view_class, IndexView):
        mixins.append(IndexRows)
    elif hasattr(view_class, "get_base_queryset"):
        mixins.append(ListRows)
    return type(f"Row{view_class.__name__}", (*mixins, view_class), {"__module__": view_class.__module__})


class RowModelViewSet(ModelViewSet):
    """List, add, edit, delete, inspect, history, usage, copy, export: only over visible rows.

    The model needs a ``VisibleRowsPolicy``. The name is always ``<app>_<model>``.
    """

    # The reference index keeps labels of what points at a row: row-protected models leave no trace there.
    add_to_reference_index = False

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        model: Any = kwargs.get("model", self.model)
        super().__init__(name or f"{model._meta.app_label}_{model._meta.model_name}", **kwargs)

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        return super().construct_view(row_view(view_class), **kwargs)

    def on_register(self) -> None:
        if rows_policy(self.model) is None:
            raise ImproperlyConfigured(f"Register a VisibleRowsPolicy for {self.model.__name__} before its viewset")
        super().on_register()


@cache
def row_chooser_view(view_class: type) -> type:
    return type(f"Row{view_class.__name__}", (ChooserRows, view_class), {"__module__": view_class.__module__})


class RowChooserViewSet(ChooserViewSet):
    """A chooser that lists and hands out visible rows only. The name is ``<app>_<model>_chooser``."""

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        model: Any = kwargs.get("model", self.model)
        super().__init__(name or f"{model._meta.app_label}_{model._meta.model_name}_chooser", **kwargs)

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        return super().construct_view(row_chooser_view(view_class), **kwargs)


class RowBulkAction(BulkAction):
    """A bulk action over rows: an invisible row answers like a missing one.

    ``permission`` is the action the policy is asked for; rows that are visible but not allowed are shown
    as such by Wagtail's page and are left alone.
    """

    permission = "change"

    def check_perm(self, obj: Any) -> bool:
        policy = rows_policy(self.model)
        return policy is not None and policy.user_has_permission_for_instance(self.request.user, self.permission, obj)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        return self.model._default_manager.visible_to(self.request.user).values_list("pk", flat=True)

    def get_actionable_objects(self) -> Any:
        asked = [given for given in self.request.GET.getlist("id") if given != "all"]
        visible = self.model._default_manager.visible_to(self.request.user)
        try:
            if visible.filter(pk__in=asked).count() != len(set(asked)):
                raise Http404
        except (ValueError, TypeError) as error:
            raise Http404 from error
        return super().get_actionable_objects()
