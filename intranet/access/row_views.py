"""Mixins that put the row policy into Wagtail's generic views, which ask for the model's permission only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import CharField, OuterRef, ProtectedError, Q, QuerySet, RestrictedError, Subquery
from django.db.models.functions import Cast
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_filters import AllValuesFilter, AllValuesMultipleFilter

from . import csv_cells
from .policies import VisibleRowsPolicy, narrowed, rows_policy


class RowRules:
    """The role first (403), then the row (404), then what may be done with it (403, or a sentence)."""

    model: Any
    request: HttpRequest
    checked: Any = None

    @cached_property
    def rows(self) -> VisibleRowsPolicy:
        policy = rows_policy(self.model)
        if policy is None:
            raise ImproperlyConfigured(f"{self.model.__name__} has no VisibleRowsPolicy: register one")
        return policy

    @property
    def wanted_permission(self) -> str | None:
        """The one action that the view is for ("change"), where it names one."""
        return getattr(self, "permission_required", None)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        one = self.wanted_permission
        wanted = {one} if one else {*(getattr(self, "any_permission_required", None) or ())}
        if wanted == {"delete"} and self.rows.kept:
            wanted = {"change"}
        if wanted and not self.rows.user_has_any_permission(request.user, wanted):
            raise PermissionDenied
        name = getattr(self, "pk_url_kwarg", "pk")
        if name in kwargs:
            self.check_row(unquote(str(kwargs[name])))
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def check_row(self, pk: Any) -> None:
        """404 for a row that is not there for this person; 403 for one they see but may not touch."""
        user, policy = self.request.user, self.rows
        try:
            found = policy.visible_rows(user).filter(pk=pk).first()
        except (ValueError, TypeError) as error:
            raise Http404 from error
        if found is None:
            raise Http404
        wanted = self.wanted_permission
        says_why_kept = wanted == "delete" and policy.kept
        acts = wanted in ("change", "delete") and not says_why_kept
        if wanted and acts and not policy.user_has_permission_for_instance(user, wanted, found):
            raise PermissionDenied
        self.checked = found.pk

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.wanted_permission != "delete":
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if self.rows.kept:
            return TemplateResponse(request, "access/kept.html", {"sentence": self.rows.kept}, status=403)
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except (ProtectedError, RestrictedError):
            sentence = _("Other entries refer to this one, so it cannot be deleted.")
            return TemplateResponse(request, "access/kept.html", {"sentence": sentence}, status=409)


class ObjectRows:
    """For a view that finds its object in a way of its own."""

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if found.pk != self.checked:  # type: ignore[attr-defined]
            self.check_row(found.pk)  # type: ignore[attr-defined]
        return found


class ListRows:
    """Lists and their exports start from the visible rows; filters offer visible rows only."""

    def get_base_queryset(self) -> Any:
        queryset = super().get_base_queryset()  # type: ignore[misc]
        if issubclass(queryset.model, self.model):  # type: ignore[attr-defined]
            return narrowed(queryset, self.request.user)  # type: ignore[attr-defined]
        return queryset

    @cached_property
    def filters(self) -> Any:
        filterset = super().filters  # type: ignore[misc]
        if filterset is not None:
            for name, given in filterset.filters.items():
                if isinstance(given, AllValuesFilter | AllValuesMultipleFilter):
                    raise ImproperlyConfigured(f"The filter {name} offers the values of every row, visible or not")
            narrow_choices(filterset.form, self.request.user)  # type: ignore[attr-defined]
        return filterset


class IndexRows(ListRows):
    def _annotate_queryset_updated_at(self, queryset: QuerySet) -> QuerySet:
        # Wagtail does this for its own log model only.
        from .models import AuditEntry

        latest = (
            AuditEntry.objects.get_for_model(queryset.model)
            .filter(object_id=Cast(OuterRef("pk"), CharField()))
            .order_by("-timestamp", "-pk")
            .values("timestamp")[:1]
        )
        return queryset.annotate(_updated_at=Subquery(latest))

    def stream_csv(self, queryset: Any) -> Iterator[Any]:
        yield csv_cells.BOM
        yield from super().stream_csv(queryset)  # type: ignore[misc]

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        value = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return csv_cells.safe(value) if export_format == "csv" else value


class FormRows:
    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        narrow_choices(form, self.request.user)  # type: ignore[attr-defined]
        return form


class ChooserRows:
    """Choosers ask no permission at all: what they list and what they hand out are the visible rows."""

    model_class: Any
    request: HttpRequest

    def get_object_list(self) -> Any:
        return narrowed(super().get_object_list(), self.request.user)  # type: ignore[misc]

    def get_object(self, pk: Any) -> Any:
        try:
            return self.model_class._default_manager.visible_to(self.request.user).get(pk=pk)
        except (ValueError, TypeError) as error:
            raise Http404 from error

    def get_objects(self, pks: Any) -> Any:
        try:
            return list(self.model_class._default_manager.visible_to(self.request.user).filter(pk__in=pks))
        except (ValueError, TypeError) as error:
            raise Http404 from error

    def get_creation_form(self) -> Any:
        form = super().get_creation_form()  # type: ignore[misc]
        if form is not None:
            narrow_choices(form, self.request.user)
        return form


def narrow_choices(form: Any, user: Any) -> None:
    """Every choice of rows in a form, and in the formsets inside it, offers visible rows only.

    The value that the row in hand already has stays choosable, so that saving does not lose it.
    """
    instance = getattr(form, "instance", None)
    for name, field in form.fields.items():
        if isinstance(field, ModelChoiceField) and field.queryset is not None:
            field.queryset = _choices(field.queryset, user, getattr(instance, f"{name}_id", None))
    for formset in getattr(form, "formsets", {}).values():
        for inner in [*formset.forms, formset.empty_form]:
            narrow_choices(inner, user)


def _choices(queryset: Any, user: Any, current: Any) -> Any:
    offered = narrowed(queryset, user)
    if current is None or offered is queryset:
        return offered
    return queryset.filter(Q(pk__in=offered.values("pk")) | Q(pk=current))
