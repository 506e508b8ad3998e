"""What lets somebody in besides the password: a slip, a remembered phone, a second factor. Only hashes and sealed
values are kept.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import ActivationSlipQuerySet, AuthenticatorQuerySet, RememberedPhoneQuerySet


class ActivationSlip(models.Model):
    """The one-time code on the slip somebody was given. One row a person: a new slip replaces the old one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activation_slip")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = ActivationSlipQuerySet.as_manager()

    class Meta:
        verbose_name = _("activation slip")
        verbose_name_plural = _("activation slips")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class RememberedPhone(models.Model):
    """A browser that its owner called their own: it stays signed in, and has wrong tries of its own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="remembered_phones")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("device"), max_length=60)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = RememberedPhoneQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("remembered phone")
        verbose_name_plural = _("remembered phones")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Authenticator(models.Model):
    """The app on somebody's phone that shows six digits every half minute (RFC 6238).

    ``last_step`` is the half minute of the last code taken: neither it nor an earlier one is taken again.
    ``wrong_tries`` counts those since ``tried_at``; see ``AuthenticatorQuerySet.take_a_try``.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator")
    sealed_key = models.TextField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = AuthenticatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("authenticator")
        verbose_name_plural = _("authenticators")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class RecoveryCode(models.Model):
    """One of ten codes for the day when the phone is not at hand; each works once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="access_recovery_code_once")]
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
