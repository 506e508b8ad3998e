"""How I sign in: my password or PIN, my remembered phones, my second factor."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from . import authenticators, gates, one_time, phones, services
from .activation_forms import CodeForm
from .exceptions import CodeError, CodeLocked
from .models import Authenticator, RecoveryCode
from .sealed import unseal


@method_decorator(never_cache, name="dispatch")
class OwnAccount(View):
    """What lets me in, and the phones that may stay signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        here = phones.known_phone(request, user)
        context = {
            "phones": list(user.remembered_phones.good()),
            "here": here.pk if here else None,
            "codes_left": RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
        }
        return render(request, "access/own_account.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Forget one phone; somebody else's is a missing one."""
        user: Any = request.user
        number = request.POST.get("phone", "")
        phone = get_object_or_404(user.remembered_phones, pk=int(number) if number.isdecimal() else 0)
        here = phones.known_phone(request, user)
        if here is not None and here.pk == phone.pk:
            phones.no_longer(request)
        services.forget_phone(phone, by=user)
        messages.success(request, _("This phone is forgotten; whoever has it must sign in."))
        return redirect("access:own_account")


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SecondFactor(View):
    """The second step of signing in; nothing else opens before it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.second_factor_since is None:  # type: ignore[union-attr]
            return redirect("access:two_factors")
        return render(request, "access/second_factor.html", {"form": CodeForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.second_factor_since is None:
            return redirect("access:two_factors")
        form = CodeForm(request.POST)
        if not form.is_valid():
            return render(request, "access/second_factor.html", {"form": form})
        try:
            services.check_code(user, code=form.cleaned_data["code"])
        except CodeError as error:
            return _refused(request, form, error, "access/second_factor.html")
        request.session.cycle_key()
        gates.passed_second_factor(request, user)
        return redirect(request.session.pop(gates.AFTERWARDS, None) or resolve_url(settings.LOGIN_REDIRECT_URL))


def _refused(request: HttpRequest, form: CodeForm, error: CodeError, template: str, **context: Any) -> HttpResponse:
    form.add_error("code", str(error))
    status = 429 if isinstance(error, CodeLocked) else 200
    return render(request, template, {"form": form, **context}, status=status)


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class TwoFactors(View):
    """Setting up the app, fresh recovery codes, taking the factor away."""

    template = "access/two_factors.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.template, {"form": CodeForm(), **self.state(request.user)})

    def post(self, request: HttpRequest) -> HttpResponse:
        does = {"begin": self.begin, "confirm": self.confirm, "codes": self.codes, "remove": self.remove}.get(
            request.POST.get("do", "")
        )
        if does is None:
            return render(request, self.template, {"form": CodeForm(), **self.state(request.user)}, status=400)
        form = CodeForm(request.POST)
        if does != self.begin and not form.is_valid():
            return render(request, self.template, {"form": form, **self.state(request.user)})
        try:
            return does(request, form)
        except CodeError as error:
            if does == self.begin:
                messages.error(request, str(error))
                return redirect("access:two_factors")
            return _refused(request, form, error, self.template, **self.state(request.user))

    def begin(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        services.begin(request.user)  # type: ignore[arg-type]
        return redirect("access:two_factors")

    def confirm(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        user: Any = request.user
        codes = services.confirm(user, code=form.cleaned_data["code"])
        request.session.cycle_key()
        gates.passed_second_factor(request, user)
        return self.shown_once(request, codes)

    def codes(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        return self.shown_once(
            request,
            services.new_recovery_codes(request.user, code=form.cleaned_data["code"]),  # type: ignore[arg-type]
        )

    def remove(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        services.remove(request.user, code=form.cleaned_data["code"])  # type: ignore[arg-type]
        messages.success(request, _("The second factor is removed. Your password alone lets you in now."))
        return redirect("access:own_account")

    def shown_once(self, request: HttpRequest, codes: list[str]) -> HttpResponse:
        printed = [one_time.grouped(code) for code in codes]
        response = render(request, "access/recovery_codes.html", {"codes": printed, "text": "\n".join(printed)})
        response.headers["Cache-Control"] = "no-store"
        return response

    def state(self, user: Any) -> dict[str, Any]:
        """In use, waiting for its first code (with key and QR code), or nothing yet."""
        if user.second_factor_since is not None:
            return {"in_use": True, "codes_left": user.recovery_codes.filter(used_at__isnull=True).count()}
        pending = Authenticator.objects.filter(user=user, confirmed_at__isnull=True).first()
        if pending is None:
            return {}
        key = unseal(pending.sealed_key)
        address = authenticators.address(key, account=user.username, issuer=settings.HALL_NAME)
        drawn = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="#fff")
        return {"key": authenticators.grouped(key), "drawn": drawn, "address": address}
