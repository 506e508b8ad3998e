"""The shared terminal: staff number and PIN, the ballot, the receipt, and nobody is signed in any more."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from evaluations import terminal_gate
from evaluations.exceptions import RoundError
from evaluations.models import Election, Terminal
from evaluations.services import terminals
from evaluations.terminal_forms import TerminalForm, TerminalNameForm
from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error

from .office import officers_only
from .voting import kept_nowhere

# Until an officer ends it: terminals are put up for a round and forgotten in a corner.
COOKIE_KEPT_FOR = 400 * 24 * 3600
# A start page nobody touches shows the rounds that have opened meanwhile, and forgets a number half typed.
ANEW_EVERY = 300
# A refusal stays long enough to be read, and no longer.
REFUSAL_SHOWN_FOR = 60


@method_decorator([login_not_required, kept_nowhere, sensitive_post_parameters()], name="dispatch")
class TerminalStart(View):
    """The start page: whoever was signed in no longer is. Without a terminal's cookie a sentence says so (403)."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request, "terminal", None) is None:
            return render(request, "evaluations/terminal_gone.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            logout(request)
        return self.start(request, TerminalForm(rounds=open_rounds()))

    @method_decorator(sensitive_variables())
    def post(self, request: HttpRequest) -> HttpResponse:
        form = TerminalForm(request.POST, rounds=open_rounds())
        request.starts_again = f"{REFUSAL_SHOWN_FOR}; url={request.path}"  # type: ignore[attr-defined]
        if not form.is_valid():
            return self.start(request, form)
        # The same door, and the same count of wrong tries, as the sign-in page.
        user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        try:
            if user is None:
                raise RoundError(
                    _("Staff number and PIN do not match. Whoever has no PIN votes on the phone, or asks for paper.")
                )
            terminals.refuse_unfit(user)
        except RoundError as refusal:
            form.add_error(None, str(refusal))
            return self.start(request, form)
        login(request, user)
        request.session[terminal_gate.MARK] = request.terminal.pk  # type: ignore[attr-defined]
        request.session.set_expiry(terminal_gate.PATIENCE)
        response = redirect("evaluations:vote", slug=form.cleaned_data["round"])
        response.status_code = 303
        return response

    def start(self, request: HttpRequest, form: TerminalForm) -> HttpResponse:
        status, shown_for = (422, REFUSAL_SHOWN_FOR) if form.is_bound else (200, ANEW_EVERY)
        response = render(request, "evaluations/terminal.html", {"form": form, "rounds": form.rounds}, status=status)
        response.headers["Refresh"] = f"{shown_for}; url={request.path}"
        return response


def open_rounds() -> list[Election]:
    """Rounds in which ballots are taken now."""
    return list(Election.objects.open_at(clock.now()).select_related("award").order_by("voting_closes", "pk"))


@require_safe
@kept_nowhere
def stay(request: HttpRequest) -> HttpResponse:
    """A sign of life from somebody who is still reading the ballot; the gate counts the minute anew."""
    return HttpResponse(status=204)


@require_safe
@officers_only
def terminal_list(request: HttpRequest) -> HttpResponse:
    """The terminals, and the form that makes one of this browser."""
    return _listed(request, TerminalNameForm())


def _listed(request: HttpRequest, form: TerminalNameForm, status: int = 200) -> HttpResponse:
    shown = Terminal.objects.select_related("by").filter(ended_at__isnull=True)
    return render(request, "evaluations/terminals.html", {"form": form, "terminals": shown}, status=status)


@require_POST
@officers_only
def open_here(request: HttpRequest) -> HttpResponse:
    """This browser becomes a terminal; the officer is signed out of it."""
    form = TerminalNameForm(request.POST)
    if not form.is_valid():
        return _listed(request, form, status=422)
    try:
        _terminal, token = terminals.open_terminal(label=form.cleaned_data["label"], by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
        return redirect("evaluations:terminals")
    logout(request)
    response = redirect(terminal_gate.START)
    response.set_signed_cookie(
        terminal_gate.COOKIE,
        token,
        salt=terminal_gate.SALT,
        max_age=COOKIE_KEPT_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )
    return response


@require_POST
@officers_only
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A terminal is a browser like any other from its next page on."""
    terminal = get_object_or_404(Terminal, pk=pk)
    terminals.end_terminal(terminal=terminal, by=request.user)
    messages.success(request, _("The terminal is ended. Its browser is one like any other again."))
    return redirect("evaluations:terminals")
