from django.urls import path

from . import views

app_name = "sheets"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("<int:pk>/", views.preview, name="preview"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/receipt/", views.receipt, name="receipt"),
    path("<int:pk>/problems/", views.problems, name="problems"),
    path("export/<slug:key>/", views.export, name="export"),
    path("export/<slug:key>/private/", views.export_private, name="export_private"),
    path("template/<slug:key>/", views.template, name="template"),
]
