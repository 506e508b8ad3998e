"""Reads a calendar with libical 3, the parser of GNOME, KDE and many phones, through its C interface.

``python libical.py FILE``: one JSON list on stdout, described in readers/__init__.py. Exits with 3 when libical finds
a property it cannot read, or breaks a rule of RFC 5546 that libical checks.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import datetime as dt
import json
import sys
from pathlib import Path

TIME_PARTS = ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")


class Time(ctypes.Structure):
    """``struct icaltimetype`` of libical 3."""

    _fields_ = [
        *((name, ctypes.c_int) for name in TIME_PARTS),
        ("zone", ctypes.c_void_p),
    ]


class Duration(ctypes.Structure):
    """``struct icaldurationtype``."""

    _fields_ = [
        ("is_neg", ctypes.c_int),
        *((name, ctypes.c_uint) for name in ("days", "weeks", "hours", "minutes", "seconds")),
    ]


class Trigger(ctypes.Structure):
    """``struct icaltriggertype``."""

    _fields_ = [("time", Time), ("duration", Duration)]


lib = ctypes.CDLL(ctypes.util.find_library("ical") or "libical.so.3")
pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
for name, result, *given in (
    ("icalparser_parse_string", pointer, text),
    ("icalcomponent_string_to_kind", number, text),
    ("icalproperty_string_to_kind", number, text),
    ("icalcomponent_get_first_component", pointer, pointer, number),
    ("icalcomponent_get_next_component", pointer, pointer, number),
    ("icalcomponent_get_first_property", pointer, pointer, number),
    ("icalcomponent_count_errors", number, pointer),
    ("icalcomponent_get_uid", text, pointer),
    ("icalcomponent_get_summary", text, pointer),
    ("icalcomponent_get_location", text, pointer),
    ("icalcomponent_get_sequence", number, pointer),
    ("icalcomponent_get_dtstart", Time, pointer),
    ("icalcomponent_get_dtend", Time, pointer),
    ("icalproperty_get_value_as_string", text, pointer),
    ("icalproperty_get_trigger", Trigger, pointer),
    ("icaldurationtype_as_int", number, Duration),
    ("icaltime_as_timet_with_zone", ctypes.c_long, Time, pointer),
    ("icalrestriction_check", number, pointer),
):
    function = getattr(lib, name)
    function.restype, function.argtypes = result, given


def said(value: bytes | None) -> str:
    return value.decode() if value else ""


def moment(time: Time) -> str:
    if time.is_date:
        return dt.date(time.year, time.month, time.day).isoformat()
    seconds = lib.icaltime_as_timet_with_zone(time, time.zone)
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def children(component: int, kind: bytes):
    wanted = lib.icalcomponent_string_to_kind(kind)
    child = lib.icalcomponent_get_first_component(component, wanted)
    while child:
        yield child
        child = lib.icalcomponent_get_next_component(component, wanted)


def value(component: int, kind: bytes) -> int | None:
    return lib.icalcomponent_get_first_property(component, lib.icalproperty_string_to_kind(kind))


def event(component: int) -> dict:
    status = value(component, b"STATUS")
    triggers = [value(alarm, b"TRIGGER") for alarm in children(component, b"VALARM")]
    return {
        "uid": said(lib.icalcomponent_get_uid(component)),
        "title": said(lib.icalcomponent_get_summary(component)),
        "start": moment(lib.icalcomponent_get_dtstart(component)),
        "end": moment(lib.icalcomponent_get_dtend(component)),
        "location": said(lib.icalcomponent_get_location(component)),
        "sequence": lib.icalcomponent_get_sequence(component),
        "cancelled": bool(status) and said(lib.icalproperty_get_value_as_string(status)) == "CANCELLED",
        "alarms": [lib.icaldurationtype_as_int(lib.icalproperty_get_trigger(one).duration) / 60 for one in triggers],
    }


def main(path: str) -> int:
    calendar = lib.icalparser_parse_string(Path(path).read_bytes())
    if not calendar:
        print("libical reads no calendar here", file=sys.stderr)
        return 3
    if errors := lib.icalcomponent_count_errors(calendar):
        print(f"libical could not read {errors} properties", file=sys.stderr)
        return 3
    if not lib.icalrestriction_check(calendar):
        print("libical finds a rule of iTIP broken", file=sys.stderr)
        return 3
    json.dump([event(one) for one in children(calendar, b"VEVENT")], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
