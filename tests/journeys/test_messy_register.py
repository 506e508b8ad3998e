"""A messy register on its way into the hall: nine problems, answers, the corrected file, a receipt, and back again.

And a large one, which a worker checks and imports while the page shows how far it is.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo import messy_register

from .conftest import sign_in
from .days import DESKTOP, PHONE, follow, press
from .every_page import Visit
from .sheets import book
from .test_every_page import ALL_LOOKS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("doors")]


class Officer:
    """Somebody of the personnel office at a browser; every page they come to is looked at by axe."""

    def __init__(self, hall, chromium, account: dict, view: dict) -> None:
        self.base, self.view, self.problems = hall.base, view, []
        self.page = chromium.new_context(viewport=view).new_page()
        self.page.on("console", lambda message: message.type == "error" and self.problems.append(message.text))
        sign_in(self.page, hall.base, account["username"], account["password"])
        self.axe = Reader(chromium, None, "", ALL_LOOKS)

    def look(self) -> str:
        self.problems += self.axe.findings(Visit("import", self.page.url, "hr_admin"), self.page)
        self.page.set_viewport_size(self.view)
        return self.page.inner_text("main")

    def bring(self, path: Path, kind: str = "staff_register") -> str:
        self.page.goto(f"{self.base}/sheets/")
        self.page.select_option("select[name=kind]", kind)
        self.page.set_input_files("input[type=file]", str(path))
        press(self.page)
        return self.look()


@pytest.fixture
def hall(start_hall):
    return start_hall(demo=True)


@pytest.fixture
def personnel(hall) -> dict:
    lines = [json.loads(line) for line in hall.manage("accounts", "--json").stdout.splitlines()]
    return next(line for line in lines if line["role"] == "hr_admin")


@pytest.fixture
def facts(hall) -> dict:
    """A unit with two windows, and the name of somebody, as the hall knows them."""
    said = hall.manage("shell", "-v", "0", "-c", messy_register.FACTS).stdout.strip().splitlines()[-1]
    return json.loads(said)


@pytest.mark.parametrize("view", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_nine_problems_to_a_receipt_and_back(hall, chromium, personnel, facts, view, tmp_path):
    officer = Officer(hall, chromium, personnel, view)
    page = officer.page
    messy = messy_register.write(tmp_path / "花名册.xlsx", **facts)
    # A column is missing; one that nobody knows turns out to be it, and that is remembered.
    assert "缺少" in officer.bring(messy)
    unknown = page.locator(".sheet-ignored li").filter(has_text="派来的地方")
    unknown.locator("select").select_option("unit")
    follow(page, unknown.locator("button"))
    officer.look()
    assert page.locator("section[aria-labelledby=problems] tbody tr").count() == messy_register.PROBLEMS
    assert page.locator("form[action$='/confirm/']").count() == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="下载并附问题列").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    # What only the file can tell is corrected there; what remains is asked.
    text = officer.bring(messy_register.write(tmp_path / "改好.xlsx", corrected=True, **facts))
    assert "缺少" not in text
    assert page.locator(".sheet-question").count() == 2
    page.get_by_label("1985年10月").check()
    page.get_by_label("同名的另一人，新登记").check()
    press(page, "section[aria-labelledby=questions]")
    officer.look()
    press(page, "form[action$='/confirm/']")
    assert "已导入" in officer.look()
    named = "from intranet.people.models import Person; print(Person.objects.filter(name='欧阳慧敏').count())"
    assert hall.manage("shell", "-v", "0", "-c", named).stdout.split()[-1] == "1"
    follow(page, page.get_by_role("button", name="撤销本次导入"))
    assert "已撤销" in officer.look()
    assert hall.manage("shell", "-v", "0", "-c", named).stdout.split()[-1] == "0"
    assert not officer.problems


def test_a_large_register_is_checked_and_imported_by_the_worker(hall, chromium, personnel, facts, tmp_path):
    officer = Officer(hall, chromium, personnel, DESKTOP)
    page = officer.page
    people = [[f"LG{at:05d}", f"张{chr(0x4E00 + at)}", facts["unit"], "大批量导入" * 4] for at in range(1, 3001)]
    large = book(tmp_path / "大表.xlsx", "花名册", ["工号", "姓名", "单位", "备注"], people)
    officer.bring(large)
    # The page leads on by itself when the worker is done.
    page.wait_for_selector("form[action$='/confirm/']")
    assert "3000" in officer.look()
    press(page, "form[action$='/confirm/']")
    page.wait_for_url("**/receipt/")
    assert "3000" in officer.look()
    assert not officer.problems
