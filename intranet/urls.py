"""Addresses: the ground's rooms, what plug-ins give, Wagtail's desk for editors, and pages last."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from intranet.socket import collect

urlpatterns = [
    path("", include("intranet.access.urls")),
    path("", include("intranet.ui.urls")),
    path("", include("intranet.reminders.urls")),
    path("", include("intranet.calendars.urls")),
    path("papers/", include("intranet.papers.urls")),
    path("sheets/", include("intranet.sheets.urls")),
    path("days/", include("intranet.workdays.urls")),
    path("people/", include("intranet.people.urls")),
    path("figures/", include("intranet.figures.urls")),
    path("", include("intranet.pages.urls")),
    *[path(given.prefix, include((given.module, given.key))) for given in collect("register_site_urls").values()],
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include(wagtail_urls)),
]

handler403 = "intranet.ui.views.forbidden"
handler404 = "intranet.ui.views.missing"
handler500 = "intranet.ui.views.broken"

if settings.DEBUG:
    from django.contrib.staticfiles.urls import staticfiles_urlpatterns

    urlpatterns = [*staticfiles_urlpatterns(), *urlpatterns]
