from django.urls import path

from . import views

app_name = "workdays"
urlpatterns = [
    path("", views.YearView.as_view(), name="this_year"),
    path("<int:year>/", views.YearView.as_view(), name="year"),
    path("<int:year>/announced/", views.AnnounceView.as_view(), name="announce"),
    path("import/", views.ImportView.as_view(), name="import"),
    path("day/", views.DayView.as_view(), name="day"),
    path("day/<int:pk>/remove/", views.RemoveDayView.as_view(), name="remove_day"),
]
