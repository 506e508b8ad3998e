"""The site, and over requests for correction: a row viewset, a row chooser, and Wagtail's own viewset beside them."""

from django.urls import include, path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.utils.urlpatterns import decorate_urlpatterns

from intranet.access.viewsets import RowChooserViewSet, RowModelViewSet
from intranet.people.models import CorrectionRequest
from intranet.urls import handler403, handler404, handler500  # noqa: F401
from intranet.urls import urlpatterns as site

SHARED = {
    "model": CorrectionRequest,
    "form_fields": ["person", "field", "text"],
    "list_display": ["text", "field"],
    "list_export": ["text"],
    "list_filter": ["person"],
    "search_fields": ["text"],
    "search_backend_name": None,
    "inspect_view_enabled": True,
    "inspect_view_fields": ["text"],
    "icon": "edit",
}


class Rows(RowModelViewSet):
    pass


for name, value in SHARED.items():
    setattr(Rows, name, value)
Plain = type("Plain", (ModelViewSet,), SHARED)


class Chooser(RowChooserViewSet):
    model = CorrectionRequest
    form_fields = ["person", "field", "text"]
    register_widget = False


rows, plain, chooser = Rows("rows"), Plain("plain"), Chooser("row_chooser")
urlpatterns = [
    *decorate_urlpatterns(
        [
            path(f"admin/{viewset.name}/", include((viewset.get_urlpatterns(), viewset.url_namespace)))
            for viewset in (rows, plain, chooser)
        ],
        require_admin_access,
    ),
    *site,
]
