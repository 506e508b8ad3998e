"""Synchronises a subscribed address into a folder with vdirsyncer, and reads what it wrote with its own parser.

``python vdirsyncer_sync.py ADDRESS FOLDER``, in vdirsyncer's own environment: one JSON list on stdout, described in
readers/__init__.py. vdirsyncer splits and carries entries and leaves their times to others: those are read here.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from vdirsyncer.vobject import _Component

CONFIG = """
[general]
status_path = "{work}/status"
[pair feed]
a = "folder"
b = "address"
collections = null
conflict_resolution = "b wins"
[storage address]
type = "http"
url = "{address}"
[storage folder]
type = "filesystem"
path = "{folder}"
fileext = ".ics"
"""
ESCAPED = {"n": "\n", "N": "\n"}


def synchronise(address: str, folder: Path) -> None:
    work = folder.parent / f"{folder.name}-vdirsyncer"
    for place in (work, folder):
        place.mkdir(exist_ok=True)
    config = work / "config"
    config.write_text(CONFIG.format(work=work, address=address, folder=folder))
    command = [str(Path(sys.executable).with_name("vdirsyncer")), "-v", "ERROR", "-c", str(config)]
    for step in (["discover", "feed"], ["sync", "feed"]):
        subprocess.run([*command, *step], check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL, timeout=600)


def properties(component: _Component) -> dict[str, tuple[str, str]]:
    """Parameters and value of each property, folded lines put together."""
    lines: list[str] = []
    for line in component.props:
        if line.startswith((" ", "\t")):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    pairs = (line.partition(":") for line in lines)
    return {head.partition(";")[0]: (head.partition(";")[2], value) for head, _colon, value in pairs}


def text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPED.get(found[1], found[1]), value)


def moment(parameters: str, value: str) -> str:
    if "VALUE=DATE" in parameters.split(";"):
        return dt.datetime.strptime(value, "%Y%m%d").date().isoformat()
    zone = ZoneInfo(parameters.removeprefix("TZID="))
    return dt.datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(dt.UTC).isoformat()


def minutes(trigger: str) -> float:
    sign, weeks, days, hours, mins = re.fullmatch(
        r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:0S)?)?", trigger
    ).groups("")
    whole = int(weeks or 0) * 10080 + int(days or 0) * 1440 + int(hours or 0) * 60 + int(mins or 0)
    return -whole if sign == "-" else whole


def entry(component: _Component) -> dict:
    [event] = [child for child in component.subcomponents if child.name == "VEVENT"]
    [zone] = [child for child in component.subcomponents if child.name == "VTIMEZONE"] or [None]
    given = properties(event)
    assert zone is not None or "VALUE=DATE" in given["DTSTART"][0], "an entry has lost its time zone"
    alarms = [properties(child)["TRIGGER"][1] for child in event.subcomponents if child.name == "VALARM"]
    return {
        "uid": text(given["UID"][1]),
        "title": text(given["SUMMARY"][1]),
        "start": moment(*given["DTSTART"]),
        "end": moment(*given.get("DTEND", given["DTSTART"])),
        "location": text(given.get("LOCATION", ("", ""))[1]),
        "sequence": int(given["SEQUENCE"][1]),
        "cancelled": given["STATUS"][1] == "CANCELLED",
        "alarms": [minutes(alarm) for alarm in alarms],
    }


if __name__ == "__main__":
    target = Path(sys.argv[2])
    synchronise(sys.argv[1], target)
    files = sorted(target.glob("*.ics"))
    json.dump([entry(_Component.parse(one.read_bytes())) for one in files], sys.stdout)
