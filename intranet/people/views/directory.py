"""Everyone's pages: the directory, windows by zone, and the pages of a person, a unit and a window."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.views.generic import TemplateView

from intranet.access import roles
from intranet.access.views import visible_or_404
from intranet.ui.registry import profile_sections

from .. import reach
from ..forms import SearchForm
from ..models import Leadership, Person, Posting, Unit, Window, Zone

PAGE = 40


def unit_tree(user: Any) -> list[dict[str, Any]]:
    """Units top down with the number of people in each (their own, without those below); two queries.

    A flat list with ``depth``, in the order in which it is drawn.
    """
    units = list(Unit.objects.visible_to(user).current())
    counts = Counter(
        Posting.objects.on().filter(person__in=Person.objects.visible_to(user)).values_list("unit_id", flat=True)
    )
    shown = {unit.pk for unit in units}
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id if unit.parent_id in shown else None].append(unit)
    tree: list[dict[str, Any]] = []

    def descend(parent: int | None, depth: int) -> None:
        for unit in below[parent]:
            tree.append({"unit": unit, "depth": depth, "count": counts[unit.pk]})
            descend(unit.pk, depth + 1)

    descend(None, 0)
    return tree


def leading(place: Unit | Window, user: Any) -> Any:
    """Today's appointments of a unit or window; one of a leaver ends on its first day, and is not shown on it."""
    here = Person.objects.visible_to(user).current()
    return place.leaderships.on().filter(person__in=here).select_related("person")


class DirectoryView(TemplateView):
    template_name = "people/directory.html"

    def get_context_data(self, **kwargs):
        form = SearchForm(self.request.GET)
        people = Person.objects.visible_to(self.request.user).current()
        text = form.cleaned_data["q"] if form.is_valid() else form.data["q"]
        found = people.search(text).with_places() if form.is_valid() else people.none()
        page = Paginator(found, PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            form=form, text=text, page_obj=page, tree=unit_tree(self.request.user), **kwargs
        )


class WindowMapView(TemplateView):
    """窗口分布: windows by zone, with who sits there today."""

    template_name = "people/windows.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        here = Person.objects.visible_to(user).current()
        sitting = Posting.objects.on().filter(person__in=here)
        windows = (
            Window.objects.visible_to(user)
            .current()
            .select_related("zone")
            .prefetch_related(
                "units",
                Prefetch(
                    "postings",
                    queryset=sitting.select_related("person").order_by("person__sort_key"),
                    to_attr="sitting",
                ),
                Prefetch(
                    "leaderships",
                    queryset=Leadership.objects.on().filter(person__in=here).select_related("person"),
                    to_attr="heads",
                ),
            )
        )
        by_zone: dict[int | None, list[Window]] = defaultdict(list)
        for window in windows:
            by_zone[window.zone_id].append(window)
        zones = [(zone, by_zone[zone.pk]) for zone in Zone.objects.visible_to(user) if by_zone[zone.pk]]
        return super().get_context_data(zones=zones, unplaced=by_zone[None], **kwargs)


def drawn_sections(request: HttpRequest, of: str, subject: Any) -> list[str]:
    """What the rooms above and the plug-ins say on the page of a person or a window, drawn."""
    drawn = []
    for section in profile_sections(of):
        context = section.context(request, subject)
        if context is not None:
            drawn.append(render_to_string(section.template, {of: subject, **context}, request=request))
    return drawn


class PersonView(TemplateView):
    """A person's page: sections by hook; a leaver's page is only there for those who see leavers."""

    template_name = "people/person.html"

    def get_context_data(self, pk: int, **kwargs):
        people = Person.objects.select_related("user").with_places()
        person = visible_or_404(people, self.request.user, pk=pk)
        return super().get_context_data(
            person=person,
            sections=drawn_sections(self.request, "person", person),
            is_self=reach.person_of(self.request.user) == person,
            is_office=self.request.user.has_role(roles.HR_ADMIN),
            **kwargs,
        )


class UnitView(TemplateView):
    template_name = "people/unit.html"

    def get_context_data(self, pk: int, **kwargs):
        user = self.request.user
        unit = visible_or_404(Unit.objects.select_related("parent"), user, pk=pk)
        people = Person.objects.visible_to(user).current().in_units([unit.pk]).with_places()
        return super().get_context_data(
            unit=unit,
            people=people,
            sections=unit.children.visible_to(user).current(),
            windows=unit.windows.visible_to(user).current().select_related("zone"),
            leaders=leading(unit, user),
            **kwargs,
        )


class WindowView(TemplateView):
    template_name = "people/window.html"

    def get_context_data(self, pk: int, **kwargs):
        user = self.request.user
        window = visible_or_404(Window.objects.select_related("zone"), user, pk=pk)
        return super().get_context_data(
            window=window,
            units=window.units.visible_to(user).current(),
            people=Person.objects.visible_to(user).current().at_window(window).with_places(),
            heads=leading(window, user),
            sections=drawn_sections(self.request, "window", window),
            **kwargs,
        )
