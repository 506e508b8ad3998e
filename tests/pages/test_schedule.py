"""Pages go up and come down when the hall's clock says so, also in a rehearsal and beside a taken-out plug-in."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, PageLogEntry, Revision

from intranet import clock
from intranet.pages.jobs import publish_scheduled
from intranet.pages.models import NoticePage, SectionPage

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def scheduled(title="预定", slug="later", after=DAY):
    section = SectionPage.objects.get(kind="notices")
    page = section.add_child(instance=NoticePage(title=title, slug=slug, issuing_unit="办", live=False))
    page.go_live_at = clock.now() + after
    page.save_revision().publish()
    return page


def shown(user):
    return [notice.title for notice in NoticePage.objects.visible_to(user).newest()]


def test_it_goes_up_on_its_day_and_once(clerk):
    page = scheduled()
    publish_scheduled(page.go_live_at - dt.timedelta(seconds=1))
    assert shown(clerk) == []
    publish_scheduled(page.go_live_at)
    publish_scheduled(page.go_live_at + DAY)
    assert shown(clerk) == ["预定"]
    assert PageLogEntry.objects.filter(page=page, action="wagtail.publish.scheduled").count() == 1


def test_a_rehearsal_of_next_year_publishes_next_years_notice(clerk):
    page = scheduled(after=400 * DAY)
    with clock.at(page.go_live_at + DAY):
        publish_scheduled(clock.now())
    assert shown(clerk) == ["预定"]


def test_what_stands_already_is_replaced_by_the_scheduled_text(notice, clerk):
    made = NoticePage.objects.get(pk=notice("旧题").pk)
    made.title, made.go_live_at = "新题", clock.now() + DAY
    made.save_revision().publish()
    assert shown(clerk) == ["旧题"]
    publish_scheduled(made.go_live_at)
    assert shown(clerk) == ["新题"]


def test_it_comes_down_when_it_expires(notice, clerk):
    made = notice("限时")
    made.expire_at = clock.now() + DAY
    made.save_revision().publish()
    publish_scheduled(made.expire_at - dt.timedelta(seconds=1))
    assert shown(clerk) == ["限时"]
    publish_scheduled(made.expire_at)
    assert shown(clerk) == []
    made.refresh_from_db()
    assert made.expired


def test_pages_of_an_absent_application_stop_nobody(clerk, notice):
    kind = ContentType.objects.create(app_label="absent", model="absentpage")
    strange, gone, ours = scheduled("外来", "strange", DAY), notice("外来过期"), scheduled("预定", "later", 2 * DAY)
    gone.expire_at = clock.now() + DAY
    gone.save_revision().publish()
    Page.objects.filter(pk__in=[strange.pk, gone.pk]).update(content_type=kind)
    kept = strange.revisions.get()
    Revision.objects.filter(pk=kept.pk).update(content_type=kind)
    publish_scheduled(clock.now() + 3 * DAY)
    assert shown(clerk) == ["预定"]
    assert Page.objects.get(pk=ours.pk).live
    assert Page.objects.get(pk=gone.pk).live
    kept.refresh_from_db()
    assert kept.approved_go_live_at is not None
