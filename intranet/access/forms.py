"""Forms of signing in, of accounts and of the audit log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from .roles import ROLES


class SignInForm(AuthenticationForm):
    """One sentence for every reason to refuse: it never tells whether an account exists."""

    error_messages = {
        "invalid_login": _(
            "The staff number and password do not match. Please check both; "
            "after ten wrong tries the account is locked for a while."
        ),
        "inactive": _(
            "The staff number and password do not match. Please check both; "
            "after ten wrong tries the account is locked for a while."
        ),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("Staff number")
        self.fields["username"].widget.attrs.update(
            autocomplete="username", autocapitalize="none", spellcheck="false"
        )
        self.fields["password"].label = _("Password")


class OwnPasswordForm(PasswordChangeForm):
    """The new password is another one: whoever handed the old one over knows it."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("old_password") and given["old_password"] == given.get("new_password1"):
            self.add_error("new_password1", _("This is your present password. Please choose a new one."))
        return given


class RolesForm(forms.Form):
    """Every role of the hall, those held ticked. Each one is given and taken by the service."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=lambda: role_choices()
    )


def role_choices() -> list[tuple[str, Any]]:
    return [(kind.key, kind.label) for kind in ROLES.values()]


class AuditFilterForm(forms.Form):
    """Which entries of the audit log to show; everything optional."""

    action = forms.ChoiceField(label=_("Action"), required=False)
    person = forms.CharField(label=_("Person (name or staff number)"), required=False, max_length=60)
    first = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actions: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [  # type: ignore[attr-defined]
            ("", _("All actions")),
            *actions,
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["first"] > given["last"]:
            self.add_error("last", _("The last day lies before the first one. Please swap them."))
        return given
