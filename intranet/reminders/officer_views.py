"""The officers' pages: what will go out, one occasion, the kinds and their words."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import RolesRequiredMixin, RuleErrorMixin, show_rule_error

from . import outlook, services_officers, texts
from .forms import KindForm, TextForm
from .models import Hold, OutboxRow, RuleSetting, RuleText
from .officers import OFFICERS
from .registry import ReminderRule, reminder_rules

ON_A_PAGE = 50


class OfficerMixin(RolesRequiredMixin):
    roles = OFFICERS


def address_of(key: outlook.Key) -> str:
    """Where an occasion has its page; "" for one whose name no address can hold."""
    rule, object, occasion = key
    try:
        return reverse("reminders:occasion", kwargs={"rule": rule, "occasion": occasion, "object": object})
    except NoReverseMatch:
        return ""


class OutlookView(OfficerMixin, TemplateView):
    template_name = "reminders/outlook.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.now()
        found = outlook.what_will_go_out(now)
        lines = [(one, address_of(one.key)) for one in found.occasions]
        days = [(day, list(of_day)) for day, of_day in groupby(lines, key=lambda line: line[0].day)]
        failures = [(failure, address_of(failure.key)) for failure in outlook.what_failed(now)]
        return super().get_context_data(days=days, failures=failures, silent=found.silent, off=found.off, **kwargs)


class OccasionView(OfficerMixin, View):
    """One occasion: its state and history; ``deed`` says what to do with it."""

    DEEDS = ("hold", "skip", "release", "retry")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key = (kwargs["rule"], kwargs["object"], kwargs["occasion"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule, one, hold = self._found()
        history = outlook.history(self.key)
        names = None
        if outlook.may_see_names(request.user, rule):
            rows = OutboxRow.objects.of(*self.key).select_related("recipient")
            names = Paginator(rows.order_by("recipient__name", "channel", "pk"), ON_A_PAGE)
            names = names.get_page(request.GET.get("page"))
        context = {
            "rule": rule,
            "one": one,
            "hold": hold,
            "history": history,
            "page_obj": names,
            "failed": any(line["state"] == OutboxRow.State.FAILED for line in history),
            "waits": one is not None and not rule.essential,
        }
        return render(request, "reminders/occasion.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._found()
        deed = request.POST.get("deed", "")
        if deed not in self.DEEDS:
            raise Http404
        try:
            getattr(self, deed)(**dict(zip(("rule", "object", "occasion"), self.key, strict=True)), by=request.user)
        except RuleError as error:
            show_rule_error(request, error)
        return redirect(request.path)

    def _found(self) -> tuple[ReminderRule, outlook.Occasion | None, Hold | None]:
        """The rule, the occasion if it is still to go, and what stops it; 404 when there is no such occasion."""
        key, object, occasion = self.key
        rule = reminder_rules().get(key)
        if rule is None:
            raise Http404
        coming = outlook.what_will_go_out(clock.now(), only=key).occasions
        one = next((one for one in coming if one.key == self.key), None)
        hold = Hold.objects.filter(rule=key, object=object, occasion=occasion).first()
        if one is None and hold is None and not OutboxRow.objects.of(*self.key).exists():
            raise Http404
        return rule, one, hold

    def hold(self, **given: Any) -> None:
        gone = services_officers.hold_occasion(**given)
        messages.success(self.request, _("This reminder is held back until you release it."))
        self._say_gone(gone)

    def skip(self, **given: Any) -> None:
        gone = services_officers.skip_occasion(**given)
        messages.success(self.request, _("This reminder is left out."))
        self._say_gone(gone)

    def release(self, **given: Any) -> None:
        services_officers.release_occasion(**given)
        messages.success(self.request, _("This reminder goes out at its time, or at once if that has come."))

    def retry(self, **given: Any) -> None:
        count = services_officers.retry_occasion(**given)
        said = ngettext("%(count)d message is tried again.", "%(count)d messages are tried again.", count)
        messages.success(self.request, said % {"count": count})

    def _say_gone(self, gone: int) -> None:
        if gone:
            said = ngettext(
                "%(count)d message was on its way already.", "%(count)d messages were on their way already.", gone
            )
            messages.warning(self.request, said % {"count": gone})


class KindsView(OfficerMixin, TemplateView):
    template_name = "reminders/kinds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = RuleSetting.objects.by_rule()
        own = set(RuleText.objects.values_list("rule", flat=True))
        kinds = [
            {
                "rule": rule,
                "sends": said.sends(rule),
                "insists": said.insists(rule),
                "own": rule.key in own,
                "editable": rule.filled is not None,
            }
            for rule in sorted(reminder_rules().values(), key=lambda rule: str(rule.label))
        ]
        return super().get_context_data(kinds=kinds, languages=settings.LANGUAGES, **kwargs)


class KindMixin(OfficerMixin, RuleErrorMixin):
    """Pages of one kind of reminder; a kind that is not in use is a missing one."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.rule: ReminderRule | None = reminder_rules().get(kwargs["rule"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        allowed = request.user.is_authenticated and request.user.has_role(*OFFICERS)  # type: ignore[union-attr]
        if allowed and self.is_missing():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def is_missing(self) -> bool:
        return self.rule is None

    def get_success_url(self) -> str:
        return reverse("reminders:kinds")


class KindView(KindMixin, FormView):
    template_name = "reminders/kind.html"
    form_class = KindForm

    def get_form_kwargs(self) -> dict[str, Any]:
        setting = RuleSetting.objects.filter(rule=self.rule.key).first() if self.rule else None
        return {**super().get_form_kwargs(), "instance": setting}

    def save(self, form: KindForm) -> None:
        services_officers.set_kind(rule=self.rule.key, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("Kept: %(kind)s.") % {"kind": self.rule.label})


class TextView(KindMixin, FormView):
    """The words of one kind in one language, with a preview beside them."""

    template_name = "reminders/text.html"
    form_class = TextForm

    def is_missing(self) -> bool:
        known = self.rule is not None and self.rule.filled is not None
        return not known or self.kwargs["language"] not in dict(settings.LANGUAGES)

    def words(self) -> tuple[str, str]:
        """What is in use now, in the language that is edited."""
        with translation.override(self.kwargs["language"]):
            return texts.template_of(self.rule, RuleText.objects.words())

    def get_initial(self) -> dict[str, str]:
        return dict(zip(("subject", "body"), self.words(), strict=True))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("deed") == "original":
            services_officers.original_text(rule=self.rule.key, language=kwargs["language"], by=request.user)
            messages.success(request, _("The original text is in use again."))
            return redirect(request.path)
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        for part, sentence in texts.faults(self.rule, **form.cleaned_data).items():
            form.add_error(part, sentence)
        if form.errors or request.POST.get("deed") == "preview":
            return self.render_to_response(self.get_context_data(form=form))
        return self.form_valid(form)

    def save(self, form: TextForm) -> None:
        given = form.cleaned_data
        services_officers.keep_text(
            rule=self.rule.key, language=self.kwargs["language"], by=self.request.user, **given
        )
        messages.success(self.request, _("Kept: %(kind)s.") % {"kind": self.rule.label})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        right = form.is_bound and not form.errors
        subject, body = (form.cleaned_data["subject"], form.cleaned_data["body"]) if right else self.words()
        language = self.kwargs["language"]
        with translation.override(language):
            preview = (texts.example(self.rule, subject), texts.example(self.rule, body))
            examples = [(field, str(field.example)) for field in self.rule.fields]
        own = RuleText.objects.filter(rule=self.rule.key, language=language).exists()
        context.update(
            rule=self.rule,
            preview=preview,
            fields=examples,
            own=own,
            language=language,
            language_name=dict(settings.LANGUAGES)[language],
            others=[pair for pair in settings.LANGUAGES if pair[0] != language],
        )
        return context
