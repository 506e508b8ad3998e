"""What only the person can say: asked on the page, remembered where it holds for later sheets, and never a way in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from intranet.access.models import AuditEntry
from intranet.people.models import Person, Unit
from intranet.sheets import services
from intranet.sheets.exceptions import SheetError
from intranet.sheets.models import KnownHeading, SheetUpload
from tests.people_of_the_hall import make_user

from .books import HEADINGS, person, register, write_book
from .test_pages import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def without_numbers(path, *people):
    at = HEADINGS.index("工号")
    rows = [[value for number, value in enumerate(row) if number != at] for row in (HEADINGS, *people)]
    return write_book(path, rows)


def confirm(desk, address):
    """As a person does: look at what is shown, then import it."""
    desk.get(address)
    return desk.post(f"{address}confirm/", follow=True)


class TestWhoIsMeant:
    """A register without numbers, and a name the hall knows: the same person, or a namesake?"""

    @pytest.fixture(autouse=True)
    def known(self, bring, tmp_path):
        bring(register(tmp_path / "a.xlsx", person(), person("HW0002", "王小明", 所在单位="自然资源局", 窗口号="3")))

    def asked(self, desk, tmp_path, *people):
        sent = send(desk, without_numbers(tmp_path / "b.xlsx", *people)).url
        return sent, desk.get(sent).context["questions"]

    def test_the_one_of_the_same_unit_is_suggested_first(self, desk, tmp_path):
        _sent, questions = self.asked(desk, tmp_path, person(所在单位="自然资源局", 窗口号="3"))
        assert [choice["value"] for choice in questions[0]["choices"]] == ["HW0002", "HW0001", "+"]
        assert "自然资源局" in questions[0]["choices"][0]["label"]

    def test_the_same_person_is_changed(self, desk, tmp_path):
        sent, questions = self.asked(desk, tmp_path, person(手机号码="13900000000"))
        desk.post(sent, {questions[0]["key"]: "HW0001"})
        page = desk.get(sent)
        assert page.context["counts"]["updated"] == 1
        assert "<ins>13900000000</ins>" in page.content.decode()
        confirm(desk, sent)
        assert Person.objects.get(staff_number="HW0001").mobile == "13900000000"
        assert Person.objects.count() == 2

    def test_somebody_new_gets_a_number_of_their_own(self, desk, tmp_path):
        sent, questions = self.asked(desk, tmp_path, person())
        desk.post(sent, {questions[0]["key"]: "+"})
        confirm(desk, sent)
        assert Person.objects.get(staff_number="HW0003").name == "王小明"

    def test_two_rows_cannot_be_one_person(self, desk, tmp_path):
        sent, questions = self.asked(desk, tmp_path, person(), person(手机号码="13900000000"))
        assert len(questions) == 2
        desk.post(sent, {question["key"]: "HW0001" for question in questions})
        assert [question["row"] for question in desk.get(sent).context["questions"]] == [3]
        confirm(desk, sent)
        assert Person.objects.get(staff_number="HW0001").mobile == "13800001234"

    def test_only_what_was_offered_can_be_answered(self, desk, tmp_path):
        bystander = Person.objects.create(staff_number="HW0009", name="别人")
        sent, questions = self.asked(desk, tmp_path, person())
        desk.post(sent, {questions[0]["key"]: "HW0009", "cells:B2": "王二", "people:Z99": "HW0001"})
        assert SheetUpload.objects.get(kind="staff_register", confirmed_at=None).answers == {}
        assert desk.get(sent).context["questions"]
        bystander.refresh_from_db()
        assert bystander.name == "别人"

    @pytest.mark.control
    def test_unguarded_an_answer_could_name_anybody(self, officer, desk, tmp_path):
        _sent, questions = self.asked(desk, tmp_path, person())
        upload = SheetUpload.objects.get(confirmed_at=None)
        services.answer(upload=upload, offered={"cells:A2": ["x"]}, given={"cells:A2": "x"}, by=officer)
        assert upload.answers == {"cells": {"A2": "x"}}
        assert questions

    def test_an_answer_changed_in_another_window_stops_the_import(self, officer, desk, tmp_path, monkeypatch):
        sent, questions = self.asked(desk, tmp_path, person())
        desk.post(sent, {questions[0]["key"]: "+"})
        desk.get(sent)
        stale = SheetUpload.objects.get(confirmed_at=None)
        desk.post(sent, {questions[0]["key"]: "HW0001"})
        desk.post(sent, {"forget": "1"})
        with pytest.raises(SheetError):
            services.commit(upload=stale, by=officer)
        assert Person.objects.count() == 2


class TestHeadings:
    ROWS = (["姓名", "工号", "派来的地方"], ["王小明", "HW0001", "税务局"])

    def test_a_column_that_is_missing_may_be_one_nobody_knows(self, desk, officer, tmp_path):
        sent = send(desk, write_book(tmp_path / "a.xlsx", self.ROWS)).url
        page = desk.get(sent)
        assert page.context["outcome"] == "refused"
        assert [column["heading"] for column in page.context["ignored"]] == ["派来的地方"]
        assert page.context["columns"][0].name == "unit"
        desk.post(sent, {"heading": "派来的地方", "column": "unit"})
        assert desk.get(sent).context["outcome"] == "clean"
        entry = AuditEntry.objects.get(action="sheets.know_heading")
        assert entry.user == officer
        confirm(desk, sent)
        # Once is enough: the hall remembers, for everybody who imports the kind, and also when it is recognised.
        colleague = make_user("HR02", "hr_admin", person=False)
        desk.force_login(colleague)
        again = write_book(tmp_path / "b.xlsx", [self.ROWS[0], ["李四", "HW0002", "自然资源局"]])
        later = send(desk, again, kind="").url
        assert desk.get(later).context["counts"] == {
            "rows": 1,
            "created": 1,
            "updated": 0,
            "unchanged": 0,
            "warnings": 0,
            "errors": 0,
        }

    def test_it_can_be_forgotten(self, desk, officer, tmp_path):
        known = services.say_heading(kind="staff_register", heading="派来的地方", column="unit", by=officer)
        page = desk.get(reverse("sheets:upload")).content.decode()
        assert "派来的地方" in page
        desk.post(reverse("sheets:forget_heading", args=[known.pk]))
        assert not KnownHeading.objects.exists()
        sent = send(desk, write_book(tmp_path / "a.xlsx", self.ROWS)).url
        assert desk.get(sent).context["outcome"] == "refused"

    def test_a_heading_with_a_meaning_keeps_it(self, officer):
        for heading, column in (("姓名", "unit"), ("姓 名*", "unit"), ("", "unit"), ("来处", "pk"), ("来处", "")):
            with pytest.raises(SheetError):
                services.say_heading(kind="staff_register", heading=heading, column=column, by=officer)
        assert not KnownHeading.objects.exists()

    def test_of_a_kind_that_is_not_open_nothing_can_be_said(self, client, officer):
        known = services.say_heading(kind="staff_register", heading="派来的地方", column="unit", by=officer)
        client.force_login(make_user("SA01", "system_admin", person=False))
        assert client.post(reverse("sheets:forget_heading", args=[known.pk])).status_code == 404
        assert KnownHeading.objects.exists()

    def test_what_a_part_of_two_rows_of_headings_means(self, desk, tmp_path):
        rows = [["姓名", "去向", ""], ["", "何处", "何时"], ["王小明", "税务局", "2026-01-05"]]
        sent = send(desk, write_book(tmp_path / "a.xlsx", rows, merges=("B1:C1", "A1:A2"))).url
        assert [row["number"] for row in desk.get(sent).context["first_rows"]] == [1, 2, 3]
        desk.post(sent, {"heading_row": "2"})
        spelling = next(c["spelling"] for c in desk.get(sent).context["ignored"] if c["heading"].endswith("何处"))
        desk.post(sent, {"heading": spelling, "column": "unit"})
        assert desk.get(sent).context["outcome"] == "clean"


class TestWhereTheHeadingsStand:
    def test_the_row_is_asked_when_nothing_is_recognised(self, desk, tmp_path):
        rows = [["关于报送的通知"], ["甲", "乙"], ["王小明", "税务局"]]
        sent = send(desk, write_book(tmp_path / "a.xlsx", rows)).url
        page = desk.get(sent)
        assert [row["number"] for row in page.context["first_rows"]] == [1, 2, 3]
        desk.post(sent, {"heading_row": "2"})
        assert [column["heading"] for column in desk.get(sent).context["ignored"]] == ["甲", "乙"]
        desk.post(sent, {"heading": "甲", "column": "name"})
        desk.post(sent, {"heading": "乙", "column": "unit"})
        page = desk.get(sent)
        assert (page.context["outcome"], page.context["counts"]["rows"]) == ("clean", 1)

    def test_what_may_be_an_identity_number_is_masked_before_anybody_knows_the_column(self, desk, tmp_path):
        numbers = ["11990019850312001X", " 1199 0019 8503 1200 1X", "119900850312001", "13800001234"]
        sent = send(desk, write_book(tmp_path / "a.xlsx", [["甲", "乙", "丙", "丁"], numbers])).url
        page = desk.get(sent)
        assert page.context["first_rows"][1]["texts"] == ["119900********001X", "1199…", "1199…", "13800001234"]
        assert "850312" not in page.content.decode()

    def test_of_two_tables_one_is_chosen(self, desk, tmp_path):
        rows = [["姓名", "单位", ""], ["甲某", "税务局"], ["", "单位", "姓名"], ["", "自然资源局", "乙某"]]
        sent = send(desk, write_book(tmp_path / "x.xlsx", rows)).url
        assert [row["number"] for row in desk.get(sent).context["first_rows"]] == [1, 3]
        desk.post(sent, {"heading_row": "3"})
        lines = desk.get(sent).context["lines"]
        assert [[cell["text"] for cell in line["cells"]] for line in lines] == [["自然资源局", "乙某"]]

    def test_a_row_that_is_none_refuses_in_words(self, desk, tmp_path):
        sent = send(desk, register(tmp_path / "a.xlsx", person())).url
        for number in ("999999", "-1", "x", "²", "9" * 20, "9" * 5000):
            desk.post(sent, {"heading_row": number})
            assert desk.get(sent).status_code == 200
        desk.post(sent, {"heading_row": "0"})
        assert desk.get(sent).context["outcome"] == "clean"


def test_another_kind_forgets_what_was_said(desk, officer, tmp_path):
    sent = send(desk, register(tmp_path / "a.xlsx", person())).url
    desk.post(sent, {"heading_row": "2"})
    desk.post(sent, {"kind": "departments"})
    upload = SheetUpload.objects.get()
    assert (upload.kind, upload.answers) == ("departments", {})
    assert desk.post(sent, {"kind": "no_such_kind"}).status_code == 403
    assert Unit.objects.count() == 2
