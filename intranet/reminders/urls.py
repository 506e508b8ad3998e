from django.urls import path

from . import views

app_name = "reminders"
urlpatterns = [
    path("inbox/", views.InboxView.as_view(), name="inbox"),
    path("inbox/<int:pk>/", views.message, name="message"),
    path("inbox/read-all/", views.read_all, name="read_all"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
