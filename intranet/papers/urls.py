from django.urls import path

from . import template_views, views

app_name = "papers"
urlpatterns = [
    path("", views.PapersView.as_view(), name="papers"),
    path("new/<str:key>/", views.MakeView.as_view(), name="make"),
    path("new/<str:key>/take/", views.take, name="take"),
    path("<int:pk>/", views.PaperView.as_view(), name="paper"),
    path("<int:pk>/file/", views.download, name="download"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("templates/<str:key>/", template_views.TemplateView.as_view(), name="template"),
    path("templates/<str:key>/file/", template_views.in_use, name="template_file"),
    path("templates/<str:key>/example/", template_views.tried, name="template_example"),
    path("templates/<str:key>/default/", template_views.back_to_default, name="template_default"),
    path("templates/again/<int:pk>/", template_views.use_again, name="template_again"),
]
