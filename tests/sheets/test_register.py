"""The staff register from file to rows: what is taken over, what is refused where, and all or nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from intranet import clock
from intranet.access.models import AuditEntry, User
from intranet.people.models import Body, Membership, Person, Posting, Unit, Window
from intranet.sheets.models import SheetUpload
from intranet.sheets.services import check, import_file
from intranet.sheets.values import with_check_digit

from .books import HEADINGS, person, register, write_book

pytestmark = pytest.mark.django_db
DAY = clock.start_of(dt.date(2026, 11, 24), 9)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


def test_people_appear_with_place_and_group(bring, tmp_path):
    row = person("0012", "张 三", 工会小组="第一小组", 出生日期="1985.03", 窗口号="1号")
    report = bring(register(tmp_path / "r.xlsx", row))
    assert (report.outcome, report.created, report.updated, report.unchanged) == ("clean", 1, 0, 0)
    someone = Person.objects.get(staff_number="0012")
    assert (someone.name, someone.sex, someone.mobile, someone.is_union_member) == (
        "张三",
        "female",
        "13800001234",
        True,
    )
    assert (someone.birthday, someone.birthday_precision) == (dt.date(1985, 3, 1), "month")
    assert someone.pinyin_full == "zhang san"
    posting = someone.postings.get()
    assert (posting.unit.name, posting.window.number, posting.position) == ("云溪区税务局", "1", "窗口人员")
    assert posting.starts_on == dt.date(2026, 11, 24)
    assert someone.memberships.get().body.name == "第一小组"
    assert someone.user is None


def test_the_same_file_again_changes_nothing(bring, tmp_path):
    path = register(tmp_path / "r.xlsx", person(), person("HW0002", "李四", 出生日期="1990年", 工会小组="第一小组"))
    bring(path)
    again = bring(path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert Posting.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"姓名": ""}, "C", "blank"),
        ({"姓名": "  "}, "C", "blank"),
        ({"姓名": "—"}, "C", "blank"),
        ({"姓名": 12}, "C", "bad_name"),
        ({"姓名": "长" * 61}, "C", "too_long"),
        ({"所在单位": ""}, "F", "blank"),
        ({"所在单位": "火星局"}, "F", "unknown_department"),
        ({"窗口号": "99"}, "G", "unknown_window"),
        ({"窗口号": "3"}, "G", "foreign_window"),
        ({"出生日期": "2026-11-25"}, "E", "future_birthday"),
        ({"出生日期": "1926-11-24"}, "E", "impossible_birthday"),
        ({"出生日期": "今天"}, "E", "bad_date"),
        ({"出生日期": 1985.1}, "E", "ambiguous_date"),
        ({"出生日期": "正月廿一"}, "E", "bad_date"),
        ({"工号": 110105194912310021}, "B", "number_as_float"),
        ({"性别": "女士们"}, "D", "unknown_word"),
        ({"手机号码": "1.38E+10"}, "K", "number_damaged"),
        ({"手机号码": "12345678901"}, "K", "bad_phone"),
        ({"工会小组": "没有这个组"}, "J", "unknown_group"),
        ({"工会小组": "第一小组", "是否工会会员": "否"}, "I", "not_a_member"),
        ({"岗位": "岗" * 61}, "H", "too_long"),
        ({"岗位": "同上"}, "H", "nothing_above"),
    ],
)
def test_a_wrong_row_is_named_by_row_column_and_code(codes, tmp_path, changes, column, code):
    bad = person("HW0009", "赵六") if "姓名" not in changes else person("HW0009")
    bad = [changes.get(heading, value) for heading, value in zip(HEADINGS, bad, strict=True)]
    order = (bad, person()) if code == "nothing_above" else (person(), bad)
    number = 3 if code == "nothing_above" else 4
    assert codes(register(tmp_path / "r.xlsx", *order)) == [(number, column, code)]


def test_one_wrong_row_and_nothing_is_written(bring, tmp_path):
    report = bring(register(tmp_path / "r.xlsx", person(), person("HW0002", "李四", 所在单位="火星局")))
    assert (report.outcome, len(report.errors)) == ("errors", 1)
    assert "火星局" in report.errors[0].message
    assert not Person.objects.exists()
    assert not SheetUpload.objects.exists()
    assert not AuditEntry.objects.filter(action="sheets.import").exists()


def test_a_number_twice_is_wrong_on_both_rows(codes, tmp_path):
    path = register(tmp_path / "r.xlsx", person(), person("HW0002", "李四"), person("HW0001", "王五"))
    assert codes(path) == [(3, "B", "duplicate_number"), (5, "B", "duplicate_number")]


def test_two_people_of_one_name_never_merge(bring, tmp_path):
    report = bring(register(tmp_path / "r.xlsx", person("A1", "张伟"), person("A2", "张伟")))
    assert report.created == 2
    report = bring(register(tmp_path / "s.xlsx", person("", "李娜"), person("", "李娜")))
    assert report.created == 2
    assert [issue.code for issue in report.warnings].count("namesakes") == 2
    assert set(Person.objects.filter(name="李娜").values_list("staff_number", flat=True)) == {"A3", "A4"}


def test_a_known_name_without_number_is_left_to_the_person(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person("A1", "张伟")))
    report = bring(register(tmp_path / "s.xlsx", person("", "张伟")))
    assert [(issue.code, "A1" in issue.message) for issue in report.errors] == [("same_name", True)]
    assert Person.objects.count() == 1


def test_changes_are_shown_from_old_to_new_and_a_move_keeps_history(bring, tmp_path):
    with clock.at(clock.start_of(dt.date(2026, 10, 1))):
        bring(register(tmp_path / "r.xlsx", person()))
    moved = register(tmp_path / "s.xlsx", person(所在单位="自然资源局", 窗口号="", 手机号码="13900000000"))
    report = bring(moved)
    assert report.updated == 1
    assert report.rows[0].changes == {
        "mobile": ("13800001234", "13900000000"),
        "unit": ("云溪区税务局", "自然资源局"),
        "window": ("1", ""),
    }
    old, new = Posting.objects.order_by("starts_on")
    assert (old.ends_on, old.ending) == (dt.date(2026, 11, 23), "transfer")
    assert (new.unit.name, new.window, new.starts_on) == ("自然资源局", None, dt.date(2026, 11, 24))


def test_on_the_first_day_a_move_is_a_correction(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    bring(register(tmp_path / "s.xlsx", person(窗口号="2")))
    assert Posting.objects.get().window.number == "2"


def test_a_blank_cell_keeps_and_a_mark_empties(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    assert bring(register(tmp_path / "s.xlsx", person(手机号码="", 出生日期="", 窗口号=""))).unchanged == 1
    bring(register(tmp_path / "t.xlsx", person(手机号码="—", 出生日期="不详")))
    someone = Person.objects.get()
    assert (someone.mobile, someone.birthday) == ("", None)


def test_a_coarser_birthday_takes_nothing_away(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    assert bring(register(tmp_path / "s.xlsx", person(出生日期="1985.03"))).unchanged == 1
    assert bring(register(tmp_path / "t.xlsx", person(出生日期="1985.04"))).updated == 1
    assert Person.objects.get().birthday_precision == "month"


def test_a_lunar_date_becomes_the_solar_day_of_birth(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person(出生日期="农历1985年正月廿一")))
    someone = Person.objects.get()
    assert (someone.birthday, someone.birthday_calendar) == (dt.date(1985, 3, 12), "lunar")


def test_a_leaver_is_not_brought_back_by_a_sheet(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    Person.objects.update(left_on=dt.date(2026, 11, 20))
    report = bring(register(tmp_path / "s.xlsx", person()))
    assert [issue.code for issue in report.errors] == ["has_left"]


def test_a_changed_name_is_pointed_out(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    report = bring(register(tmp_path / "s.xlsx", person(name="钱七")))
    assert [issue.code for issue in report.warnings] == ["name_changed"]
    assert Person.objects.get().pinyin_full == "qian qi"


def test_another_group_ends_the_place_in_the_old_one(bring, tmp_path):
    Body.objects.create(name="第二小组", kind=Body.Kind.UNION_GROUP)
    with clock.at(clock.start_of(dt.date(2026, 10, 1))):
        bring(register(tmp_path / "r.xlsx", person(工会小组="第一小组")))
    bring(register(tmp_path / "s.xlsx", person(工会小组="第二小组")))
    assert Membership.objects.get(body__name="第一小组").ends_on == dt.date(2026, 11, 23)
    assert Membership.objects.get(body__name="第二小组").ends_on is None


def test_two_numbers_in_one_cell(bring, tmp_path):
    report = bring(register(tmp_path / "r.xlsx", person(手机号码="0475-8212345/13800001234、13900001234")))
    someone = Person.objects.get()
    assert (someone.mobile, someone.office_phone) == ("13800001234", "0475-8212345")
    assert [issue.code for issue in report.warnings] == ["several_phones"]


def test_an_identity_number_is_checked(codes, tmp_path):
    rows = [["姓名", "单位", "身份证号", "出生日期"], ["甲", "税务局", 110105194912310016, ""]]
    assert codes(write_book(tmp_path / "x.xlsx", rows)) == [(2, "C", "number_as_float")]
    rows[1][2] = "110105194912310021"
    assert codes(write_book(tmp_path / "y.xlsx", rows)) == [(2, "C", "bad_id")]
    rows[1][2:] = [with_check_digit("11990019850312001"), ""]
    import_file(kind="staff_register", path=write_book(tmp_path / "z.xlsx", rows), by=None)
    assert (Person.objects.get().national_id_sealed, Person.objects.get().national_id_hash) == ("", None)


def test_accounts_only_when_asked_for(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    assert not User.objects.filter(username="HW0001").exists()
    bring(register(tmp_path / "s.xlsx", person("HW0002", "李四")), options={"accounts": "inactive"})
    account = User.objects.get(username="HW0002")
    assert (account.is_active, account.person.name) == (False, "李四")


def test_queries_grow_with_batches_not_with_rows(hall, tmp_path, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (5, 400):
        people = [person(f"N{number:04d}", "王小明") for number in range(size)]
        path = register(tmp_path / f"{size}.xlsx", *people)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert check(kind="staff_register", path=path, by=None).outcome == "clean"
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_the_import_is_recorded_with_counts_only(bring, officer, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()), by=officer)
    entry = AuditEntry.objects.get(action="sheets.import")
    assert entry.user == officer
    assert (entry.data["created"], entry.data["kind"]) == (1, "staff_register")
    assert "王小明" not in str(entry.data)
    assert Unit.objects.count() == 2
    assert Window.objects.count() == 3
