"""Takes a calendar in with khal, as ``khal import`` does, and reads what khal then shows; in khal's own environment.

``python khal_reader.py FILE``: one JSON list on stdout, described in readers/__init__.py.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path

from khal.icalendar import split_ics
from khal.khalendar import CalendarCollection
from khal.settings.settings import get_config

CONFIG = """
[calendars]
[[feed]]
path = {folder}
type = calendar
readonly = True
[sqlite]
path = {database}
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


def moment(value: dt.datetime | dt.date) -> str:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value.isoformat()


def taken_in(file: Path, folder: Path) -> None:
    folder.mkdir()
    for number, item in enumerate(split_ics(file.read_bytes().decode())):
        (folder / f"{number}.ics").write_bytes(item.encode())


def read(file: Path, work: Path) -> list[dict]:
    folder = str(work / "entries")
    taken_in(file, work / "entries")
    config = work / "config"
    config.write_text(CONFIG.format(folder=folder, database=work / "khal.db"))
    settings = get_config(str(config))
    calendars = {
        "feed": {
            "name": "feed",
            "path": folder,
            "color": "",
            "readonly": True,
            "priority": 10,
            "ctype": "calendar",
            "addresses": [""],
        }
    }
    collection = CalendarCollection(
        calendars=calendars, dbpath=str(work / "khal.db"), locale=settings["locale"], color=""
    )
    found, seen = [], {}
    day = dt.timedelta(days=1)
    zone = settings["locale"]["default_timezone"]
    first, last = (dt.datetime(year, 1, 1) for year in (2025, 2030))
    localized = collection.get_localized(zone.localize(first), zone.localize(last))
    for event in [*localized, *collection.get_floating(first, last)]:
        seen.setdefault(event.uid, event)
    for event in seen.values():
        whole = event.allday
        found.append(
            {
                "uid": event.uid,
                "title": event.summary,
                "start": moment(event.start),
                "end": moment(event.end + day if whole else event.end),
                "location": event.location,
                "sequence": int(event._vevents[event.ref].get("SEQUENCE", 0)),
                "cancelled": event.status.strip() == "CANCELLED",
                "alarms": [trigger.total_seconds() / 60 for trigger, _said in event.alarms],
            }
        )
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        json.dump(read(Path(sys.argv[1]), Path(work)), sys.stdout)
