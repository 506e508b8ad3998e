"""复制群通知 on any page: ``{% group_notice text %}`` with a GroupText, or None where there is nothing to tell."""

from __future__ import annotations

from typing import Any

from django import template

from intranet.ui.addresses import is_reachable

from .. import group_notices
from ..registry import GroupText

register = template.Library()


@register.inclusion_tag("reminders/group_notice.html", takes_context=True)
def group_notice(context: template.Context, text: GroupText | None) -> dict[str, Any]:
    """The text to copy, the code to show and the picture to send; the addresses are those by which one came."""
    request = context.get("request")
    if text is None or request is None or not request.user.is_authenticated:
        return {}
    address = request.build_absolute_uri(text.path)
    return {
        "written": group_notices.written(text, address),
        "shown": group_notices.code_shown(address),
        "token": group_notices.token_for(request.user, text),
        "reachable": is_reachable(request),
    }
