from django.urls import path

from .views import appointments, corrections, directory, identity, own, postings, register, slips

app_name = "people"
urlpatterns = [
    path("", directory.DirectoryView.as_view(), name="directory"),
    path("windows/", directory.WindowMapView.as_view(), name="windows"),
    path("windows/<int:pk>/", directory.WindowView.as_view(), name="window"),
    path("units/<int:pk>/", directory.UnitView.as_view(), name="unit"),
    path("<int:pk>/", directory.PersonView.as_view(), name="person"),
    path("me/", own.OwnDataView.as_view(), name="me"),
    path("me/correction/", own.AskCorrectionView.as_view(), name="ask_correction"),
    path("me/export/", own.ExportOwnView.as_view(), name="export_own"),
    path("register/", register.RegisterView.as_view(), name="register"),
    path("register/add/", register.AddPersonView.as_view(), name="add"),
    path("<int:pk>/edit/", register.EditPersonView.as_view(), name="edit"),
    path("<int:pk>/enter/", postings.EnterView.as_view(), name="enter"),
    path("<int:pk>/transfer/", postings.TransferView.as_view(), name="transfer"),
    path("<int:pk>/withdraw/", postings.WithdrawView.as_view(), name="withdraw"),
    path("<int:pk>/appoint/", appointments.AppointView.as_view(), name="appoint"),
    path("<int:pk>/join/", appointments.JoinView.as_view(), name="join"),
    path("<int:pk>/account/", slips.OpenAccountView.as_view(), name="open_account"),
    path("<int:pk>/reset/", slips.ResetView.as_view(), name="reset"),
    path("slips/", slips.SlipsView.as_view(), name="slips"),
    path("<int:pk>/identity/", identity.ShowNumberView.as_view(), name="identity"),
    path("disclosures/", identity.DisclosuresView.as_view(), name="disclosures"),
    path("appointments/<int:pk>/end/", appointments.DismissView.as_view(), name="dismiss"),
    path("memberships/<int:pk>/end/", appointments.LeaveView.as_view(), name="leave"),
    path("corrections/", corrections.CorrectionsView.as_view(), name="corrections"),
    path("corrections/<int:pk>/", corrections.CorrectionView.as_view(), name="correction"),
]
