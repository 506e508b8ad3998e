"""Papers where their object is shown: a button for each that can be made of it now."""

from __future__ import annotations

from typing import Any

from django import template

from intranet.papers.rights import offered

register = template.Library()


@register.inclusion_tag("papers/buttons.html", takes_context=True)
def paper_buttons(context: dict[str, Any], about: Any) -> dict[str, Any]:
    """``{% paper_buttons election %}``: one press makes a paper of the object, files it and hands it over as Word.

    Nothing for who makes none of them; one query.
    """
    request = context["request"]
    kinds = [kind for kind in offered(about, request.user) if not kind.spans and not kind.columns]
    label = about._meta.label_lower
    return {"kinds": kinds, "about": about, "label": f"{label}:{about.pk}", "csrf_token": context.get("csrf_token")}
