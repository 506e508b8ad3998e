from django.urls import path

from . import group_views, officer_views, robot_views, views

app_name = "reminders"
urlpatterns = [
    path("inbox/", views.InboxView.as_view(), name="inbox"),
    path("inbox/<int:pk>/", views.message, name="message"),
    path("inbox/read-all/", views.read_all, name="read_all"),
    path("inbox/wishes/", views.WishesView.as_view(), name="wishes"),
    path("reminders/", officer_views.OutlookView.as_view(), name="outlook"),
    path(
        "reminders/occasions/<str:rule>/<str:occasion>/<path:object>/",
        officer_views.OccasionView.as_view(),
        name="occasion",
    ),
    path("reminders/kinds/", officer_views.KindsView.as_view(), name="kinds"),
    path("reminders/kinds/<str:rule>/", officer_views.KindView.as_view(), name="kind"),
    path("reminders/kinds/<str:rule>/<str:language>/", officer_views.TextView.as_view(), name="text"),
    path("group-picture/<str:token>/", group_views.group_picture, name="group_picture"),
    path("group-robots/", robot_views.RobotList.as_view(), name="robots"),
    path("group-robots/new/", robot_views.RobotNew.as_view(), name="robot_new"),
    path("group-robots/<int:pk>/", robot_views.RobotPage.as_view(), name="robot"),
    path("group-robots/<int:pk>/edit/", robot_views.RobotEdit.as_view(), name="robot_edit"),
    path("group-robots/posts/<int:pk>/", robot_views.post_deed, name="group_post"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
