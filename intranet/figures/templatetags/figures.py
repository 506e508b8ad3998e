"""Counts and rates as the board writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def counted(number: Any) -> str:
    """316994 as 316,994; – for what is not known."""
    # A place in a template whose object is missing comes as an empty text.
    return f"{number:,}" if isinstance(number, int) else "–"


@register.filter
def rate(number: Any) -> str:
    """94.23 %; – for what is not known. The number is rounded already."""
    return f"{number:.2f} %" if isinstance(number, Decimal) else "–"
