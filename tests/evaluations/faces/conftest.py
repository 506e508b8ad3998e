"""A hall, and clients signed in as its people; pages are read in English, so that tests compare sentences."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from intranet.access.models import User
from tests.evaluations.hall import Hall, make_hall


@pytest.fixture
def hall(db) -> Hall:
    return make_hall()


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    def sign_in(user: User, language: str = "en") -> Client:
        client = Client()
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return sign_in
