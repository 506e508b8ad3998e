"""After migrating: a site is laid out and its editors may write, so that `/` answers at once."""

from __future__ import annotations

from typing import Any

from django.apps import apps as live_apps

from .grants import grant_pages
from .services import lay_out_site


def lay_out_after_migrate(sender: Any, apps: Any = None, **kwargs: Any) -> None:
    """When the last app with models is migrated: only then do all permissions exist."""
    last = [config for config in live_apps.get_app_configs() if config.models_module is not None][-1]
    if sender.label != last.label:
        return
    try:
        (apps or live_apps).get_model("pages", "ReadReceipt")
    except LookupError:  # the tables are not there: the migration runs backwards
        return
    lay_out_site()
    grant_pages()
