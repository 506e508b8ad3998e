"""Which slips, phones and authenticators are good at present, and the single statements that decide a race."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When

from intranet import clock

# As long as the lock after wrong passwords.
PAUSE = dt.timedelta(minutes=30)


class ActivationSlipQuerySet(models.QuerySet):
    def good(self) -> ActivationSlipQuerySet:
        """Neither used nor run out."""
        return self.filter(used_at__isnull=True, expires_at__gt=clock.now())

    def use(self) -> bool:
        """Use the slip this queryset is about. Of two who try at once the database lets one through."""
        return self.good().update(used_at=clock.now()) == 1


class RememberedPhoneQuerySet(models.QuerySet):
    def good(self) -> RememberedPhoneQuerySet:
        return self.filter(expires_at__gt=clock.now())


class AuthenticatorQuerySet(models.QuerySet):
    def confirmed(self) -> AuthenticatorQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def locked(self) -> AuthenticatorQuerySet:
        """Ten wrong codes in a row, the last less than half an hour ago."""
        since = clock.real_now() - PAUSE
        return self.filter(wrong_tries__gte=settings.AXES_FAILURE_LIMIT, tried_at__gt=since)

    def take_a_try(self) -> bool:
        """Count a try before its code is looked at, so that many at once are at most ten. False: none is left."""
        now = clock.real_now()
        rested = Q(tried_at__isnull=True) | Q(tried_at__lte=now - PAUSE)
        open_for_tries = self.filter(rested | Q(wrong_tries__lt=settings.AXES_FAILURE_LIMIT))
        tries = Case(When(rested, then=Value(1)), default=F("wrong_tries") + 1)
        return open_for_tries.update(wrong_tries=tries, tried_at=now) == 1

    def take_step(self, step: int) -> bool:
        """A code is taken once: the statement moves the mark forward or changes nothing."""
        return self.filter(last_step__lt=step).update(last_step=step, wrong_tries=0) == 1
