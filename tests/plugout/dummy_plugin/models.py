"""What a plug-in of somebody else may do to the ground: a page type, and keys to people, users and pages."""

from django.conf import settings
from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index


class DummyPage(Page):
    text = RichTextField(blank=True)

    content_panels = [*Page.content_panels, "text"]
    search_fields = [*Page.search_fields, index.SearchField("text")]


class DummyRow(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.note
