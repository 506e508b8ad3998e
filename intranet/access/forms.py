"""Forms of signing in, of accounts and of the audit log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from . import pins
from .roles import ROLES

PASSWORD, PIN = "password", "pin"


def how_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How do you want to sign in?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(PIN, _("With a PIN of six digits")), (PASSWORD, _("With a password of ten characters or more"))],
    )


def remember_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("This is my own phone: stay signed in for 30 days"),
        required=False,
        help_text=_("Not on a computer that others use. People with officer rights sign in each day."),
    )


class SignInForm(AuthenticationForm):
    """One sentence for every reason to refuse: it never tells whether an account exists."""

    remember = remember_field()

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
        self.fields["password"].label = _("Password or PIN")


class OwnPasswordForm(PasswordChangeForm):
    """The new password is another one: whoever knows the old one is not to know it. Who holds no officer rights may
    choose a PIN.
    """

    how = how_field()
    field_order = ("old_password", "how", "new_password1", "new_password2")

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = _("Present password or PIN")
        self.fields["new_password1"].label = _("New password or PIN")
        self.fields["new_password2"].label = _("The same once more")
        self.fields["how"].initial = PIN if user.has_pin else PASSWORD
        if user.has_officer_rights:
            del self.fields["how"]
            self.fields["new_password1"].label = _("New password")

    def validate_password_for_user(self, user: Any, password_field_name: str = "password2") -> None:
        given = self.cleaned_data.get(password_field_name)
        if self.cleaned_data.get("how") != PIN:
            super().validate_password_for_user(user, password_field_name)
        elif given and (fault := pins.fault(pins.plain(given), user=user)):
            self.add_error(password_field_name, fault)

    def set_password_and_save(self, user: Any, password_field_name: str = "password1", commit: bool = True) -> Any:
        if self.cleaned_data.get("how") != PIN:
            return super().set_password_and_save(user, password_field_name, commit)
        user.set_pin(self.cleaned_data[password_field_name])
        if commit:
            user.save()
        return user

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
