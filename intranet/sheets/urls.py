from django.urls import path

from . import views
from .views import previews

app_name = "sheets"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("<int:pk>/", previews.preview, name="preview"),
    path("<int:pk>/progress/", previews.progress, name="progress"),
    path("<int:pk>/confirm/", previews.confirm, name="confirm"),
    path("<int:pk>/problems/", previews.problems, name="problems"),
    path("<int:pk>/receipt/", views.receipt, name="receipt"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("headings/<int:pk>/forget/", views.forget_heading, name="forget_heading"),
    path("export/<slug:key>/", views.export, name="export"),
    path("export/<slug:key>/private/", views.export_private, name="export_private"),
    path("template/<slug:key>/", views.template, name="template"),
]
