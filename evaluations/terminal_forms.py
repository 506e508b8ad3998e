"""Forms of the shared terminal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intranet.access import pins
from intranet.ui.templatetags.ui import zh

from .models import Election


class TerminalNameForm(forms.Form):
    """Where the browser stands that becomes a terminal."""

    label = forms.CharField(
        label=_("Where it stands"), max_length=60, help_text=_("For example the corner on the second floor.")
    )


class TerminalForm(forms.Form):
    """Which round, and who: staff number and PIN. Asks for no round where only one is open."""

    round = forms.ChoiceField(label=_("Round"), widget=forms.RadioSelect)
    username = forms.CharField(
        label=_("Staff number"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    # Named as on the sign-in page: what counts wrong tries leaves a field of this name out of its notes.
    password = forms.CharField(
        label=_("PIN"),
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric", "maxlength": "20"}),
    )

    def __init__(self, *args: Any, rounds: list[Election], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = rounds
        self.fields["round"].choices = [(election.slug, zh(str(election))) for election in rounds]
        if len(rounds) == 1:
            self.fields["round"].widget = forms.HiddenInput()
            self.fields["round"].initial = rounds[0].slug

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip()

    def clean_password(self) -> str:
        """Six digits. Said without looking at any account: nobody learns here who has a PIN."""
        pin = pins.plain(self.cleaned_data["password"])
        if not pins.SIX_DIGITS.fullmatch(pin):
            raise forms.ValidationError(
                _("A PIN has exactly six digits. Whoever has no PIN votes on the phone, or asks for paper.")
            )
        return pin
