"""Whose uploads: one's own, and nobody else's; and work that waits for a worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

KEPT_FOR = dt.timedelta(days=30)
# A worker that has said nothing for so long is taken for dead.
CLAIM = dt.timedelta(seconds=60)


class SheetUploadQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> SheetUploadQuerySet:
        """A sheet holds personal data: only who uploaded it sees it."""
        return self.filter(person=user) if user is not None and user.is_authenticated else self.none()

    def with_file(self) -> SheetUploadQuerySet:
        return self.filter(file_removed_at__isnull=True)

    def older_than_kept(self, now: dt.datetime) -> SheetUploadQuerySet:
        """Files are deleted after 30 days; the receipt stays."""
        return self.with_file().filter(uploaded_at__lt=now - KEPT_FOR)

    def imports(self) -> SheetUploadQuerySet:
        """Those written to the register, newest last written first; also the ones undone since."""
        return self.filter(confirmed_at__isnull=False).order_by("-confirmed_at", "-pk")


class SheetJobQuerySet(models.QuerySet):
    def open(self) -> SheetJobQuerySet:
        return self.exclude(stage__in=("done", "failed"))

    def claimable(self, now: dt.datetime) -> SheetJobQuerySet:
        """Open work that nobody holds, or whose holder has not been heard of."""
        return self.open().filter(models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now))

    def claim(self, pk: int, now: dt.datetime) -> bool:
        """Take one piece of work, in one statement; False when somebody else holds it or it is done."""
        taken = self.claimable(now).filter(pk=pk)
        return bool(taken.update(claimed_until=now + CLAIM, tries=models.F("tries") + 1))
