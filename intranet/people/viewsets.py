"""Units, zones, windows and bodies in the Wagtail admin."""

from __future__ import annotations

from intranet.access.viewsets import RowModelViewSet

from .models import Body, Unit, Window, Zone


class UnitViewSet(RowModelViewSet):
    model = Unit
    icon = "group"
    add_to_admin_menu = True
    form_fields = ("name", "short_name", "kind", "parent", "order", "office_phone", "retired_on")
    list_display = ("name", "kind", "parent", "retired_on")
    search_fields = ("name", "short_name")
    search_backend_name = None
    ordering = ("order", "name")


class ZoneViewSet(RowModelViewSet):
    model = Zone
    icon = "grip"
    add_to_admin_menu = True
    form_fields = ("name", "order")
    list_display = ("name", "order")
    search_fields = ("name",)
    search_backend_name = None


class WindowViewSet(RowModelViewSet):
    model = Window
    icon = "desktop"
    add_to_admin_menu = True
    form_fields = ("number", "name", "kind", "zone", "units", "retired_on")
    list_display = ("number", "name", "kind", "zone", "retired_on")
    search_fields = ("number", "name")
    search_backend_name = None
    ordering = ("sort_key", "number")


class BodyViewSet(RowModelViewSet):
    model = Body
    icon = "tag"
    add_to_admin_menu = True
    form_fields = ("name", "kind", "parent", "retired_on")
    list_display = ("name", "kind", "parent", "retired_on")
    search_fields = ("name",)
    search_backend_name = None


VIEWSETS = (UnitViewSet, ZoneViewSet, WindowViewSet, BodyViewSet)
