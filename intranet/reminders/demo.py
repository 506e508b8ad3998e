"""The demo hall's reminders: somebody with quiet hours, words of the hall's own, a mail the hall insists on."""

from __future__ import annotations

import datetime as dt

from intranet.access import roles
from intranet.access.registry import DemoHall

from .models import Wish
from .registry import reminder_rules
from .services_officers import keep_text, set_kind
from .services_wishes import keep_wishes, kinds_of

OWN_WORDS = {
    "evaluations.voting": (
        "请投票：{round}",
        "您在本次投票名单中，投票于{until}截止，手机上半分钟即可完成。",
    ),
}
INSISTED = "evaluations.last_day"


def load(hall: DemoHall) -> None:
    """Through the services; what a plug-in that is out would say is left away."""
    hall.say("reminders: wishes and words")
    officer = hall.officers[roles.UNION_OFFICER]
    rules = reminder_rules()
    for key, (subject, body) in OWN_WORDS.items():
        if key in rules:
            keep_text(rule=key, language="zh-hans", subject=subject, body=body, by=officer)
    if INSISTED in rules:
        set_kind(rule=INSISTED, enabled=True, mandatory=True, by=officer)
    reader = hall.officers[roles.STAFF]
    optional = [kind.rule.key for kind in kinds_of(reader) if not kind.insisted]
    keep_wishes(
        mail=dict.fromkeys(optional[:1], Wish.Mail.OFF), quiet_from=dt.time(21, 30), quiet_to=dt.time(7, 0), by=reader
    )
