from django.urls import path

from . import views

app_name = "calendars"
urlpatterns = [
    path("calendar/", views.month, name="month"),
    path("calendar/week/", views.week, name="week"),
    path("calendar/agenda/", views.agenda, name="agenda"),
    path("calendar/entries/<path:uid>.ics", views.single_entry, name="entry"),
    path("calendar/subscribe/", views.subscriptions, name="subscriptions"),
    path("calendar/subscribe/<int:pk>/change/", views.change, name="change"),
    path("calendar/subscribe/<int:pk>/end/", views.end, name="end"),
    path("calendar/subscribe/<int:pk>/renew/", views.renew, name="renew"),
    path("feeds/<str:token>.ics", views.feed, name="feed"),
]
