"""Signing in and out, one's password, and the accounts a system administrator looks after."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView

from . import phones, roles, services, slip_pages
from .activation_forms import InPersonForm
from .exceptions import RuleError
from .forms import OwnPasswordForm, RolesForm, SignInForm
from .lock import locked_usernames
from .models import ActivationSlip, Role, User
from .views import RolesRequiredMixin, show_rule_error
from .ways_back import leads_somewhere


class SignIn(auth_views.LoginView):
    form_class = SignInForm
    template_name = "access/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """``next``, if it is an address of this site that leads somewhere."""
        address = super().get_redirect_url()
        return address if leads_somewhere(address) else ""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if form.cleaned_data.get("remember"):
            try:
                phones.remember(self.request, response, form.get_user())
            except RuleError as error:
                messages.info(self.request, str(error))
        return response


class SignOut(auth_views.LogoutView):
    http_method_names = ["post", "options"]

    def get_success_url(self) -> str:
        return resolve_url("access:sign_in")


@login_not_required
def sign_in_help(request: HttpRequest) -> HttpResponse:
    """Where to go with a forgotten password: in person, because nobody can be recognised from a web form."""
    return render(request, "access/sign_in_help.html")


@login_not_required
def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Wagtail has sign-in pages of its own; there is one door."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(resolve_url("access:sign_in") + (f"?{query}" if query else ""))


@login_not_required
def to_sign_in_help(request: HttpRequest) -> HttpResponse:
    return redirect("access:sign_in_help")


@method_decorator(require_admin_access, name="dispatch")
class DeskAccount(AccountView):
    """Wagtail's page about oneself, without what the hall keeps elsewhere: the name and the picture stand in the
    staff register, the language is one's choice for the whole site, the clock is the hall's.
    """

    elsewhere = frozenset({"name_email", "avatar", "locale"})

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if panel.name not in self.elsewhere]


class PasswordChange(auth_views.PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "access/password.html"
    success_url = reverse_lazy(settings.LOGIN_REDIRECT_URL)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        services.password_changed(cast(User, self.request.user))
        phones.no_longer(self.request)
        messages.success(self.request, _("Your new password holds from now on. Other devices have been signed out."))
        return response


@method_decorator(never_cache, name="dispatch")
class Accounts(RolesRequiredMixin, TemplateView):
    """Everyone who can sign in; locked accounts first."""

    roles = (roles.SYSTEM_ADMIN,)
    template_name = "access/accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:60]
        locked = locked_usernames()
        found = User.objects.prefetch_related("groups__role").order_by("-is_active", "username")
        if text:
            found = found.filter(Q(name__icontains=text) | Q(username__istartswith=text))
        page = Paginator(found, 50).get_page(self.request.GET.get("page"))
        for user in cast(Any, page.object_list):
            keys = {group.role.key for group in user.groups.all() if hasattr(group, "role")}
            user.role_labels = [kind.label for kind in roles.ROLES.values() if kind.key in keys]
            user.is_locked = user.username in locked
        waiting = User.objects.filter(username__in=locked).order_by("username")
        return super().get_context_data(**kwargs, page_obj=page, q=text, locked=waiting)


@method_decorator(never_cache, name="dispatch")
class Account(RolesRequiredMixin, View):
    """One account: its roles, its lock, and what is handed over or taken away in person."""

    roles = (roles.SYSTEM_ADMIN,)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = get_object_or_404(User, pk=pk)
        return self.show(request, user, self.roles_form(user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = get_object_or_404(User, pk=pk)
        does = {
            "roles": self.save_roles,
            "unlock": self.unlock,
            "slip": self.new_slip,
            "factor": self.reset_factor,
        }.get(request.POST.get("do", ""))
        if does is None:
            return self.show(request, user, self.roles_form(user), status=400)
        try:
            return does(request, user)
        except RuleError as error:
            show_rule_error(request, error)
            return redirect("access:account", pk=user.pk)

    def save_roles(self, request: HttpRequest, user: User) -> HttpResponse:
        form = RolesForm(request.POST)
        if not form.is_valid():
            return self.show(request, user, form, status=422)
        services.set_roles(user, set(form.cleaned_data["roles"]), by=cast(User, request.user))
        messages.success(request, _("The roles have been saved."))
        return redirect("access:account", pk=user.pk)

    def unlock(self, request: HttpRequest, user: User) -> HttpResponse:
        services.unlock(user, by=cast(User, request.user))
        messages.success(request, _("The account is open again."))
        return redirect("access:account", pk=user.pk)

    def new_slip(self, request: HttpRequest, user: User) -> HttpResponse:
        seen = InPersonForm(request.POST)
        if not seen.is_valid():
            return self.show(request, user, self.roles_form(user), status=422, seen=seen)
        code = services.reset_in_person(user, by=cast(User, request.user))
        expires = ActivationSlip.objects.get(user=user).expires_at
        slip = slip_pages.Slip(user.name, user.username, code, expires)
        return slip_pages.page(request, [slip], back=resolve_url("access:account", pk=user.pk))

    def reset_factor(self, request: HttpRequest, user: User) -> HttpResponse:
        seen = InPersonForm(request.POST)
        if not seen.is_valid():
            return self.show(request, user, self.roles_form(user), status=422, seen=seen)
        services.reset_second_factor(user, by=cast(User, request.user))
        messages.success(request, _("The second factor is taken away; the person is told."))
        return redirect("access:account", pk=user.pk)

    def roles_form(self, user: User) -> RolesForm:
        """Those held, also by an account that is not open yet."""
        held = Role.objects.filter(group__user=user).values_list("key", flat=True)
        return RolesForm(initial={"roles": sorted(held)})

    def show(
        self, request: HttpRequest, user: User, form: RolesForm, status: int = 200, **extra: Any
    ) -> HttpResponse:
        locked = user.username in locked_usernames()
        context = {"account": user, "form": form, "is_locked": locked, "seen": InPersonForm(), **extra}
        return render(request, "access/account.html", context, status=status)
