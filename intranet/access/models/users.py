"""Users and the roles they hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import pins
from ..roles import with_officer_rights


class User(AbstractUser):
    """Someone who signs in. The staff number is the usual user name; ``name`` is shown."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    must_change_password = models.BooleanField(_("must change password"), default=False)
    # Made by the demo hall: its password is known, so production never has one.
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    # The password is a six-digit PIN (see ``pins.py``).
    has_pin = models.BooleanField(_("signs in with a PIN"), default=False, editable=False)
    # Wrong PINs in a row from phones that are not remembered; counted before each try is looked at.
    wrong_pins = models.PositiveSmallIntegerField(default=0, editable=False)
    # Since when a second factor is asked for; a session is good for the factor of this instant only.
    second_factor_since = models.DateTimeField(null=True, blank=True, editable=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.username

    @classmethod
    def username_meant(cls, typed: str) -> str:
        """The user name that somebody means who types it in small letters or full width, if one account alone fits;
        what was typed otherwise. One query whoever is meant, so that its time tells nothing.
        """
        plain = unicodedata.normalize("NFKC", typed.replace("\0", "")[:150]).strip()
        fitting = list(cls.objects.filter(username__iexact=plain).values_list("username", flat=True)[:20])
        return fitting[0] if len(fitting) == 1 and plain not in fitting else plain

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.has_pin = False

    def set_pin(self, pin: str) -> None:
        """Six digits instead of a password; whether they may be is asked before (``pins.fault``)."""
        super().set_password(pins.steeped(pin)[0])
        self.has_pin = True

    def check_password(self, raw_password: str) -> bool:
        if not self.has_pin:
            return super().check_password(raw_password)
        return any(check_password(each, self.password) for each in pins.steeped(raw_password))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What kind of secret the password is goes into the database together with it."""
        if "password" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "has_pin"}
        super().save(*args, **kwargs)

    @property
    def has_officer_rights(self) -> bool:
        return with_officer_rights(self.role_keys)

    def has_role(self, *keys: str) -> bool:
        """Whether the person holds any of these roles; one query a request, remembered."""
        return bool(self.role_keys & set(keys))

    def know_roles(self, keys: Iterable[str]) -> None:
        """Take the role keys from whoever has read them together with the account, and ask no more."""
        self._role_keys = frozenset(keys) if self.is_active else frozenset()

    @property
    def role_keys(self) -> frozenset[str]:
        if not hasattr(self, "_role_keys"):
            self._role_keys = (
                frozenset(Role.objects.filter(group__user=self).values_list("key", flat=True))
                if self.is_active
                else frozenset()
            )
        return self._role_keys


class Role(models.Model):
    """A hall-wide role (see ``roles.py``), tied to the Wagtail group that carries its permissions."""

    key = models.SlugField(_("key"), unique=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="role", verbose_name=_("group"))

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.key
