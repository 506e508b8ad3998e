from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = _("Awards")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from intranet.access.signals import sign_in_changed

        from .models import Election
        from .signal_handlers import note_sign_in_changes, remember_dates

        post_save.connect(remember_dates, sender=Election, dispatch_uid="evaluations.remember_dates")
        sign_in_changed.connect(note_sign_in_changes, dispatch_uid="evaluations.note_sign_in_changes")
