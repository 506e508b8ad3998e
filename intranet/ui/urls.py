from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("appearance/", views.appearance, name="appearance"),
    path("ui/", views.gallery, name="gallery"),
]
