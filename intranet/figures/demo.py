"""The demo hall's figures: windows brought in as a sheet a month, scores, complaints and praise.

Over the last ten months the windows handled 316,994 cases and finished 298,702 on the spot: 94.23 %. By those and the
months before them, back to a January, the quality windows of each month were chosen.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from openpyxl import Workbook

from intranet import clock
from intranet.access.registry import DemoHall
from intranet.people.models import Leadership, Posting, Window
from intranet.sheets.services import import_file
from intranet.workdays.months import month_after

from .demo_months import founding_months, months_before_them
from .models import Incident
from .services import incidents

HANDLED, ON_THE_SPOT = 316_994, 298_702
FIGURES = ["月份", "窗口号", "办件量", "现场办结", "超时件", "非常满意", "满意", "基本满意", "不满意", "非常不满意"]
SCORES = ["月份", "工号", "姓名", "考核得分", "扣分原因"]
MINUS = ((1, "迟到一次"), (1, "工作时间未佩戴工作牌"), (2, "上下班漏打卡"), (1, "未参加月底学习会"))
CASES: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("praise", "desk", 2, "群众到投诉台送来感谢信。", "verified", "感谢信已存档。"),
    ("praise", "phone", 1, "群众来电表扬窗口人员耐心细致。", "verified", "已向群众回访。"),
    (
        "complaint",
        "phone",
        -5,
        "群众反映等候时窗口无人应答。",
        "not_upheld",
        "经调阅监控，窗口人员正在后台取件，不属实。",
    ),
    ("complaint", "box", -5, "群众反映所需材料没有一次讲清。", "verified", "经核实，未出具一次性告知单。"),
    ("discipline", "inspection", -1, "巡查时发现工作时间离岗超过十五分钟。", "verified", "本人承认，属实。"),
    ("bad_rating", "rating_device", -2, "评价器上有一次不满意评价。", "verified", "已电话回访，属实。"),
    ("good_press", "press", 3, "区融媒体中心报道窗口延时服务的做法。", "verified", "报道剪报已存档。"),
    ("complaint", "desk", -5, "群众反映办理时间过长。", "registered", ""),
)
APPEAL = "当天系统升级，无法打印告知单，我已口头逐项说明，请复核。"


def load(hall: DemoHall) -> None:
    Loading(hall).load()


class Loading:
    def __init__(self, hall: DemoHall) -> None:
        self.hall = hall
        # From the hall's source of chance, but leaving it where it is for the parts that come after.
        self.draw = random.Random()
        self.draw.setstate(hall.draw.getstate())
        self.by, self.colleague = _of_the_section(hall)
        self.windows = list(Window.objects.current().order_by("sort_key"))
        self.months = founding_months(hall.today)

    def load(self) -> None:
        self.hall.say("窗口办件量、月度考核、投诉与表扬 …")
        handled = _split(HANDLED, self._weights())
        later = _split(HANDLED - ON_THE_SPOT, [cases * self.draw.uniform(0.3, 1.7) for cases in handled])
        spots = [cases - left for cases, left in zip(handled, later, strict=True)]
        number = len(self.windows)
        figures, scores = {}, {}
        for at, month in enumerate(self.months):
            part = slice(at * number, (at + 1) * number)
            figures[month], scores[month] = self._rows(month, handled[part], spots[part]), self._scores(month)
        # What was kept in one file until the section scored here, then a sheet a month.
        for months in (self.months[:-1], self.months[-1:]):
            rows = [row for month in months for row in scores[month]]
            self._bring("monthly_scores", "窗口人员月度考核", SCORES, months[-1], rows)
        self._incidents()
        for month, rows in (*self._before(handled[:number]), *figures.items()):
            self._bring("window_figures", "窗口办件统计", FIGURES, month, rows)

    def _before(self, like: list[int]) -> Iterator[tuple[dt.date, list[list[Any]]]]:
        """The months before the ten, with as many cases as the first of them, more or less."""
        for month in months_before_them(self.hall.today):
            handled = [round(cases * self.draw.uniform(0.85, 1.15)) for cases in like]
            spots = [round(cases * self.draw.uniform(0.88, 0.98)) for cases in handled]
            yield month, self._rows(month, handled, spots)

    def _weights(self) -> list[float]:
        """A busy window stays a busy one from month to month."""
        busy = [self.draw.uniform(0.4, 2.2) for _window in self.windows]
        return [share * self.draw.uniform(0.85, 1.15) for _month in self.months for share in busy]

    def _rows(self, month: dt.date, handled: list[int], spots: list[int]) -> list[list[Any]]:
        rows = []
        for window, cases, spot in zip(self.windows, handled, spots, strict=True):
            rated = cases // 6
            bad, worse = int(self.draw.random() < 0.06), 0
            fairly, well = rated // 50, rated // 8
            rows.append(
                [_said(month), window.number, cases, spot, 0, rated - bad - fairly - well, well, fairly, bad, worse]
            )
        return rows

    def _scores(self, month: dt.date) -> list[list[Any]]:
        rows = []
        seated = Posting.objects.on(month).filter(window__isnull=False).select_related("person")
        for posting in seated.order_by("person__staff_number"):
            # A staff number holds one row, whoever moved that day.
            minus, reason = self.draw.choice(MINUS) if self.draw.random() < 0.25 else (0, "")
            score = Decimal(100 - minus) + Decimal(self.draw.choice(("0", "0", "0.5", "1")))
            rows.append([_said(month), posting.person.staff_number, posting.person.name, str(score), reason])
        return rows

    def _bring(self, kind: str, name: str, headings: list[str], last: dt.date, rows: list[list[Any]]) -> None:
        """Brought in on the second day after the last month that the sheet is about."""
        # Before the register was brought in nobody was posted, and nobody is scored.
        if not rows:
            return
        path = settings.VAR_DIR / "demo" / f"{name}{last:%Y-%m}.xlsx"
        brought_on = min(month_after(last) + dt.timedelta(days=1), self.hall.today)
        with clock.at(clock.start_of(brought_on, 9)):
            report = import_file(kind=kind, path=_book(path, [f"{_said(last)}{name}表"], headings, rows), by=self.by)
        if report.errors:
            raise RuntimeError(f"{path.name}: {report.errors[0]}")

    def _incidents(self) -> None:
        """About people who sit at windows, oldest first; one verified complaint is appealed against."""
        leading = Leadership.objects.on().values("person")
        seated = list(
            Posting.objects.on(self.months[0])
            .on()
            .filter(window__isnull=False, person__user__is_active=True)
            .exclude(person__in=leading)
            .select_related("person__user")
            .order_by("person__staff_number")
        )
        # In a small hall somebody is named twice.
        chosen = self.draw.sample(seated, len(CASES)) if len(seated) >= len(CASES) else self._any(seated)
        for number, (case, posting) in enumerate(zip(CASES, chosen, strict=False)):
            # Off the way of the awards: the newest lies two months back, but for the one still open.
            ago = 5 if case[4] == "registered" else 70 + 20 * (len(CASES) - number)
            self._incident(case, posting, self.hall.today - dt.timedelta(days=ago))

    def _any(self, seated: list[Posting]) -> list[Posting]:
        return self.draw.choices(seated, k=len(CASES)) if seated else []

    def _incident(self, case: tuple[str, str, int, str, str, str], posting: Posting, day: dt.date) -> None:
        kind, channel, points, text, state, finding = case
        with clock.at(clock.start_of(day, 15)):
            row = incidents.register(
                kind=kind,
                channel=channel,
                subject=posting.person,
                occurred_on=day,
                text=text,
                points=Decimal(points),
                by=self.by,
            )
        if state == Incident.State.REGISTERED:
            return
        with clock.at(clock.start_of(day + dt.timedelta(days=3), 10)):
            incidents.decide(incident=row, verified=state == "verified", finding=finding, by=self.by)
        if kind == Incident.Kind.COMPLAINT and state == "verified":
            with clock.at(clock.start_of(day + dt.timedelta(days=5), 10)):
                incidents.appeal(incident=row, text=APPEAL, by=posting.person.user)
            with clock.at(clock.start_of(day + dt.timedelta(days=8), 10)):
                answer = "经核对系统日志，情况属实，申诉成立，不予认定。"
                incidents.settle_appeal(incident=row, succeeded=True, answer=answer, by=self.colleague)


def _of_the_section(hall: DemoHall) -> tuple[Any, Any]:
    """Two of the inspection section, who answer each other's appeals; a hall may have one only."""
    first = hall.officers["inspection"]
    others = type(first).objects.filter(groups__role__key="inspection", is_active=True).exclude(pk=first.pk)
    return first, others.order_by("pk").first() or first


def _split(whole: int, weights: list[float]) -> list[int]:
    """Parts in proportion to the weights that add up exactly: each takes its share of what is left."""
    parts, left, rest = [], whole, sum(weights)
    for weight in weights:
        part = round(left * weight / rest) if rest > weight else left
        parts.append(part)
        left, rest = left - part, rest - weight
    return parts


def _said(month: dt.date) -> str:
    return f"{month.year}年{month.month}月"


def _book(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    title, headings, lines = rows
    for line in (title, headings, *lines):
        book.active.append(line)
    book.save(path)
    return path
