"""Forms of the way in: from a slip, with a code of the second factor, and at the office's desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import pins
from .forms import PASSWORD, PIN, how_field, remember_field


class SlipForm(forms.Form):
    """What stands on the slip. The page's script fills it from the QR code; by hand it is as good."""

    username = forms.CharField(label=_("User name (staff number)"), max_length=150)
    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("Ten letters and digits; large or small makes no matter."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = {"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}
        self.fields["username"].widget.attrs.update({**plain, "autocomplete": "username"})
        self.fields["code"].widget.attrs.update(plain)


class FirstSecretForm(forms.Form):
    """The password of one's own, or a PIN where that is enough."""

    how = how_field()
    secret = forms.CharField(
        label=_("Password or PIN"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remember = remember_field()

    def __init__(self, *args: Any, user: Any, may_have_pin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["how"].initial = PIN
        if not may_have_pin:
            del self.fields["how"], self.fields["remember"]
            self.fields["secret"].label = _("Password")
            self.fields["secret"].help_text = _("Ten characters or more.")

    @property
    def as_pin(self) -> bool:
        return self.cleaned_data.get("how") == PIN

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        secret = given.get("secret")
        if "how" in self.fields and given.get("how") not in (PIN, PASSWORD):
            self.add_error("how", _("Please choose one of the two."))
        elif secret and self.as_pin:
            if fault := pins.fault(pins.plain(secret), user=self.user):
                self.add_error("secret", fault)
        elif secret:
            try:
                validate_password(secret, self.user)
            except ValidationError as error:
                self.add_error("secret", error)
        if secret and given.get("again") and secret != given["again"]:
            self.add_error("again", _("The two are not the same. Please type it once more."))
        return given


class CodeForm(forms.Form):
    """Six digits from the app, or one of the recovery codes."""

    code = forms.CharField(label=_("Code"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(
            autocomplete="one-time-code", autocapitalize="characters", spellcheck="false"
        )


class InPersonForm(forms.Form):
    """Nobody is reset over the telephone."""

    seen = forms.BooleanField(label=_("The person stands before me, and I have looked at their staff card."))
