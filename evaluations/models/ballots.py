"""Ballots, and the marks of who has voted: two tables that share no key, time, sequence or order.

Sealing makes both tables anew in sorted order (see ``services/sealing.py``), therefore
neither is referenced by another table and neither has database-level foreign keys.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .elections import Election, RollEntry


class Mark(models.Model):
    """Someone on the roll has voted. The receipt proves that, and nothing of how."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    election = models.ForeignKey(Election, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    entry = models.OneToOneField(RollEntry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    receipt = models.CharField(max_length=43)
    # Handed a ballot on paper: it is counted when two scrutineers have read it, and may not come back.
    on_paper = models.BooleanField(default=False, db_default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("mark of the roll")
        verbose_name_plural = _("marks of the roll")
        # As a constraint, because ``unique=True`` would bring a second index on PostgreSQL for searches by beginning.
        constraints = [models.UniqueConstraint(fields=["receipt"], name="evaluations_mark_receipt_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Ballot(models.Model):
    """One ballot. ``envelope`` is opaque to the database: today canonical JSON, later it may be encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    election = models.ForeignKey(Election, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    box = models.CharField(max_length=20, default="staff")
    envelope = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
