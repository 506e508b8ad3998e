"""Rows of the hall's plan in the Wagtail admin: the personnel office edits them; nobody deletes them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from intranet.access.policies import VisibleRowsPolicy

from .models import Body, Unit, Window, Zone

KEPT = _("This is kept because the history points to it. Give it a closing date instead of deleting it.")

MODELS = (Unit, Zone, Window, Body)
POLICIES = {model: VisibleRowsPolicy(model, kept=KEPT) for model in MODELS}
