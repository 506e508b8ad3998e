"""The form of a robot. What is secret is typed in and never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .group_models import Robot
from .registry import group_notice_kinds


class RobotForm(forms.Form):
    """``robot`` is the one to change; its form stays, and an empty address or secret stays as it is."""

    name = forms.CharField(
        label=pgettext_lazy("robot", "Name"),
        max_length=60,
        help_text=_("For example the name of the group; only this page shows it."),
    )
    form = forms.ChoiceField(label=_("Kind of robot"), choices=Robot.Form.choices, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Address (webhook)"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=_(
            "WeCom: group, settings, group robot, copy the address. DingTalk: group settings, robot, custom; as "
            "keyword use the hall's name. Whoever knows the address can speak in the group: it is kept sealed."
        ),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("DingTalk: the secret that begins with SEC, if the robot signs. WeCom has none."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it tells the group"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what becomes due from now on, and only texts that name nobody."),
    )

    def __init__(self, *args: Any, robot: Robot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.key, kind.label) for kind in group_notice_kinds().values()]
        self.fields["kinds"].choices = choices  # type: ignore[attr-defined]
        if robot is None:
            return
        del self.fields["form"]
        self.fields["address"].required = False
        self.fields["address"].label = _("New address (webhook)")
        self.fields["address"].help_text = _("Leave it empty to keep the present one.")
        self.fields["secret"].label = _("New secret")
        self.fields["secret"].help_text = _("Leave it empty to keep the present one.")
        if robot.form == Robot.Form.WECOM:
            del self.fields["secret"]
