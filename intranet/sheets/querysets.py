"""Whose uploads: one's own, and nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

KEPT_FOR = dt.timedelta(days=30)


class SheetUploadQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> SheetUploadQuerySet:
        """A sheet holds personal data: only who uploaded it sees it."""
        return self.filter(person=user) if user is not None and user.is_authenticated else self.none()

    def with_file(self) -> SheetUploadQuerySet:
        return self.filter(file_removed_at__isnull=True)

    def older_than_kept(self, now: dt.datetime) -> SheetUploadQuerySet:
        """Files are deleted after 30 days; the receipt stays."""
        return self.with_file().filter(uploaded_at__lt=now - KEPT_FOR)
