"""Who somebody is: by password, by PIN, or by a slip. The lock that stands before counts the tries."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.http import HttpRequest

from . import phones
from .models import User
from .services import take_pin_try
from .services.slips import slip_for


class HallBackend(ModelBackend):
    """A password opens the account anywhere. A PIN too, but from phones that are not remembered only ten wrong ones
    in a row are let through, from wherever: with six digits a hundred would be too many.
    """

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> Any:
        if username is None or password is None:
            return None
        username = User.username_meant(username)
        owner = User.objects.filter(username=username, has_pin=True, is_active=True).first()
        if owner is not None and not phones.is_known(request, owner) and not take_pin_try(owner):
            User().set_password(password)  # as long as a try takes
            return None
        return super().authenticate(request, username=username, password=password, **kwargs)


class SlipBackend(BaseBackend):
    """The account a slip is for, open or not; only the page for slips asks this."""

    def authenticate(self, request: HttpRequest | None, username: str = "", slip_secret: str = "") -> User | None:
        user = User.objects.filter(username=User.username_meant(username)).first()
        # The same steps for a name that nobody has.
        slip = slip_for(user or User(pk=0), slip_secret)
        if user is None or slip is None:
            return None
        user.slip_in_hand = slip  # type: ignore[attr-defined]
        return user
