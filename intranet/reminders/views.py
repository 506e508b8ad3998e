"""The inbox, and the health addresses."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import FormView, ListView

from intranet.access.views import RuleErrorMixin, visible_or_404

from . import health, services, services_wishes
from .forms import WishForm
from .models import InboxMessage, Preference


@method_decorator(require_safe, name="dispatch")
class InboxView(ListView):
    """Everything the site has told this person; unread first, then the newest."""

    template_name = "reminders/inbox.html"
    paginate_by = 20

    def get_queryset(self):
        return InboxMessage.objects.visible_to(self.request.user).unread_first()

    def get_context_data(self, **kwargs):
        unread = InboxMessage.objects.visible_to(self.request.user).unread().count()
        return super().get_context_data(unread=unread, **kwargs)


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message; opening it is reading it."""
    found = visible_or_404(InboxMessage, request.user, pk=pk)
    services.read_message(message=found, by=request.user)
    return render(request, "reminders/message.html", {"message_read": found})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = services.read_all(by=request.user)
    if count:
        messages.success(
            request,
            ngettext("%(count)d message marked as read.", "%(count)d messages marked as read.", count)
            % {"count": count},
        )
    else:
        messages.info(request, _("There was nothing unread."))
    return redirect("reminders:inbox")


class WishesView(RuleErrorMixin, FormView):
    """A person's own wishes: language, quiet hours, and which kinds come by mail."""

    template_name = "reminders/wishes.html"
    form_class = WishForm
    success_url = reverse_lazy("reminders:wishes")

    def get_form_kwargs(self):
        self.kinds = services_wishes.kinds_of(self.request.user)
        preference = Preference.objects.filter(user=self.request.user).first()
        return {**super().get_form_kwargs(), "kinds": self.kinds, "preference": preference}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "always": [kind.rule for kind in self.kinds if kind.rule.essential]}

    def save(self, form: WishForm) -> None:
        given = {name: form.cleaned_data[name] for name in ("language", "quiet_from", "quiet_to")}
        services_wishes.keep_wishes(mail=form.mail, by=self.request.user, **given)
        messages.success(self.request, _("Your wishes are kept."))


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; it asks nobody else."""
    return JsonResponse({"ok": True})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part works, or 503 and which one does not."""
    parts = health.report()
    ok = all(parts.values())
    return JsonResponse({"ok": ok, **parts}, status=200 if ok else 503)
