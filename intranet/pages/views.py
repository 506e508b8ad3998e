"""My desk, search, the two sections the menu names, and confirming a must-read notice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView
from wagtail.models import Page
from wagtail.views import serve

from intranet.access.exceptions import RuleError
from intranet.access.roles import SITE_EDITOR
from intranet.access.views import RolesRequiredMixin, show_rule_error, visible_or_404

from .desk import desk
from .finding import body_texts, found_pages, found_people, highlighted, snippet
from .models import PER_PAGE, NoticePage, SectionPage
from .reading import readers_of
from .services import confirm_read

QUERY_LENGTH = 100


@method_decorator(never_cache, name="dispatch")
class DeskView(TemplateView):
    template_name = "pages/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **desk(self.request)}


@require_safe
def section(request: HttpRequest, kind: str) -> HttpResponse:
    """The section of a kind, wherever the editors have moved it."""
    found = SectionPage.objects.visible_to(request.user).filter(kind=kind).order_by("depth", "path").first()
    if found is None:
        raise Http404
    url = found.get_url(request)
    if url == request.path:
        return serve(request, request.path.lstrip("/"))
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{url}?{query}" if query else url)


class SearchView(TemplateView):
    template_name = "pages/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:QUERY_LENGTH]
        context = {**super().get_context_data(**kwargs), "query": text}
        if not text:
            return context
        pages = Paginator(found_pages(text, self.request.user), PER_PAGE).get_page(self.request.GET.get("page"))
        rows = [self._row(page, text) for page in self._specific(pages)]
        people = found_people(text, self.request.user) if pages.number == 1 else []
        people = [(person, highlighted(person.name, text)) for person in people]
        return {**context, "page_obj": pages, "rows": rows, "people": people}

    @staticmethod
    def _specific(pages: Any) -> list[Any]:
        """The found pages as what they are, in the order found; one query for each kind of page."""
        order = [page.pk for page in pages]
        by_key = {page.pk: page for page in Page.objects.filter(pk__in=order).specific()}
        return [by_key[key] for key in order if key in by_key]

    def _row(self, page: Any, text: str) -> dict[str, Any]:
        return {
            "url": page.get_url(self.request),
            "title": highlighted(page.title, text),
            "kind": page.get_verbose_name(),
            "date": getattr(page, "date", None),
            "snippet": snippet(body_texts(page), text),
        }


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The button 已阅 on a must-read notice."""
    notice = visible_or_404(NoticePage, request.user, pk=pk)
    try:
        confirmed = confirm_read(notice=notice, by=request.user)
    except RuleError as error:
        show_rule_error(request, error)
    else:
        thanks, before = _("Thank you, it is recorded that you have read this."), _("You had confirmed it before.")
        messages.success(request, thanks if confirmed else before)
    return redirect(notice.get_url(request))


class ReadersView(RolesRequiredMixin, TemplateView):
    """Who has read a must-read notice, and who has not; for the editors."""

    roles = (SITE_EDITOR,)
    template_name = "pages/readers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = visible_or_404(NoticePage.objects.must_read(), self.request.user, pk=self.kwargs["pk"])
        return {**super().get_context_data(**kwargs), "notice": notice, **readers_of(notice)}


def home(request: HttpRequest) -> HttpResponse:
    """The home page, by the name the menu can use."""
    return serve(request, "")
