"""What the plug-out test does in processes of its own: ``python -m tests.plugout.steps STEP [JSON]``.

Each step starts the site with the plug-ins named in PLUGINS, and prints one JSON object on its
last line of output.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections import Counter
from decimal import Decimal
from typing import Any

import django

STEPS: dict[str, Any] = {}


def step(function):
    STEPS[function.__name__] = function
    return function


@step
def migrate(labels: list[str]) -> dict[str, Any]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return {"migrated": True}


@step
def people(labels: list[str]) -> dict[str, Any]:
    """One account of each kind that walks through the site, and ground rows for plug-ins to refer to."""
    from intranet.access.roles import ROLES
    from intranet.pages.services import publish_notice
    from intranet.people.models import Person, Unit
    from tests.people_of_the_hall import make_user

    for username, roles in {"wk": (), "bj": ("site_editor",), "gl": tuple(set(ROLES) - {"staff"})}.items():
        make_user(username, *roles)
    unit = Unit.objects.create(name="市场监管局", kind="posting_department")
    notice = publish_notice(title="体检通知", text="请参加体检。", issuing_unit="中心办公室", by=None)
    person = Person.objects.get(staff_number="wk")
    return {"user": person.user_id, "person": person.pk, "unit": unit.pk, "page": notice.pk}


@step
def fill_dummy(labels: list[str]) -> dict[str, Any]:
    """The dummy's page below the home page, a page below that, and rows that refer to the ground."""
    from intranet.pages.models import HomePage, NoticePage
    from intranet.people.models import Person, Unit
    from tests.plugout.dummy_plugin.models import DummyPage, DummyRow

    home = HomePage.objects.get()
    page = home.add_child(instance=DummyPage(title="体检专页", slug="dummy-page", text="<p>体检</p>"))
    page.save_revision().publish()
    below = page.add_child(instance=DummyPage(title="下一级", slug="below", text="<p>下</p>"))
    person, unit, notice = Person.objects.get(staff_number="wk"), Unit.objects.first(), NoticePage.objects.get()
    DummyRow.objects.create(user=person.user, page=notice, person=person, unit=unit, note="留着")
    return {"home": home.pk, "pages": [page.pk, below.pk], "url": page.url, "below_url": below.url}


@step
def fill_rows(labels: list[str]) -> dict[str, Any]:
    """One row in every table of the plug-ins named, made from the fields alone; the tables that refused it."""
    from django.apps import apps
    from django.db import IntegrityError, transaction

    from tests.plugout.rows import invented

    refused, open_, counts = [], [m for label in labels for m in apps.get_app_config(label).get_models()], {}
    for _round in range(len(open_)):
        for model in list(open_):
            try:
                with transaction.atomic():
                    model._base_manager.bulk_create([invented(model)])
            except (IntegrityError, LookupError):
                continue
            open_.remove(model)
            counts[model._meta.label] = model._base_manager.count()
    refused = [model._meta.label for model in open_]
    return {"refused": refused, "counts": counts}


@step
def rows(labels: list[str]) -> dict[str, Any]:
    """Every row of the plug-ins named, as they are in the database; page rows with their tree place."""
    from django.apps import apps

    found: dict[str, Any] = {}
    for label in labels:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            found[model._meta.label] = list(model._base_manager.order_by("pk").values())
    return found


@step
def crawl(labels: list[str]) -> dict[str, Any]:
    """Every address without a parameter, as staff, editor and administrator: those that broke."""
    from tests.plugout.addresses import plain_addresses, visitor

    broken, seen = [], 0
    for username in ("wk", "bj", "gl"):
        client = visitor(username)
        for address in plain_addresses():
            response = client.get(address)
            seen += 1
            # 503 is what /readyz says while nothing runs the clock.
            if response.status_code >= 500 and response.status_code != 503:
                broken.append([username, address, repr(response.exc_info)[:300]])
    return {"broken": broken, "seen": seen}


@step
def touch(given: dict[str, Any]) -> dict[str, Any]:
    """Everything an administrator or editor might do to the dummy's pages and to what lies above them."""
    from tests.plugout.addresses import page_addresses, visitor

    answers: dict[str, Any] = {"front": {}, "broken": [], "refused": {}, "lists": {}}
    for username in ("wk", "bj", "gl"):
        client = visitor(username)
        for address in (given["url"], given["below_url"]):
            answers["front"][f"{username} {address}"] = client.get(address).status_code
        for address in ("/", "/desk/", "/search/?q=体检", "/admin/pages/", f"/admin/pages/{given['home']}/"):
            body = client.get(address).content.decode()
            answers["lists"][f"{username} {address}"] = "体检专页" in body
    for username in ("bj", "gl"):
        client = visitor(username)
        for key in (*given["pages"], given["home"]):
            for name, address in page_addresses(key, given["home"]):
                for method in ("get", "post"):
                    response = getattr(client, method)(address)
                    if response.status_code >= 500:
                        answers["broken"].append([username, method, address])
                    said = [str(message) for message in response.wsgi_request._messages._queued_messages]
                    answers["refused"][f"{username} {method} {name} {key}"] = [response.status_code, said[-1:]]
    return answers


@step
def delete(given: dict[str, Any]) -> dict[str, Any]:
    """Post every delete form of the site for each ground row that the absent plug-in refers to."""
    from django.apps import apps

    from tests.plugout.addresses import delete_addresses, visitor

    broken, tried, said = [], 0, []
    client = visitor("gl")
    for key in {given["user"], given["person"], given["unit"], given["page"]}:
        for address in delete_addresses(key):
            response = client.post(address)
            tried += 1
            if response.status_code >= 500:
                broken.append([address, response.status_code])
            if response.status_code == 409:
                said.append(response.content.decode())
    models = {"user": "access.User", "person": "people.Person", "unit": "people.Unit", "page": "wagtailcore.Page"}
    kept = {name: apps.get_model(label).objects.filter(pk=given[name]).exists() for name, label in models.items()}
    return {"broken": broken, "tried": tried, "kept": kept, "said": len(said)}


@step
def stale(labels: list[str]) -> dict[str, Any]:
    from django.core.management import CommandError, call_command

    try:
        call_command("remove_stale_contenttypes", include_stale_apps=True, interactive=False, verbosity=0)
    except CommandError as error:
        return {"refused": str(error)}
    return {"refused": ""}


@step
def visit(days: list[str]) -> dict[str, Any]:
    """The keys registered at the ground's collectors, and what a clerk sees and gets on the morning of a day."""
    from django.contrib.auth import get_user_model
    from django.core import mail

    from intranet import clock
    from intranet.calendars import services
    from intranet.calendars.registry import calendar_sources
    from intranet.reminders.registry import reminder_rules
    from intranet.reminders.services import tick
    from intranet.ui.registry import desk_cards
    from tests.plugout.addresses import visitor

    [day] = days
    get_user_model().objects.filter(username="wk").update(email="wk@hall.test")
    clerk = get_user_model().objects.get(username="wk")
    address = services.feed_path(services.issue_token(user=clerk, label="手机"))
    with clock.at(clock.parse(f"{day}T08:30")) as morning:
        tick(morning)
        tick(morning)
        browser = visitor("wk")
        feed = browser.get(address)
        return {
            "keys": {
                "cards": [card.key for card in desk_cards()],
                "rules": list(reminder_rules()),
                "sources": list(calendar_sources()),
            },
            "desk": browser.get("/desk/").content.decode(),
            "inbox": browser.get("/inbox/").content.decode(),
            "month": browser.get(f"/calendar/?month={day[:7]}").content.decode(),
            "feed": feed.content.decode(),
            "entry": browser.get(f"/calendar/entries/gardening.watering.{day}.ics").content.decode(),
            "unchanged": browser.get(address, headers={"If-None-Match": feed["ETag"]}).status_code,
            "mails": Counter(letter.subject for letter in getattr(mail, "outbox", [])),
        }


def plain(value: Any) -> str:
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else repr(value)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    django.setup()
    print(json.dumps(STEPS[sys.argv[1]](json.loads(sys.argv[2])), default=plain, ensure_ascii=False))
