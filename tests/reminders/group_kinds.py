"""A kind of group notice for tests: what a plug-in would register."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager

from wagtail import hooks

from intranet.reminders.registry import GroupNotice, GroupNoticeKind, GroupText

from .dummy import HOUR


class DummyKind:
    """Tells what the test has added; remembers what it was asked."""

    def __init__(self, key: str = "dummy.harvest") -> None:
        self.key = key
        self.notices: list[GroupNotice] = []
        self.asked: list[tuple[dt.datetime, dt.datetime]] = []
        self.written: list[list[GroupNotice]] = []
        self.gone: set[str] = set()
        self.broken = self.speechless = False

    def add(self, due, until=None, object="dummy.plant:1", occasion="ripe") -> GroupNotice:
        notice = GroupNotice(object, occasion, due, until or due + 3 * HOUR)
        self.notices.append(notice)
        return notice

    def due(self, start, end):
        if self.broken:
            raise RuntimeError("no plants")
        self.asked.append((start, end))
        return [notice for notice in self.notices if start < notice.due <= end]

    def texts(self, notices):
        if self.speechless:
            raise RuntimeError("no words")
        self.written.append(notices)
        return [
            None
            if notice.object in self.gone
            else GroupText("通知", f"番茄{notice.object[-1]}熟了", "请来采摘。", "/garden/", "明天")
            for notice in notices
        ]

    @property
    def kind(self) -> GroupNoticeKind:
        return GroupNoticeKind(self.key, "采摘", self.due, self.texts)


@contextmanager
def telling(*kinds: DummyKind):
    """Only these kinds are registered for the length of the block."""
    hooks.get_hooks("register_group_notice")  # let Wagtail find every app's hooks first
    before = hooks._hooks["register_group_notice"]
    hooks._hooks["register_group_notice"] = []
    try:
        with hooks.register_temporarily("register_group_notice", lambda: [one.kind for one in kinds]):
            yield
    finally:
        hooks._hooks["register_group_notice"] = before
