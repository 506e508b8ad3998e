from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# Why a row was not sent, in ``OutboxRow.failure``; never what a mail server said.
NOT_TAKEN = gettext_noop("The mail server did not take the message.")
NOT_REACHED = gettext_noop("The mail server could not be reached.")
NOT_WRITTEN = gettext_noop("The text of the reminder could not be made.")
LEFT_OUT = gettext_noop("An officer left it out.")
UNWISHED = gettext_noop("Its reader does without this mail.")


class OutboxState(models.TextChoices):
    """Where an outbox row stands; ``docs/reminders.md`` says what each means."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("skipped")
    EXPIRED = "expired", _("expired")
    FAILED = "failed", _("failed")
