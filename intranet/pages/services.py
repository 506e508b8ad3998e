"""Writing pages: laying out the site, publishing news and notices, confirming a must-read notice."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Collection, Locale, Page, Site, Task, Workflow

from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from .exceptions import NothingToConfirm
from .models import HomePage, NewsPage, NoticePage, ReadReceipt, SectionPage

# Data, not labels: what a new hall starts with and may rename.
HOME = {
    "title": "首页",
    "motto": "立足岗位，服务群众",
    "welcome": "这里是全体窗口工作人员自己的家：通知看得到，学习跟得上，荣誉说得清，困难有人问。",
}
ROOT_TITLE = "根目录"
# What Wagtail's own migrations write, in English.
ROOT_OF_WAGTAIL = "Root"
WORKFLOW_OF_WAGTAIL = "Moderators approval"
SECTIONS = (
    ("news", "中心动态", "news", "中心和各窗口最近发生的事。"),
    ("notices", "通知公告", "notices", "中心印发的通知和公告。"),
    ("rules", "规章制度", "plain", "中心日常管理的各项制度。"),
)


@transaction.atomic
def lay_out_site(*, by: User | None = None) -> HomePage:
    """Make the home page, its sections and the site that serves them; what is there already stays.

    Wagtail's own welcome page is removed when nothing of the hall hangs below it, and so is what else its
    migrations bring in English. May run any number of times.
    """
    home = HomePage.objects.first() or _new_home(by)
    _name_roots()
    _remove_workflow_of_wagtail()
    for slug, title, kind, intro in SECTIONS:
        if not SectionPage.objects.child_of(home).filter(kind=kind).exists():
            home.add_child(
                instance=SectionPage(
                    title=title,
                    slug=_free_slug(home, slug),
                    kind=kind,
                    intro=intro,
                    owner=by,
                    show_in_menus=True,
                )
            )
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
    elif not HomePage.objects.filter(pk=site.root_page_id).exists():
        _replace_welcome(site, home)
    return home


def _new_home(by: User | None) -> HomePage:
    root = Page.get_first_root_node()
    if root is None:
        Locale.objects.get_or_create(language_code="zh-hans")
        root = Page.add_root(title=ROOT_TITLE, slug="root")
    return root.add_child(instance=HomePage(slug=_free_slug(root, "hall"), owner=by, **HOME))


def _name_roots() -> None:
    """Page tree and file collections begin with a Chinese word, unless somebody has given another."""
    if Collection.get_first_root_node() is None:  # a database that `flush` has emptied
        Collection.add_root(name=ROOT_TITLE)
    Page.objects.filter(depth=1, title=ROOT_OF_WAGTAIL).update(title=ROOT_TITLE, draft_title=ROOT_TITLE)
    Collection.objects.filter(depth=1, name=ROOT_OF_WAGTAIL).update(name=ROOT_TITLE)


def _remove_workflow_of_wagtail() -> None:
    """Approvals are switched off here (WAGTAIL_WORKFLOW_ENABLED); one that was ever used stays for its history."""
    Workflow.objects.filter(name=WORKFLOW_OF_WAGTAIL, workflow_states=None).delete()
    Task.objects.filter(name=WORKFLOW_OF_WAGTAIL, task_states=None, workflow_tasks=None).delete()


def _replace_welcome(site: Site, home: HomePage) -> None:
    welcome = site.root_page
    site.root_page = home
    site.save()
    if type(welcome.specific) is Page and welcome.is_leaf() and not welcome.is_root():
        welcome.delete()


def _free_slug(parent: Page, wanted: str) -> str:
    """A slug nobody below ``parent`` has; numbers are added to a taken one."""
    taken = set(parent.get_children().values_list("slug", flat=True))
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _slug_of(title: str) -> str:
    """From the title, in pinyin: an address that can be read aloud on the telephone."""
    # Here, as in intranet.people.pinyin: its dictionaries take half a second at the start of every process.
    from pypinyin import lazy_pinyin

    return slugify(" ".join(lazy_pinyin(title)))[:60].strip("-") or "page"


def paragraphs(text: str) -> list[tuple[str, str]]:
    """Plain text as blocks: a paragraph for each passage between blank lines, nothing read as HTML."""
    passages = [passage.strip() for passage in re.split(r"\n\s*\n", text) if passage.strip()]
    return [("paragraph", str(format_html("<p>{}</p>", passage))) for passage in passages]


def _publish(page: Page, section: SectionPage, by: User | None, at: dt.datetime | None) -> Any:
    page.slug = _free_slug(section, _slug_of(page.title))
    page.owner = by
    section.add_child(instance=page)
    page.save_revision(user=by).publish(user=by)
    if at is not None:
        type(page).objects.filter(pk=page.pk).update(first_published_at=at, last_published_at=at)
        page.refresh_from_db()
    return page


def _section(kind: str) -> SectionPage:
    found = SectionPage.objects.filter(kind=kind).order_by("depth", "path").first()
    if found is None:
        lay_out_site()
        found = SectionPage.objects.filter(kind=kind).order_by("depth", "path").get()
    return found


@transaction.atomic
def publish_notice(
    *,
    title: str,
    text: str,
    issuing_unit: str,
    by: User | None,
    document_number: str = "",
    date: dt.date | None = None,
    must_read: bool = False,
    addressees: str = "",
    published_at: dt.datetime | None = None,
) -> NoticePage:
    """Put a notice up under 通知公告. ``text`` is plain, blank lines part the paragraphs."""
    notice = NoticePage(
        title=title,
        document_number=document_number,
        issuing_unit=issuing_unit,
        date=date or clock.today(),
        must_read=must_read,
        addressees=addressees,
        body=paragraphs(text),
    )
    return _publish(notice, _section(SectionPage.Kind.NOTICES), by, published_at)


@transaction.atomic
def publish_news(
    *,
    title: str,
    text: str,
    by: User | None,
    summary: str = "",
    source: str = "",
    date: dt.date | None = None,
    picture: Any = None,
    published_at: dt.datetime | None = None,
) -> NewsPage:
    """Publish a news item under 中心动态. ``text`` is plain, blank lines part the paragraphs."""
    news = NewsPage(
        title=title,
        summary=summary,
        source=source,
        date=date or clock.today(),
        picture=picture,
        body=paragraphs(text),
    )
    return _publish(news, _section(SectionPage.Kind.NEWS), by, published_at)


@transaction.atomic
def draft_news(*, key: str, title: str, text: str, by: User | None, summary: str = "") -> NewsPage | None:
    """A news item that waits under 中心动态 for an editor; nothing is published. ``text`` as in ``publish_news``.

    ``key`` becomes its address; when there is one below it already nothing is made, and None comes back.
    """
    section, slug = _section(SectionPage.Kind.NEWS), slugify(key)
    if section.get_children().filter(slug=slug).exists():
        return None
    news = NewsPage(title=title, slug=slug, summary=summary, body=paragraphs(text), live=False, owner=by)
    section.add_child(instance=news)
    news.save_revision(user=by)
    return news


def confirm_read(*, notice: NoticePage, by: User) -> bool:
    """Record that someone has read a must-read notice. False if they had confirmed it before.

    Raises NothingToConfirm for a notice that is not published or asks nobody to confirm it.
    """
    if not notice.live or not notice.must_read:
        raise NothingToConfirm(_("This notice does not need to be confirmed. You may simply close the page."))
    try:
        with transaction.atomic():
            receipt = ReadReceipt.objects.create(notice=notice, user=by, read_at=clock.now())
            audit.record("pages.confirm_read", receipt, by=by)
    except IntegrityError:
        # The other tab was quicker: the unique key holds, and the person has what they wanted.
        return False
    return True
