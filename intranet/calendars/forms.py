from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Colour, FeedToken
from .registry import calendar_sources
from .subjects import choices_for


class LookForm(forms.Form):
    """How a subscription looks on the device, and which kinds of entries it holds."""

    label = forms.CharField(
        label=_("Device"),
        max_length=60,
        help_text=_("For example “my phone”, so that you know later which subscription to end."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    title = forms.CharField(
        label=_("Name of the calendar"),
        max_length=60,
        required=False,
        help_text=_("As it is called on the device. Left empty, it gets the name of the hall, window or unit."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    colour = forms.ChoiceField(label=_("Colour"), choices=Colour.choices, initial=Colour.TEAL)
    kinds = forms.MultipleChoiceField(
        label=_("What it holds"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Kinds that are added to this site later are on from the start."),
        error_messages={"required": _("Choose at least one kind, otherwise the calendar stays empty.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kinds"]
        kinds.choices = [(key, source.title) for key, source in calendar_sources().items()]
        kinds.initial = [key for key, _title in kinds.choices]

    @property
    def off(self) -> set[str]:
        """The keys of the kinds that were switched off."""
        return {key for key, _title in self.fields["kinds"].choices} - set(self.cleaned_data["kinds"])  # type: ignore[attr-defined]

    @classmethod
    def of(cls, subscription: FeedToken, data: Any = None) -> LookForm:
        form = cls(data, initial={name: getattr(subscription, name) for name in ("label", "title", "colour")})
        kinds: Any = form.fields["kinds"]
        kinds.initial = [key for key, _title in kinds.choices if key not in subscription.off]
        return form


class SubscriptionForm(LookForm):
    """A new subscription: of which calendar, on which device."""

    calendar = forms.ChoiceField(label=_("Which calendar"), required=False)
    field_order = ("calendar", "label", "title", "colour", "kinds")

    def __init__(self, viewer: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendar: Any = self.fields["calendar"]
        calendar.choices = [("", _("My own calendar")), *choices_for(viewer)]
        self.names = {value: name for _kind, options in choices_for(viewer) for value, name in options}

    @property
    def wanted(self) -> dict[str, Any]:
        """What ``services.issue_token`` needs."""
        given = self.cleaned_data
        subject, _colon, key = given["calendar"].partition(":")
        return {
            "label": given["label"],
            "title": given["title"] or (self.names[given["calendar"]] if subject else "")[:60],
            "colour": given["colour"],
            "off": self.off,
            "subject": subject,
            "subject_key": key,
        }
