from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = _("Awards")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .models import Election
        from .signal_handlers import remember_dates

        post_save.connect(remember_dates, sender=Election, dispatch_uid="evaluations.remember_dates")
