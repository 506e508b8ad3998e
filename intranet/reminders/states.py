from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxState(models.TextChoices):
    """Where an outbox row stands; ``docs/reminders.md`` says what each means."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("skipped")
    EXPIRED = "expired", _("expired")
    FAILED = "failed", _("failed")
