"""Pictures of the real pages for README and docs: a demo hall in a folder of its own, photographed in Chromium.

Run by `make pictures`; writes docs/pictures/*.png.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from . import messy_register, running

PICTURES = running.ROOT / "docs" / "pictures"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}

# Name of the picture, role, address (or a name the demo hall resolves), view port, dark.
SHOTS = [
    ("sign-in", None, "/sign-in/", DESKTOP, False),
    ("desk-clerk", "staff", "/desk/", PHONE, False),
    ("desk-officer", "union_officer", "/desk/", DESKTOP, False),
    ("desk-personnel", "hr_admin", "/desk/", DESKTOP, True),
    ("home", "staff", "/", DESKTOP, False),
    ("directory", "staff", "/people/", DESKTOP, False),
    ("windows", "staff", "/people/windows/", DESKTOP, False),
    ("ballot", "staff", "voting", PHONE, False),
    ("ballot-dark", "staff", "voting", PHONE, True),
    ("round-officer", "union_officer", "manage", DESKTOP, False),
    ("public-notice", "staff", "public_notice", DESKTOP, False),
    ("honours", "staff", "/awards/honours/", DESKTOP, False),
    ("award-parts", "union_officer", "award_parts", DESKTOP, False),
    ("assessment", "union_officer", "assessment", DESKTOP, False),
    ("explained", "union_officer", "explained", DESKTOP, False),
    ("meeting", "union_officer", "meeting", DESKTOP, False),
    ("scrutiny", "scrutineer", "scrutiny", DESKTOP, False),
    ("figures", "staff", "/figures/", DESKTOP, False),
    ("figures-phone", "staff", "/figures/", PHONE, True),
    ("calendar", "staff", "/calendar/", DESKTOP, False),
    ("calendar-week", "staff", "/calendar/week/", DESKTOP, False),
    ("calendar-agenda", "staff", "/calendar/agenda/", PHONE, False),
    ("papers", "union_officer", "/papers/", DESKTOP, False),
    ("reminders", "union_officer", "/reminders/", DESKTOP, False),
    ("import", "hr_admin", "/sheets/", DESKTOP, False),
    ("audit", "auditor", "/audit/", DESKTOP, False),
]


def accounts(hall: running.RunningHall) -> dict[str, dict]:
    """The first account of each role."""
    lines = [json.loads(line) for line in hall.manage("accounts", "--json").stdout.splitlines()]
    return {line["role"]: line for line in reversed(lines)}


def addresses(hall: running.RunningHall) -> dict[str, str]:
    """Paths of the open vote, the running notice, and what officers and scrutineers see of rounds under way."""
    rounds = [json.loads(line) for line in hall.manage("election_bundle", "--list", "--json").stdout.splitlines()]
    voting = next(row for row in rounds if row["phase"] == "voting")
    notice = next(row for row in rounds if row["phase"] == "public_notice")
    assessed = next(row for row in rounds if row["phase"] == "assessment")
    decided = next(row for row in rounds if row["phase"] == "decision")
    award = decided["slug"].rsplit("-20", 1)[0]
    return {
        "award_parts": f"/awards/office/awards/{award}/components/",
        "assessment": f"/awards/{assessed['slug']}/manage/assessment/",
        "explained": f"/awards/{decided['slug']}/explained/",
        "meeting": f"/awards/{decided['slug']}/manage/meeting/",
        "scrutiny": f"/awards/{notice['slug']}/scrutiny/",
        "voting": voting["vote_url"],
        "manage": f"/awards/{voting['slug']}/manage/",
        "public_notice": notice["notice_url"],
    }


def sign_in(
    browser: Browser, hall: running.RunningHall, account: dict | None, view: dict, dark: bool
) -> BrowserContext:
    context = browser.new_context(viewport=view, color_scheme="dark" if dark else "light", device_scale_factor=1.5)
    if account:
        page = context.new_page()
        page.goto(f"{hall.base}/sign-in/")
        page.fill("input[name=username]", account["username"])
        page.fill("input[name=password]", account["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/desk/")
        page.close()
    return context


def take_import(hall: running.RunningHall, browser: Browser, account: dict) -> None:
    """A messy register from its problems to the receipt."""
    facts = json.loads(hall.manage("shell", "-v", "0", "-c", messy_register.FACTS).stdout.splitlines()[-1])
    context = sign_in(browser, hall, account, DESKTOP, False)
    page = context.new_page()

    def shot(name: str) -> None:
        page.screenshot(path=PICTURES / f"import-{name}.png")
        print(f"docs/pictures/import-{name}.png")

    def bring(name: str, corrected: bool) -> None:
        path = messy_register.write(hall.var / f"{name}.xlsx", corrected=corrected, **facts)
        page.goto(f"{hall.base}/sheets/")
        page.select_option("select[name=kind]", "staff_register")
        page.set_input_files("input[type=file]", str(path))
        page.locator("main form button.btn-primary").first.click()
        page.wait_for_load_state()

    bring("11月新进花名册", False)
    unknown = page.locator(".sheet-ignored li").filter(has_text="派来的地方")
    unknown.locator("select").select_option("unit")
    unknown.locator("button").click()
    page.locator("#problems").scroll_into_view_if_needed()
    page.locator("section[aria-labelledby=problems]").screenshot(path=PICTURES / "import-problems.png")
    print("docs/pictures/import-problems.png")
    bring("11月新进花名册（改）", True)
    page.locator("section[aria-labelledby=questions]").screenshot(path=PICTURES / "import-questions.png")
    print("docs/pictures/import-questions.png")
    page.get_by_label("1985年10月").check()
    page.get_by_label("同名的另一人，新登记").check()
    page.locator("section[aria-labelledby=questions] button.btn-primary").click()
    page.wait_for_load_state()
    shot("preview")
    page.locator("form[action$='/confirm/'] button.btn-primary").click()
    page.wait_for_url("**/receipt/")
    shot("receipt")
    context.close()


def take_terminal(hall: running.RunningHall, browser: Browser, account: dict) -> None:
    """The browser in the corner, as an officer has just opened it."""
    context = sign_in(browser, hall, account, DESKTOP, False)
    page = context.new_page()
    page.goto(f"{hall.base}/awards/office/terminals/")
    page.fill("input[name=label]", "二楼东角")
    page.press("input[name=label]", "Enter")
    page.wait_for_url("**/awards/terminal/")
    page.screenshot(path=PICTURES / "terminal.png")
    print("docs/pictures/terminal.png")
    context.close()


def take(hall: running.RunningHall) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    people, places = accounts(hall), addresses(hall)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        take_import(hall, browser, people["hr_admin"])
        take_terminal(hall, browser, people["union_officer"])
        for name, role, place, view, dark in SHOTS:
            context = sign_in(browser, hall, people[role] if role else None, view, dark)
            page = context.new_page()
            answer = page.goto(hall.base + places.get(place, place))
            assert answer, name
            assert answer.status == 200, f"{name}: {answer.status}"
            page.screenshot(path=PICTURES / f"{name}.png")
            print(f"docs/pictures/{name}.png")
            context.close()
        browser.close()


def main() -> None:
    var = Path(tempfile.mkdtemp(prefix="hall-pictures-"))
    hall = running.start(var, prepare_with=(("prepare",), ("load_demo",)))
    try:
        take(hall)
    finally:
        hall.stop()
        shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
