"""What the table of days adds to the yearly material."""

from __future__ import annotations

import datetime as dt

from intranet.papers.registry import Material, Section

from .arithmetic import is_announced, workdays_between


def sections(first: dt.date, last: dt.date) -> list[Section]:
    days = workdays_between(first, last)
    unknown = [year for year in range(first.year, last.year + 1) if not is_announced(year)]
    said = f"期间共{days}个工作日，服务窗口按规定时间正常对外办公。"
    if unknown:
        said += f"（{'、'.join(str(year) for year in unknown)}年放假安排尚未公布，按星期推算。）"
    return [Section("窗口开放", (said,))]


MATERIAL = Material("workdays.material", sections, order=20)
