"""What the audit log may say of this room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


def register(actions: Any) -> None:
    for key, label, message in (
        ("figures.save_window_month", _("Enter a window's figures"), _("Window's figures entered")),
        ("figures.save_monthly_score", _("Enter a monthly score"), _("Monthly score entered")),
        ("figures.register_incident", _("Register an incident"), _("Incident registered")),
        ("figures.decide_incident", _("Decide on an incident"), _("Incident decided on")),
        ("figures.appeal_incident", _("Appeal against an incident"), _("Incident appealed against")),
        ("figures.settle_appeal", _("Answer an appeal"), _("Appeal answered")),
    ):
        actions.register_action(key, label, message)
