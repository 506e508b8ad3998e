from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Preference, RuleSetting, Wish
from .services_wishes import Kind


class WishForm(forms.Form):
    """A person's language, quiet hours, and a choice for each kind that comes by mail."""

    language = forms.ChoiceField(label=gettext_lazy("Language of my reminders"), required=False)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        help_text=gettext_lazy(
            "In quiet hours nothing leaves the site for you. Mail comes when they end; what would be too late by "
            "then comes at once. On the site everything stands at its time."
        ),
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        help_text=gettext_lazy("May lie on the next morning: from 22:00 until 07:00."),
    )

    def __init__(self, *args, kinds: list[Kind], preference: Preference | None, **kwargs) -> None:
        given = {name: getattr(preference, name, None) for name in ("language", "quiet_from", "quiet_to")}
        super().__init__(*args, **{**kwargs, "initial": given})
        self.fields["language"].choices = [("", _("As the hall writes")), *settings.LANGUAGES]
        self.kinds: dict[str, str] = {}
        for kind in kinds:
            if kind.rule.essential:
                continue
            name = f"mail-{kind.rule.key.replace('.', '-')}"
            self.kinds[name] = kind.rule.key
            ways = [way for way in Wish.Mail.choices if not (kind.insisted and way[0] == Wish.Mail.OFF)]
            # A wish from before the hall insisted.
            known = kind.mail if kind.mail in dict(ways) else Wish.Mail.ON
            self.fields[name] = forms.ChoiceField(label=kind.rule.label, choices=ways, initial=known)
            if kind.insisted:
                self.fields[name].help_text = _("The hall wants everybody to get this by mail.")

    @property
    def mail(self) -> dict[str, str]:
        """The chosen way by rule key."""
        return {key: self.cleaned_data[name] for name, key in self.kinds.items()}


class KindForm(forms.ModelForm):
    class Meta:
        model = RuleSetting
        fields = ("enabled", "mandatory")
        labels = {
            "enabled": gettext_lazy("Reminders of this kind go out"),
            "mandatory": gettext_lazy("Nobody can switch off the mail of this kind"),
        }
        help_texts = {
            "enabled": gettext_lazy("While it is off, nothing is planned, and what falls due is not made up for."),
            "mandatory": gettext_lazy("Quiet hours still count: it then comes when they end."),
        }


class TextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=100)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
