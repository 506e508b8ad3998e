"""Whose papers, and which template is in use."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q

from .registry import kinds_for, paper_kinds


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> PaperQuerySet:
        """Papers of the kinds a person makes, about objects they may see; of a plug-in that is out, none."""
        may = Q(pk__in=[])
        for kind in kinds_for(user).values():
            own = Q(kind=kind.key)
            if kind.subjects is not None:
                seen = Q(about_key__in=kind.subjects(user).values("pk"))
                own &= (seen | Q(about_key__isnull=True)) if kind.optional else seen
            may |= own
        return self.filter(may)

    def about(self, label: str) -> PaperQuerySet:
        """Those filed with one object: "pages.noticepage:12". Something else finds nothing."""
        model, _colon, key = label.partition(":")
        known = key.isascii() and key.isdecimal() and len(key) < 18
        return self.filter(about_model=model, about_key=int(key)) if known else self.none()

    def with_file(self) -> PaperQuerySet:
        return self.filter(removed_at__isnull=True)

    def past_keeping(self, now: dt.datetime) -> PaperQuerySet:
        """Those whose file goes by itself now."""
        old = Q(pk__in=[])
        for kind in paper_kinds().values():
            if kind.kept_for is not None:
                old |= Q(kind=kind.key, made_at__lt=now - kind.kept_for)
        return self.with_file().filter(old)


class OwnTemplateQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> OwnTemplateQuerySet:
        """Templates of the kinds a person makes."""
        return self.filter(kind__in=list(kinds_for(user)))

    def in_use(self) -> OwnTemplateQuerySet:
        return self.filter(in_use=True)
