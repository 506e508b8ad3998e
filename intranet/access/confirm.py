"""Signing in again for what is asked for rarely and weighs much: the password once more, good for ten minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from axes.utils import reset as reset_attempts
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from intranet import clock

from . import audit
from .models import User
from .sign_in import client_address

FRESH = dt.timedelta(minutes=10)
KEPT_AS = "password_confirmed_at"


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session's person gave the password again within the last ten minutes."""
    at = request.session.get(KEPT_AS)
    return isinstance(at, float) and 0 <= clock.now().timestamp() - at < FRESH.total_seconds()


def to_confirm(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password, and from there back to this address."""
    return redirect(f"{resolve_url('access:confirm_password')}?{urlencode({'next': request.get_full_path()})}")


def recently_confirmed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a view: only within ten minutes of the password. Put it below the check of roles, which comes first."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_fresh(request) else to_confirm(request)

    return checked


class RecentlyConfirmedMixin:
    """The same for a class-based view; stands to the right of the mixin that checks roles."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_fresh(request):
            return to_confirm(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ConfirmPasswordForm(forms.Form):
    """Wrong tries are counted with those of signing in: ten of them lock the account."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        given, user = self.cleaned_data["password"], cast(User, self.request.user)
        if authenticate(self.request, username=user.username, password=given) != user:
            raise forms.ValidationError(_("This is not your password. Please type it again."))
        return given


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ConfirmPassword(RedirectURLMixin, FormView):
    template_name = "access/confirm_password.html"
    form_class = ConfirmPasswordForm
    next_page = "pages:desk"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form: ConfirmPasswordForm) -> HttpResponse:
        user = cast(User, self.request.user)
        reset_attempts(username=user.username, ip=client_address(self.request))
        self.request.session.cycle_key()
        self.request.session[KEPT_AS] = clock.now().timestamp()
        audit.record("access.confirm_password", user, by=user)
        return super().form_valid(form)
