"""The demo hall's notices and news, a page of rules, and who has confirmed what."""

from __future__ import annotations

import datetime as dt
import tomllib

from django.contrib.auth import get_user_model

from intranet import clock
from intranet.access.registry import DemoHall

from . import services

MONTHS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]


def load(hall: DemoHall) -> None:
    with (hall.data / "notices.toml").open("rb") as given:
        words = tomllib.load(given)
    editor = hall.officers["site_editor"]
    hall.say("通知公告、中心动态 …")
    services.lay_out_site(by=editor)
    notices = [_notice(hall, item, editor) for item in sorted(words["notice"], key=lambda item: -item["days_ago"])]
    for item in sorted(words["news"], key=lambda item: -item["days_ago"]):
        day = hall.today - dt.timedelta(days=item["days_ago"])
        services.publish_news(
            title=item["title"],
            text=item["text"],
            summary=item["text"].strip().split("。")[0] + "。",
            source="中心工会",
            by=editor,
            date=day,
            published_at=clock.start_of(day, 10),
        )
    _confirm(hall, [notice for notice in notices if notice.must_read])


def _notice(hall: DemoHall, item: dict, editor):
    day = hall.today - dt.timedelta(days=item["days_ago"])
    month = MONTHS[hall.today.month - 1]
    addressees, _, body = item["text"].strip().partition("：")
    return services.publish_notice(
        title=item["title"].replace("十一月", f"{month}月"),
        text=f"{body}\n\n特此通知。",
        document_number=item["number"].replace("2026", str(day.year)),
        issuing_unit="禾湾区政务服务中心工会委员会" if item["number"].startswith("禾工") else "禾湾区政务服务中心",
        addressees=addressees,
        must_read=item["must_read"],
        by=editor,
        date=day,
        published_at=clock.start_of(day, 9),
    )


def _confirm(hall: DemoHall, notices: list) -> None:
    """Two thirds have confirmed the older ones; the first accounts still have theirs to read."""
    firsts = {user.pk for user in hall.officers.values()}
    readers = [
        user for user in get_user_model().objects.filter(is_active=True).order_by("pk") if user.pk not in firsts
    ]
    for notice in notices:
        with clock.at(clock.start_of(notice.date, 14)):
            for user in hall.draw.sample(readers, min(len(readers) * 2 // 3, 130)):
                services.confirm_read(notice=notice, by=user)
