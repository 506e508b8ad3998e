from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_save
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "intranet.access"
    label = "access"
    verbose_name = _("Access")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
        from wagtail.images import get_image_model

        from . import checks, roles, sign_in, wagtail_media  # noqa: F401  (checks register themselves)

        post_migrate.connect(roles.sync_after_migrate, dispatch_uid="access.sync_roles")
        user_logged_in.connect(sign_in.on_signed_in, dispatch_uid="access.signed_in")
        user_logged_out.connect(sign_in.on_signed_out, dispatch_uid="access.signed_out")
        user_login_failed.connect(sign_in.on_refused, dispatch_uid="access.refused")
        user_locked_out.connect(sign_in.on_locked, dispatch_uid="access.locked")
        pre_save.connect(
            wagtail_media.strip_at_upload, sender=get_image_model(), dispatch_uid="access.strip_metadata"
        )
