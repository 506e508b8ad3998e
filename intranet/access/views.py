"""What views of every room share: roles, rows, and a rule's sentence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from .exceptions import RuleError


class RolesRequiredMixin:
    """403 for everyone who holds none of ``roles``; strangers are sent to sign in before that."""

    roles: tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_role(*self.roles):  # type: ignore[union-attr]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


def visible_or_404(queryset: Any, user: Any, **lookup: Any) -> Any:
    """The row if this person may see it; a foreign one answers exactly as a missing one.

    ``queryset`` is a model, manager or queryset with ``visible_to``. A lookup value of the wrong kind is
    a missing row too.
    """
    start: Any = (
        queryset._default_manager if isinstance(queryset, type) and issubclass(queryset, models.Model) else queryset
    )
    try:
        return get_object_or_404(start.visible_to(user), **lookup)
    except (ValueError, TypeError) as error:
        raise Http404 from error


def show_rule_error(request: HttpRequest, error: RuleError) -> None:
    """Say the rule's sentence on the next page."""
    messages.error(request, str(error))


class RuleErrorMixin:
    """For form views: a RuleError raised while saving becomes an error of the form, and the form is shown again.

    Write ``save(form)``, which calls the service; its result is kept as ``self.result``.
    """

    result: Any = None

    def save(self, form: Any) -> Any:
        return form.save()

    def form_valid(self, form: Any) -> HttpResponseBase:
        try:
            self.result = self.save(form)
        except RuleError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)  # type: ignore[attr-defined]
        return super().form_valid(form)  # type: ignore[misc]
