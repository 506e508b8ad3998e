"""Recommending oneself, a colleague, or for a unit; answering when one is named; taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import invitations, phases, steps
from evaluations.exceptions import NominationError
from evaluations.forms import StatementForm, UnitStatementForm
from evaluations.models import Award, Election, Nomination, Veto
from evaluations.services import nominations, vetoes
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404
from intranet.people.models import Person, Unit, Window
from intranet.people.reach import person_of, units_led_by

from .rounds import round_or_404

Kind = Nomination.Kind
FOUND_A_PAGE = 20
READ_AND_SEND = ("GET", "HEAD", "POST")


@require_safe
def recommend(request: HttpRequest, slug: str) -> HttpResponse:
    """What one may do: recommend oneself, a colleague, for one's unit; and what became of earlier ones."""
    election = round_or_404(request, slug)
    of_people = election.rules_now["subject"] == Award.Subject.PERSON
    is_open = election.phase == phases.Phase.RECOMMENDATION
    rows = Nomination.objects.filter(election=election).select_related(
        "person", "window", "team", "unit", "by", "election"
    )
    naming_me = list(rows.naming(request.user))
    made_by_me = list(rows.filter(by=request.user))
    own = sorted({row.pk: row for row in [*made_by_me, *naming_me]}.values(), key=lambda row: row.pk)
    # One query more only for those whom something names.
    named = Veto.objects.filter(nomination__in=naming_me) if naming_me else Veto.objects.none()
    against = list(named.select_related("nomination__person", "nomination__window", "nomination__team"))
    my_windows = list(nominations.nominable(election, kind=Kind.SELF, by=request.user)) if is_open else []
    context = {
        "election": election,
        "rules": election.rules_now,
        "is_open": is_open,
        "before": election.phase == phases.Phase.PREPARATION,
        "own": own,
        "naming_me": [row for row in naming_me if row.by_id != request.user.pk],
        "already_named": any(row.state in steps.LIVE for row in naming_me),
        "of_people": of_people,
        "of_teams": election.rules_now["subject"] == Award.Subject.TEAM,
        "vetoes": against,
        "appealable": {row.pk for row in against if row.state == "standing"}
        if election.phase in vetoes.OPEN
        else set(),
        "why_not_me": why_not_me(election, person_of(request.user)) if is_open else "",
        "my_windows": [] if of_people else my_windows,
        "quotas": invitations.quotas_of([election], request.user).get(election.pk, []) if is_open else [],
        "invited": is_open and bool(invitations.invited([election], request.user)),
        "withdrawable": {row.pk for row in _withdrawable(election, own, naming_me, request.user)},
    }
    return render(request, "evaluations/recommend.html", context)


def _withdrawable(
    election: Election, own: list[Nomination], naming_me: list[Nomination], user: Any
) -> list[Nomination]:
    """Which the page offers to withdraw; who has not answered yet is offered to decline instead."""
    if election.phase not in (phases.Phase.RECOMMENDATION, phases.Phase.REVIEW) or election.reviewed_at:
        return []
    live = [
        row
        for row in own
        if row.state in steps.LIVE and (row.state != Nomination.State.PROPOSED or row.by_id == user.pk)
    ]
    named = {row.pk for row in naming_me}
    made = nominations.withdrawable(election, [row for row in live if row.pk not in named], user)
    return [row for row in live if row.pk in named or row.pk in made]


def why_not_me(election: Election, person: Person | None) -> str:
    """Why somebody cannot recommend themselves, in words; "" if they can."""
    if person is None:
        return _("Your account has no entry in the staff register, so you cannot be recommended.")
    if election.rules_now["subject"] == Award.Subject.PERSON:
        return nominations.why_not(election, person)
    return ""


@require_safe
def choose(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Find whom (or which window) to recommend: by name, pinyin, number or unit; no script needed."""
    election = _open_or_404(request, slug)
    kind = _kind_or_404(kind)
    text = request.GET.get("q", "").strip()[:60]
    allowed = nominations.nominable(election, kind=kind, by=request.user)
    of_people = election.rules_now["subject"] == Award.Subject.PERSON
    of_teams = election.rules_now["subject"] == Award.Subject.TEAM
    if of_teams:
        found = Unit.objects.visible_to(request.user)
        if text:
            found = found.filter(Q(name__icontains=text) | Q(short_name__icontains=text))
        elif kind == Kind.UNIT:
            found = found.filter(pk__in=allowed.values("pk"))
    elif not of_people:
        found = Window.objects.visible_to(request.user)
        if text:
            found = found.filter(Q(name__icontains=text) | Q(number__iexact=text.removesuffix("号")))
        elif kind == Kind.UNIT:
            found = found.filter(pk__in=allowed.values("pk"))
    else:
        found = Person.objects.visible_to(request.user).search(text).with_places()
        if kind == Kind.COLLEAGUE:
            found = found.exclude(user=request.user)
        elif not text:
            found = found.filter(pk__in=allowed.values("pk"))
    shown = bool(text) or kind == Kind.UNIT
    page = Paginator(found, FOUND_A_PAGE).get_page(request.GET.get("page")) if shown else None
    open_to = set(allowed.filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True)) if page else set()
    context = {
        "election": election,
        "kind": kind,
        "of_people": of_people,
        "of_teams": of_teams,
        "q": text,
        "page_obj": page,
        "open_to": open_to,
    }
    return render(request, "evaluations/choose.html", context)


@require_http_methods(READ_AND_SEND)
def state_reason(request: HttpRequest, slug: str, kind: str, pk: int | None = None) -> HttpResponse:
    """Say why, and send the recommendation. Somebody who cannot be recommended: why, in words."""
    election = _open_or_404(request, slug)
    if kind != Kind.SELF:
        kind = _kind_or_404(kind)
    elif (pk is None) != (election.rules_now["subject"] == Award.Subject.PERSON):
        raise Http404
    subject = _subject_or_404(request, election, pk)
    form = _statement_form(request, kind)
    if request.method == "POST" and form.is_valid():
        try:
            made = nominations.recommend(
                election=election, kind=kind, by=request.user, **subject, **form.cleaned_data
            )
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(made))
            return redirect("evaluations:recommend", slug=slug)
    person, (named,) = subject.get("person"), subject.values()
    context = {
        "election": election,
        "kind": kind,
        "subject": named,
        "person": person,
        "form": form,
        "why_not": nominations.why_not(election, person) if person else "",
    }
    return render(request, "evaluations/statement.html", context, status=422 if form.errors else 200)


def _said(made: Nomination) -> str:
    if made.state == Nomination.State.PROPOSED:
        return _("Sent. It counts once the person named accepts.")
    return _("Sent. The review follows when recommendation closes.")


def _open_or_404(request: HttpRequest, slug: str) -> Election:
    """The round; a page for recommending exists only while recommendation is open."""
    election = round_or_404(request, slug)
    if election.phase != phases.Phase.RECOMMENDATION:
        raise Http404
    return election


def _kind_or_404(kind: str) -> str:
    if kind not in (Kind.COLLEAGUE, Kind.UNIT):
        raise Http404
    return kind


def _subject_or_404(request: HttpRequest, election: Election, pk: int | None) -> dict[str, Any]:
    """{"person": …}, {"window": …} or {"team": …}: oneself when no number is given."""
    if pk is None:
        person = person_of(request.user)
        if person is None:
            raise PermissionDenied
        return {"person": person}
    if election.rules_now["subject"] == Award.Subject.WINDOW:
        return {"window": visible_or_404(Window, request.user, pk=pk)}
    if election.rules_now["subject"] == Award.Subject.TEAM:
        return {"team": visible_or_404(Unit, request.user, pk=pk)}
    return {"person": visible_or_404(Person, request.user, pk=pk)}


def _statement_form(request: HttpRequest, kind: str) -> Any:
    data = request.POST if request.method == "POST" else None
    if kind != Kind.UNIT:
        return StatementForm(data)
    units = units_led_by(request.user)
    if not units:
        raise PermissionDenied
    return UnitStatementForm(data, units=units)


@require_POST
def answer(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Accept or decline being named, or withdraw: the service says who may and when."""
    concerning = Nomination.objects.concerning(request.user).select_related("election")
    nomination = get_object_or_404(concerning, pk=pk)
    service, said = {
        "accept": (nominations.accept, _("Accepted. The review follows when recommendation closes.")),
        "decline": (nominations.decline, _("Declined. You do not stand in this round.")),
        "withdraw": (nominations.withdraw, _("Withdrawn.")),
    }[deed]
    try:
        service(nomination=nomination, by=request.user)
    except NominationError as refusal:
        show_rule_error(request, refusal)
    else:
        messages.success(request, said)
    return redirect("evaluations:recommend", slug=nomination.election.slug)
