import datetime as dt
import json

import pytest

from intranet.access.models import AuditEntry
from intranet.workdays import services
from intranet.workdays.arithmetic import is_announced, is_workday
from intranet.workdays.exceptions import DayError, DayFileError
from intranet.workdays.models import Day, Year

pytestmark = pytest.mark.django_db

D = dt.date
NOTICE = {
    "year": 2027,
    "papers": ["https://www.gov.cn/zhengce/content/2027.htm"],
    "days": [
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
    ],
}


def file_of(**changes) -> str:
    return json.dumps({**NOTICE, **changes})


def entry(**changes) -> str:
    return file_of(days=[NOTICE["days"][1], {**NOTICE["days"][1], "date": "2027-01-02", **changes}])


def test_a_notice_is_taken_over_by_date():
    done = services.import_day_file(content=file_of(), by=None)
    assert (done.year, done.created, done.updated, done.unchanged) == (2027, 3, 0, 0)
    assert not is_workday(D(2026, 12, 31))
    assert is_workday(D(2027, 1, 3))
    assert is_announced(2027)
    assert Day.objects.get(day=D(2027, 1, 1)).source == NOTICE["papers"][0]
    assert AuditEntry.objects.filter(action="workdays.import").count() == 1


def test_the_same_file_again_changes_nothing_and_a_corrected_one_only_its_day():
    services.import_day_file(content=file_of(), by=None)
    again = services.import_day_file(content=file_of().encode("utf-8-sig"), by=None)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    days = [*NOTICE["days"][:2], {**NOTICE["days"][2], "isOffDay": True}]
    corrected = services.import_day_file(content=file_of(days=days), by=None)
    assert (corrected.created, corrected.updated, corrected.unchanged) == (0, 1, 2)
    assert not is_workday(D(2027, 1, 3))
    days[0] = {**days[0], "name": "元旦假期"}
    renamed = services.import_day_file(content=file_of(days=days, papers=["https://b.test"]), by=None)
    assert (renamed.created, renamed.updated, renamed.unchanged) == (0, 1, 2)
    day = Day.objects.get(day=D(2026, 12, 31))
    assert (day.name, day.source) == ("元旦假期", "https://b.test")


def test_days_of_the_year_before_do_not_touch_its_own():
    before = Day.objects.filter(day__year=2026).count()
    services.import_day_file(content=file_of(), by=None)
    assert Day.objects.filter(day__year=2026).count() == before + 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe{}", "UTF-8"),
        ("{", "line 1, column 2"),
        ("[]", "one object"),
        ("NaN", "one object"),
        (file_of(year="2027"), "between 2000 and 2100"),
        (file_of(year=True), "between 2000 and 2100"),
        (file_of(year=1999), "between 2000 and 2100"),
        (file_of(year=2101), "between 2000 and 2100"),
        (file_of(days={}), "must be a list"),
        (file_of(days=[]), "not yet published"),
        (file_of(days=NOTICE["days"][:1]), "not yet published"),
        (file_of(days=NOTICE["days"][2:]), "not yet published"),
        (file_of(days=[None]), "Entry 1 must be an object"),
        (entry(name=""), "Entry 2: “name”"),
        (entry(name="长" * 41), "Entry 2: “name”"),
        (entry(name="a\x00b"), "Entry 2: “name”"),
        (entry(name=5), "Entry 2: “name”"),
        (entry(isOffDay="true"), "Entry 2: “isOffDay”"),
        (entry(date="2027-02-30"), "Entry 2: “date”"),
        (entry(date=20270101), "Entry 2: “date”"),
        (entry(date="2025-12-31"), "does not belong"),
        (entry(date="2028-01-01"), "does not belong"),
        (entry(date="2027-01-01"), "named twice"),
        ("[" * 100_000, ""),
        (" " * (256 * 1024 + 1), "256 KB"),
        (file_of(days=[NOTICE["days"][0]] * 367), "more than 366"),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_nothing_is_written(content, said, settings):
    settings.LANGUAGE_CODE = "en"
    from django.utils import translation

    with translation.override("en"), pytest.raises(DayFileError) as refused:
        services.import_day_file(content=content, by=None)
    assert said in str(refused.value)
    assert str(refused.value)
    assert not Day.objects.filter(day__year=2027).exists()
    assert not Year.objects.filter(year=2027).exists()


def test_a_file_of_366_days_is_read():
    days = [
        {"name": "试", "date": (D(2026, 12, 31) + dt.timedelta(days=i)).isoformat(), "isOffDay": True}
        for i in range(366)
    ]
    assert services.import_day_file(content=file_of(days=days), by=None).created == 366


def test_the_paper_of_a_file_is_named_as_the_source_when_it_can_be_shown():
    services.import_day_file(content=file_of(papers=["a\x00", "\ud800", 5, "https://b.test"]), by=None)
    assert {day.source for day in Day.objects.filter(day__year=2027)} == {"https://b.test"}


def test_a_day_is_kept_changed_and_removed():
    services.keep_day(day=D(2027, 6, 1), kind="holiday", name=" 停电检修 ", by=None)
    assert Day.objects.get(day=D(2027, 6, 1)).name == "停电检修"
    services.keep_day(day=D(2027, 6, 1), kind="workday", name="加班", by=None)
    assert is_workday(D(2027, 6, 1))
    services.remove_day(day=D(2027, 6, 1), by=None)
    assert not Day.objects.filter(day=D(2027, 6, 1)).exists()
    with pytest.raises(DayError):
        services.remove_day(day=D(2027, 6, 1), by=None)
    for wrong in (
        {"kind": "party", "name": "x"},
        {"kind": "holiday", "name": "  "},
        {"kind": "holiday", "name": "长" * 41},
    ):
        with pytest.raises(DayError):
            services.keep_day(day=D(2027, 6, 1), by=None, **wrong)


def test_a_year_is_called_announced_only_with_holidays():
    with pytest.raises(DayError):
        services.announce(year=2027, announced=True, by=None)
    assert not is_announced(2027)
    services.keep_day(day=D(2027, 9, 26), kind="workday", name="国庆节", by=None)
    services.keep_day(day=D(2028, 10, 1), kind="holiday", name="国庆节", by=None)
    with pytest.raises(DayError):
        services.announce(year=2027, announced=True, by=None)
    services.keep_day(day=D(2027, 10, 1), kind="holiday", name="国庆节", by=None)
    assert not is_announced(2027)
    services.announce(year=2027, announced=True, by=None)
    assert is_announced(2027)
    services.announce(year=2027, announced=False, by=None)
    assert not is_announced(2027)
