from django.urls import path

from . import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.DeskView.as_view(), name="desk"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("news/", views.section, {"kind": "news"}, name="news"),
    path("notices/", views.section, {"kind": "notices"}, name="notices"),
    path("read/<int:pk>/", views.confirm, name="confirm"),
    path("read/<int:pk>/people/", views.ReadersView.as_view(), name="readers"),
]
