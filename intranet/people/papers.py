"""The staff list (花名册) as a paper, and what the register adds to the yearly material."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet import clock
from intranet.access import roles
from intranet.papers import official, official_styles
from intranet.papers.drawing import written_day
from intranet.papers.official import Column, Each, Table, Text
from intranet.papers.registry import Asked, Field, Material, PaperKind, Rows, Section

from .models import Leadership, Person, Posting, Unit, Window

# A list with everybody's dates is not to lie about for ever; it is made anew in a moment.
KEPT_FOR = dt.timedelta(days=30)
WIDE = 6


@dataclass(frozen=True)
class ListColumn:
    """A column of the staff list: its field, its width against the others, and the text of one person."""

    field: Field
    width: float
    text: Callable[[Person], Any]
    usual: bool = True


def _month(day: dt.date | None) -> str:
    return f"{day.year}.{day.month:02d}" if day else ""


def _of_place(name: str) -> Callable[[Person], Any]:
    return lambda person: getattr(person.place, name, "") or "" if person.place else ""


COLUMNS = (
    ListColumn(Field("staff_number", _("Staff number"), "0001"), 2, lambda person: person.staff_number),
    ListColumn(Field("name", pgettext_lazy("of a person", "name"), "欧阳秀兰"), 2.4, lambda person: person.name),
    ListColumn(Field("sex", _("Sex"), "女"), 1, lambda person: person.get_sex_display()),
    ListColumn(Field("born", _("Born in"), "1985.03"), 1.6, lambda person: _month(person.birthday), usual=False),
    ListColumn(Field("window", _("Window"), "12号 企业登记"), 3, _of_place("window")),
    ListColumn(Field("position", _("Position"), "受理岗"), 2.2, _of_place("position")),
    ListColumn(Field("employment", _("Employment"), "在编"), 1.8, lambda person: person.get_employment_display()),
    ListColumn(
        Field("political_status", _("Political status"), "群众"),
        1.8,
        lambda person: person.get_political_status_display(),
        usual=False,
    ),
    ListColumn(
        Field("since", _("At the hall since"), "2020.01"), 1.8, lambda person: _month(person.entered_on), usual=False
    ),
    ListColumn(Field("office_phone", _("Office phone"), "0000-8800306"), 2.6, lambda person: person.office_phone),
    ListColumn(Field("mobile", _("Mobile"), "13800000000"), 2.4, lambda person: person.mobile, usual=False),
)


def staff_list(asked: Asked) -> dict[str, Any]:
    """Everybody at the hall today, by unit in the order of the plan; or one unit's people. Never identity numbers."""
    people = Person.objects.visible_to(asked.by).current().with_places()
    if asked.about is not None:
        people = people.in_units([asked.about.pk])
    groups: dict[Any, list[Person]] = {}
    for person in people:
        groups.setdefault(person.place.unit if person.place else None, []).append(person)
    units = sorted(groups, key=lambda unit: (0, unit.order, unit.name) if unit else (1, 0, ""))
    total = sum(len(found) for found in groups.values())
    return {
        "title": f"{asked.about or settings.HALL_NAME}职工花名册",
        "number": "",
        "total": total,
        "summary": f"截至{written_day(clock.today())}，共{total}人。",
        "groups": [_group(unit, groups[unit]) for unit in units],
    }


def _group(unit: Unit | None, people: list[Person]) -> dict[str, Any]:
    rows = [
        {"number": number, **{column.field.name: column.text(person) for column in COLUMNS}}
        for number, person in enumerate(sorted(people, key=_by_window), 1)
    ]
    return {"unit": unit.name if unit else "未安排岗位", "count": len(rows), "rows": rows}


def _by_window(person: Person) -> tuple[str, str]:
    window = person.place.window if person.place else None
    return (window.sort_key if window else "", person.sort_key)


def staff_list_template(asked: Asked) -> bytes:
    chosen = [column for column in COLUMNS if column.field.name in asked.columns]
    columns = (
        Column("序号", "number", 1),
        *(Column(str(column.field.meaning), column.field.name, column.width) for column in chosen),
    )
    group = (
        Text("{{ group.unit }}（{{ group.count }}人）", official_styles.HEADING),
        Table("group.rows", columns),
        Text("", official_styles.PLAIN),
    )
    parts = (Text("{{ summary }}"), Each("groups", "group", group))
    return official.template(*parts, landscape=len(chosen) > WIDE, signed=False)


STAFF_LIST = PaperKind(
    key="people.staff_list",
    label=_("Staff list"),
    sentence=_("Everybody at the hall by unit, with the columns you choose."),
    data=staff_list,
    template=staff_list_template,
    allowed=lambda user: user.has_role(roles.HR_ADMIN),
    subjects=lambda user: Unit.objects.visible_to(user).current(),
    optional=True,
    columns=tuple(column.field for column in COLUMNS),
    usual=tuple(column.field.name for column in COLUMNS if column.usual),
    kept_for=KEPT_FOR,
    fields=(
        Field("total", _("how many people"), "186"),
        Field("summary", _("a sentence with the day and the number"), "截至2026年11月28日，共186人。"),
        Rows(
            "groups",
            _("one for each unit"),
            (
                Field("unit", _("unit"), "禾湾区税务局"),
                Field("count", _("how many people"), "12"),
                Rows(
                    "rows",
                    _("its people"),
                    (Field("number", _("running number"), "1"), *(column.field for column in COLUMNS)),
                ),
            ),
        ),
    ),
    order=20,
)


def sections(first: dt.date, last: dt.date) -> list[Section]:
    """How many people, units and windows on the last day; who came and went in between, as numbers only."""
    people = Person.objects.current(last)
    total = people.count()
    at_windows = Posting.objects.on(last).filter(person__in=people, window__isnull=False).count()
    came = Person.objects.filter(entered_on__range=(first, last)).count()
    went = Person.objects.filter(left_on__range=(first, last)).count()
    moved = Posting.objects.filter(ending=Posting.Ending.TRANSFER, ends_on__range=(first, last)).count()
    kinds = list(Unit.objects.current(last).values_list("kind", flat=True))
    windows = Window.objects.current(last).count()
    members = people.filter(is_union_member=True).count()
    departments, offices = kinds.count(Unit.Kind.POSTING_DEPARTMENT), kinds.count(Unit.Kind.BACK_OFFICE)
    led = Leadership.objects.on(last).filter(kind="chief_representative", unit__kind=Unit.Kind.POSTING_DEPARTMENT)
    sentences = (
        f"截至{written_day(last)}，进驻部门{departments}个，设服务窗口{windows}个、后台科室{offices}个；"
        f"在岗工作人员{total}人，其中窗口{at_windows}人，工会会员{members}人。",
        f"期间新进驻{came}人，退出{went}人，岗位调整{moved}人次，做到进驻有手续、退出有交接。"
        if came + went + moved
        else "期间人员保持稳定，没有进驻和退出。",
    )
    rows = (
        ("进驻部门", f"{departments}个", f"{led.count()}个部门明确了首席代表"),
        ("服务窗口", f"{windows}个", ""),
        ("在岗人员", f"{total}人", f"窗口{at_windows}人"),
        ("工会会员", f"{members}人", ""),
        ("新进驻", f"{came}人", ""),
        ("退出", f"{went}人", ""),
        ("岗位调整", f"{moved}人次", ""),
    )
    return [Section("队伍与窗口", sentences, ("项目", "数量", "说明"), rows)]


MATERIAL = Material("people.material", sections, order=10)
