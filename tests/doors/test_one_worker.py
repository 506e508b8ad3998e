"""Tests that share a hall go to one worker: each further worker would build, start and walk halls of its own."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.xdist_group("doors")


def test_a_group_stays_together(request):
    """pytest-xdist 3.8 writes the group into a test's id; under pytest 9.2 that is lost, and nothing says so."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    assert request.node.nodeid.endswith("@doors") == shared
