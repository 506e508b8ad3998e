"""A page or document that is restricted to groups answers everybody else exactly as a missing one.

Wagtail would send them to sign in; somebody signed in is sent back from there at once, in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest
from wagtail.models import BaseViewRestriction


def hide_from_others(restrictions: Iterable[Any], request: HttpRequest) -> None:
    """Raises Http404 where a restriction to groups keeps this person out. A password is asked for by Wagtail."""
    for restriction in restrictions:
        by_groups = restriction.restriction_type == BaseViewRestriction.GROUPS
        if by_groups and not restriction.accept_request(request):
            raise Http404
