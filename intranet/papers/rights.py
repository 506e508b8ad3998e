"""Who may use papers, and who may read their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from .models import OwnTemplate, Paper
from .registry import PaperKind, kinds_for
from .services.files import TEMPLATES


def uses_papers(user: Any) -> bool:
    """Whether there is any kind of paper this person makes."""
    return bool(user.is_authenticated and kinds_for(user))


def offered(about: Any, user: Any) -> list[PaperKind]:
    """The kinds this user can make of one object now, in their order; one query whatever their number."""
    return possible([kind for kind in kinds_for(user).values() if kind.filed], about, user)


def possible(kinds: Sequence[PaperKind], about: Any, user: Any) -> list[PaperKind]:
    """Those of ``kinds`` whose subjects, for this user, hold the object; whoever calls answers for who makes them."""
    asked = {
        f"kind_{number}": Exists(rows.filter(pk=OuterRef("pk")).order_by())
        for number, kind in enumerate(kinds)
        for rows in [kind.subjects(user) if kind.subjects is not None else None]
        if rows is not None and rows.model is type(about)
    }
    rows = type(about)._base_manager.filter(pk=about.pk).annotate(**asked).values(*asked)
    found = (rows.first() if asked else None) or {}
    return [kind for number, kind in enumerate(kinds) if found.get(f"kind_{number}")]


def may_read_file(user: Any, path: str) -> bool:
    """A paper's file is for whoever sees the paper, a template's for whoever makes papers of its kind.

    ``path`` is relative to the uploads folder.
    """
    if path.startswith(f"{TEMPLATES}/"):
        return OwnTemplate.objects.visible_to(user).filter(file=path).exists()
    return Paper.objects.visible_to(user).with_file().filter(file=path).exists()
