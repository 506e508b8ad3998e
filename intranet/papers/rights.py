"""Who may use papers, and who may read their files."""

from __future__ import annotations

from typing import Any

from .models import OwnTemplate, Paper
from .registry import kinds_for
from .services.files import TEMPLATES


def uses_papers(user: Any) -> bool:
    """Whether there is any kind of paper this person makes."""
    return bool(user.is_authenticated and kinds_for(user))


def may_read_file(user: Any, path: str) -> bool:
    """A paper's file is for whoever sees the paper, a template's for whoever makes papers of its kind.

    ``path`` is relative to the uploads folder.
    """
    if path.startswith(f"{TEMPLATES}/"):
        return OwnTemplate.objects.visible_to(user).filter(file=path).exists()
    return Paper.objects.visible_to(user).with_file().filter(file=path).exists()
