"""The feed is read the same by the programs that people have: khal, vdirsyncer, ical.js, libical."""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil

import pytest

from intranet import clock
from intranet.calendars import feed
from intranet.calendars.feed import calendar_bytes
from intranet.calendars.registry import Entry

from .conftest import HOUR, NOON, entry
from .readers import READERS, ReaderRefused, read_with

DAY = dt.timedelta(days=1)
NUMBER = 2_000

# What people paste into a title, and what a calendar shows of it. Written down, not computed by the code under test.
ODD = (
    ("🎉👨‍👩‍👧‍👦𠮷", "🎉👨‍👩‍👧‍👦𠮷"),
    ("政务服务大厅综合窗口" * 30, "政务服务大厅综合窗口" * 30),
    ("第一行\n第二行", "第一行 第二行"),
    ("甲\r\n乙\r丙\t丁", "甲 乙 丙 丁"),
    ("分\u2028段\u2029落", "分 段 落"),
    ("铃\x07声\x00无\x1b有\x7f", "铃声无有"),
    ("换\x0b页\x0c符\x85", "换页符"),
    ("逗,分;反\\斜\\n字:冒\"引'", "逗,分;反\\斜\\n字:冒\"引'"),
    ("半个\ud83d字符", "半个字符"),
    ("é e\u0301 مرحبا ｆｕｌｌ　宽", "é e\u0301 مرحبا ｆｕｌｌ　宽"),
    ("BEGIN:VEVENT\r\nUID:x", "BEGIN:VEVENT UID:x"),
    ("%0D%0A&amp;<b>粗</b>", "%0D%0A&amp;<b>粗</b>"),
)


def generated(count: int) -> tuple[list[Entry], list[dict]]:
    """Entries of every shape, and what a reader must find of them."""
    chance = random.Random(20261128)
    entries, wanted = [], []
    for number in range(count):
        raw, shown = map("".join, zip(*chance.choices(ODD, k=chance.randint(1, 3)), strict=True))
        whole = number % 5 == 0
        minute = NOON + chance.randrange(400 * 24 * 60) * HOUR / 60
        start = clock.day_of(NOON) + number % 300 * DAY if whole else minute
        length = chance.randint(1, 9) * DAY if whole else chance.choice((0, 1, 45, 60, 600, 3000)) * HOUR / 60
        cancelled, alarm = number % 7 == 0, chance.choice((None, 0, 15, 1440))
        entries.append(
            Entry(
                uid=f"generated.{number:05d}@hall",
                title=f"{number} {raw}完",
                start=start,
                end=start + length,
                all_day=whole,
                sequence=number % 4,
                cancelled=cancelled,
                location=f"三楼 {raw}厅" if number % 3 else "",
                alarm_minutes=alarm,
                updated=NOON,
            )
        )
        wanted.append(
            {
                "uid": f"generated.{number:05d}@hall",
                "title": f"{'【取消】' if cancelled else ''}{number} {shown}完",
                "start": start.isoformat() if whole else start.astimezone(dt.UTC).isoformat(),
                "end": (start + length).isoformat(),
                "location": f"三楼 {shown}厅" if number % 3 else "",
                "sequence": number % 4,
                "cancelled": cancelled,
                "alarms": [-alarm] if alarm is not None and not cancelled else [],
            }
        )
    return entries, wanted


def same(reader: str, found: list[dict], wanted: list[dict]) -> None:
    """Compare; vdirsyncer gives every entry of a subscribed address a uid of its own making (a hash)."""
    if reader == "vdirsyncer":
        assert len({one["uid"] for one in found}) == len(found)
        found, wanted = ([{**one, "uid": ""} for one in rows] for rows in (found, wanted))
        found, wanted = (sorted(rows, key=lambda one: one["title"]) for rows in (found, wanted))
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert one == other


@pytest.mark.parametrize("reader", READERS)
def test_two_thousand_entries_are_read_the_same(reader, tmp_path):
    entries, wanted = generated(NUMBER)
    same(reader, read_with(reader, calendar_bytes(entries), tmp_path), wanted)
    print(f"{reader}: {len(wanted)} entries")


FEW, FEW_WANTED = generated(40)

# What a broken feed would hold, as a change of a right one; every reader must notice each.
BROKEN = {
    "an hour late": lambda data: re.sub(rb"(DTSTART;TZID=Asia/Shanghai:\d{8}T)\d\d", rb"\g<1>03", data),
    "another zone": lambda data: data.replace(b"+0800", b"+0700").replace(b"Asia/Shanghai", b"Asia/Bangkok"),
    "a day too long": lambda data: re.sub(rb"(DTEND;VALUE=DATE:\d{6})\d\d", rb"\g<1>28", data),
    "not cancelled": lambda data: data.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED"),
    "an alarm after the start": lambda data: data.replace(b"TRIGGER:-", b"TRIGGER:"),
    "an alarm lost": lambda data: data.replace(b":VALARM", b":X-NOTHING"),
    "an older version": lambda data: data.replace(b"SEQUENCE:3", b"SEQUENCE:2"),
    "another title": lambda data: data.replace("【取消】".encode(), b""),
    "one entry fewer": lambda data: data.replace(
        data[data.index(b"BEGIN:VEVENT") : data.index(b"END:VEVENT") + 12], b"", 1
    ),
}


@pytest.mark.control
@pytest.mark.parametrize("reader", READERS)
def test_a_broken_feed_is_noticed(reader, tmp_path):
    right = calendar_bytes(FEW)
    same(reader, read_with(reader, right, tmp_path / "right"), FEW_WANTED)
    for name, broken in BROKEN.items():
        assert broken(right) != right, name
        with pytest.raises((AssertionError, ReaderRefused)):
            same(reader, read_with(reader, broken(right), tmp_path / name.replace(" ", "-")), FEW_WANTED)


@pytest.mark.control
def test_without_the_cleaning_of_titles_readers_differ(tmp_path, monkeypatch):
    """Control characters and odd line breaks that pass through are what some readers stop at or cut."""
    monkeypatch.setattr(feed, "line", lambda text: re.sub(r"[\ud800-\udfff]", "", str(text)))
    data = calendar_bytes(FEW)
    failed = set()
    for reader in READERS:
        try:
            same(reader, read_with(reader, data, tmp_path / reader), FEW_WANTED)
        except AssertionError:  # refused, or read as something else
            failed.add(reader)
    assert failed == set(READERS)


@pytest.mark.parametrize("reader", READERS)
def test_an_empty_feed_is_a_calendar(reader, tmp_path):
    assert read_with(reader, calendar_bytes([]), tmp_path) == []


@pytest.mark.control
def test_libical_checks_the_rules_of_invitations(tmp_path):
    """Why a feed has no METHOD: PUBLISH without ORGANIZER breaks RFC 5546."""
    data = calendar_bytes([entry()])
    assert len(read_with("libical", data, tmp_path / "right")) == 1
    with pytest.raises(ReaderRefused, match="iTIP"):
        read_with("libical", data.replace(b"VERSION:2.0", b"METHOD:PUBLISH\r\nVERSION:2.0"), tmp_path / "wrong")


@pytest.mark.control
@pytest.mark.parametrize("reader", READERS)
def test_a_missing_reader_fails_the_run(reader, tmp_path, monkeypatch):
    monkeypatch.setenv("READERS_DIR", str(tmp_path / "nothing"))
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="nothing is skipped"):
        read_with(reader, b"", tmp_path)
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="lacks"):
        read_with(reader, b"", tmp_path)
