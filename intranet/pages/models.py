"""The kinds of pages the ground has: home, section, news, notice; and who has read a notice."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page
from wagtail.search import index

from intranet import clock
from intranet.access.roles import SITE_EDITOR
from intranet.reminders.group_notices import spoken

from .blocks import HallBlocks
from .group_notices import group_text, may_pass_on
from .querysets import HallPageManager, NewsManager, NoticeManager, visible_pages

PER_PAGE = 12


def listed(request: HttpRequest, rows: Any) -> ListPage:
    """One page of a list, from ``?page=``; a number out of range shows the nearest page."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def writes(request: HttpRequest, page: Page) -> bool:
    """Whether to show the editor's links. A preview of a page not yet kept has nothing to link to."""
    return page.pk is not None and request.user.has_role(SITE_EDITOR)


class HomePage(Page):
    """The first page after the desk: a word of welcome, the motto, what is new."""

    welcome = models.TextField(_("words of welcome"), blank=True, validators=[MaxLengthValidator(400)])
    motto = models.CharField(_("motto"), max_length=60, blank=True)
    body = StreamField(HallBlocks(), verbose_name=_("text"), blank=True)

    objects = HallPageManager()

    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("welcome"), FieldPanel("motto"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("welcome"), index.SearchField("body")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        notices = NoticePage.objects.visible_to(request.user).with_read_mark(request.user)
        return {
            **super().get_context(request, *args, **kwargs),
            "notices": notices.newest()[:6],
            "must_read": notices.must_read().filter(is_read=False).newest()[:5],
            "news": NewsPage.objects.visible_to(request.user).with_pictures().newest()[:4],
        }


class SectionPage(Page):
    """中心动态, 通知公告, or a page of plain text such as the seven rules; lists what lies below it."""

    class Kind(models.TextChoices):
        PLAIN = "plain", _("Text and the pages below it")
        NEWS = "news", _("News with pictures")
        NOTICES = "notices", _("Notices by date")

    kind = models.CharField(_("what it lists"), max_length=10, choices=Kind.choices, default=Kind.PLAIN)
    intro = models.CharField(_("one sentence on top"), max_length=160, blank=True)
    body = StreamField(HallBlocks(), verbose_name=_("text"), blank=True)

    objects = HallPageManager()

    parent_page_types = ["pages.HomePage", "pages.SectionPage"]
    content_panels = [*Page.content_panels, FieldPanel("kind"), FieldPanel("intro"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return f"pages/section_{self.kind}.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["writes"] = writes(request, self)
        if self.kind == self.Kind.PLAIN:
            return {**context, "below": visible_pages(self.get_children(), request.user).order_by("path")}
        if self.kind == self.Kind.NEWS:
            rows = NewsPage.objects.child_of(self).visible_to(request.user).with_pictures()
        else:
            rows = NoticePage.objects.child_of(self).visible_to(request.user).with_read_mark(request.user)
        year = request.GET.get("year", "")
        years = rows.years()
        chosen = next((one for one in years if str(one) == year), None)
        rows = rows.of_year(chosen) if chosen else rows
        return {**context, "years": years, "year": chosen, "page_obj": listed(request, rows.newest())}


class NewsPage(Page):
    """What happened at the hall, with a picture if there is one."""

    date = models.DateField(_("date"), default=clock.today)
    summary = models.CharField(_("summary"), max_length=200, blank=True)
    source = models.CharField(_("reported by"), max_length=80, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    body = StreamField(HallBlocks(), verbose_name=_("text"), blank=True)

    objects = NewsManager()

    parent_page_types = ["pages.SectionPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("date"), FieldPanel("source")], heading=_("When and who")),
        FieldPanel("summary"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("source"),
        index.SearchField("body"),
        index.FilterField("date"),
    ]

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")


class NoticePage(Page):
    """An official notice: number, issuing unit, date, text, attachments; perhaps one everyone must confirm."""

    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    issuing_unit = models.CharField(_("issuing unit"), max_length=80)
    date = models.DateField(_("date of issue"), default=clock.today)
    must_read = models.BooleanField(
        _("must read"), default=False, help_text=_("Everyone is asked to confirm that they have read it.")
    )
    addressees = models.CharField(_("addressed to"), max_length=160, blank=True)
    body = StreamField(HallBlocks(), verbose_name=_("text"))

    objects = NoticeManager()

    parent_page_types = ["pages.SectionPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("document_number"),
                FieldPanel("issuing_unit"),
                FieldPanel("date"),
                FieldPanel("must_read"),
            ],
            heading=_("Head of the notice"),
        ),
        FieldPanel("addressees"),
        FieldPanel("body"),
        InlinePanel("attachments", heading=_("Attachments"), label=_("Attachment")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("document_number"),
        index.SearchField("issuing_unit"),
        index.SearchField("addressees"),
        index.SearchField("body"),
        index.FilterField("date"),
        index.FilterField("must_read"),
    ]

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        receipt = None
        if self.must_read and self.pk and request.user.is_authenticated:
            receipt = self.receipts.filter(user=request.user).first()
        return {
            **super().get_context(request, *args, **kwargs),
            "receipt": receipt,
            "attachments": self.attachments.select_related("document"),
            "sees_receipts": self.must_read and writes(request, self),
            "group_text": spoken(group_text, self) if may_pass_on(request.user, self) else None,
            "writes": writes(request, self),
        }


class NoticeAttachment(Orderable):
    """A file hung below a notice."""

    notice = ParentalKey(NoticePage, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(
        "wagtaildocs.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    title = models.CharField(_("shown as"), max_length=120, blank=True)

    panels = [FieldPanel("document"), FieldPanel("title")]

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.title or self.document.title


class ReadReceipt(models.Model):
    """Someone has confirmed a must-read notice; once, and not taken back."""

    notice = models.ForeignKey(NoticePage, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read on"))

    # Who has read what is nobody's business in the editor's "where is this used".
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="pages_receipt_once")]
        verbose_name = _("read receipt")
        verbose_name_plural = _("read receipts")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
