"""Drawing rounds: the mark of a phase, the span of two instants."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from evaluations import phases, vetoes
from evaluations.models import Election, Nomination
from intranet.ui.templatetags.ui import reads_chinese, zh

register = template.Library()

NOMINATION_STATES = {
    Nomination.State.PROPOSED: "waiting",
    Nomination.State.ACCEPTED: "waiting",
    Nomination.State.APPROVED: "done",
    Nomination.State.DECLINED: "quiet",
    Nomination.State.LAPSED: "quiet",
    Nomination.State.REJECTED: "problem",
    Nomination.State.WITHDRAWN: "quiet",
}


@register.simple_tag
def phase_mark(election: Election) -> SafeString:
    """The phase as a word with its shape."""
    return format_html(
        '<span class="state state-{}">{}</span>', phases.state_of(election), election.get_phase_display()
    )


@register.simple_tag
def nomination_mark(nomination: Nomination) -> SafeString:
    """The state of a recommendation as a word with its shape."""
    kind = NOMINATION_STATES[Nomination.State(nomination.state)]
    return format_html('<span class="state state-{}">{}</span>', kind, nomination.get_state_display())


@register.simple_tag
def time_span(start: dt.datetime, end: dt.datetime) -> str:
    return phases.span(start, end)


@register.filter
def veto_label(kind: str) -> str:
    """The words for the kind of a veto."""
    return vetoes.label_of(kind)


@register.simple_tag
def names_in_a_row(names: list[str]) -> SafeString:
    """Names with the comma of the reader's language between them: 、 on Chinese pages."""
    comma = "、" if reads_chinese() else ", "
    return format_html_join(comma, "{}", ((zh(name),) for name in names))
