"""From a slip to being signed in: the code is looked at, a password or PIN is chosen, and that uses the code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from intranet import clock

from . import phones, services
from .activation_forms import FirstSecretForm, SlipForm
from .exceptions import RuleError
from .models import ActivationSlip, Role
from .roles import WITHOUT_OFFICER_RIGHTS
from .views import show_rule_error

# Which slip this browser has shown the code of: its key, its hash, and until when that counts.
MARK = "slip_in_hand"
MINUTES = 15
BACKEND = "intranet.access.backends.HallBackend"


def activation_door(view: Any) -> Any:
    for guard in (login_not_required, never_cache, sensitive_post_parameters("code", "secret", "again")):
        view = method_decorator(guard, name="dispatch")(view)
    return view


@activation_door
class Activate(View):
    """The user name and the code. Wrong ones count like wrong passwords; which was wrong is not said."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "access/activate.html", {"form": SlipForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SlipForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            user: Any = authenticate(request, username=given["username"], slip_secret=given["code"])
            if user is not None:
                slip = user.slip_in_hand
                until = clock.now().timestamp() + MINUTES * 60
                request.session[MARK] = {"pk": slip.pk, "hash": slip.code_hash, "until": until}
                return redirect("access:activate_choose")
            form.add_error(
                None,
                _(
                    "User name and code do not match, or the code has been used or has run out. Please check both; "
                    "after ten wrong tries there is a pause. A new slip is at the personnel office."
                ),
            )
        return render(request, "access/activate.html", {"form": form})


@activation_door
class ChooseSecret(View):
    """A password or a PIN; sending it uses the code."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.slip = self.slip_in_hand(request)
        if self.slip is None:
            return redirect("access:activate")
        self.user = self.slip.user
        others = Role.objects.filter(group__user=self.user).exclude(key__in=WITHOUT_OFFICER_RIGHTS)
        self.may_have_pin = not others.exists()
        return super().dispatch(request, *args, **kwargs)

    def slip_in_hand(self, request: HttpRequest) -> ActivationSlip | None:
        mark = request.session.get(MARK) or {}
        if mark.get("until", 0) < clock.now().timestamp():
            return None
        good = ActivationSlip.objects.good().select_related("user")
        return good.filter(pk=mark["pk"], code_hash=mark["hash"]).first()

    def form(self, data: Any = None) -> FirstSecretForm:
        return FirstSecretForm(data, user=self.user, may_have_pin=self.may_have_pin)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        try:
            user = services.activate(self.slip, secret=form.cleaned_data["secret"], as_pin=form.as_pin)
        except RuleError as error:
            show_rule_error(request, error)
            return redirect("access:activate")
        request.session.flush()
        login(request, user, backend=BACKEND)
        response = redirect(resolve_url(settings.LOGIN_REDIRECT_URL))
        if form.cleaned_data.get("remember"):
            phones.remember(request, response, user)
        messages.success(request, _("Welcome. Your account is open; the slip is of no more use."))
        return response

    def show(self, request: HttpRequest, form: FirstSecretForm) -> HttpResponse:
        return render(request, "access/activate_choose.html", {"form": form, "account": self.user})
