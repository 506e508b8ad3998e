from django.urls import path

from . import account_views, activation_views, audit_views, confirm, files, own_account_views

app_name = "access"
urlpatterns = [
    path("sign-in/", account_views.SignIn.as_view(), name="sign_in"),
    path("sign-in/help/", account_views.sign_in_help, name="sign_in_help"),
    path("sign-out/", account_views.SignOut.as_view(), name="sign_out"),
    path("sign-in/code/", own_account_views.SecondFactor.as_view(), name="second_factor"),
    path("activate/", activation_views.Activate.as_view(), name="activate"),
    path("activate/choose/", activation_views.ChooseSecret.as_view(), name="activate_choose"),
    path("account/", own_account_views.OwnAccount.as_view(), name="own_account"),
    path("account/two-factors/", own_account_views.TwoFactors.as_view(), name="two_factors"),
    path("password/", account_views.PasswordChange.as_view(), name="password"),
    path("confirm-password/", confirm.ConfirmPassword.as_view(), name="confirm_password"),
    path("accounts/", account_views.Accounts.as_view(), name="accounts"),
    path("accounts/<int:pk>/", account_views.Account.as_view(), name="account"),
    path("audit/", audit_views.AuditLog.as_view(), name="audit"),
    path("audit/export.csv", audit_views.AuditExport.as_view(), name="audit_export"),
    path("files/<path:path>", files.file, name="file"),
    # Wagtail's own doors lead to ours.
    path("admin/login/", account_views.to_sign_in, name="wagtail_login"),
    path("admin/password_reset/", account_views.to_sign_in_help, name="wagtail_password_reset"),
    path("admin/account/", account_views.DeskAccount.as_view(), name="wagtail_account"),
    path("_util/login/", account_views.to_sign_in, name="wagtail_frontend_login"),
]
