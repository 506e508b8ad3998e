from django.urls import path

from .views import board, incidents

app_name = "figures"
urlpatterns = [
    path("", board.BoardView.as_view(), name="board"),
    path("windows/<int:pk>/", board.WindowFiguresView.as_view(), name="window"),
    path("incidents/", incidents.IncidentsView.as_view(), name="incidents"),
    path("incidents/new/", incidents.NewIncidentView.as_view(), name="new_incident"),
    path("incidents/<int:pk>/", incidents.IncidentView.as_view(), name="incident"),
    path("incidents/<int:pk>/decide/", incidents.DecideView.as_view(), name="decide_incident"),
    path("incidents/<int:pk>/appeal/", incidents.AppealView.as_view(), name="appeal_incident"),
    path("incidents/<int:pk>/settle/", incidents.SettleView.as_view(), name="settle_appeal"),
]
