"""Messages are compared in English; the tests of pages choose their own language."""

from __future__ import annotations

import pytest
from django.utils import translation


@pytest.fixture
def english():
    with translation.override("en"):
        yield
