"""Contrast of the theme's tokens, computed as WCAG 2 does, in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "intranet" / "ui" / "static" / "ui"

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "teal", "seal") for ground in ("paper", "sheet")],
    ("ink", "sunken"),
    ("ink-soft", "sunken"),
    *[("ink", ground) for ground in ("teal-wash", "amber-wash", "seal-wash", "green-wash")],
    ("on-teal", "teal"),
    ("on-teal", "teal-strong"),
    ("on-seal", "seal"),
    ("on-seal", "problem"),
    ("problem", "paper"),
    ("problem", "sheet"),
    ("problem", "seal-wash"),
    ("seal", "seal-wash"),
    ("teal", "teal-wash"),
    ("teal-strong", "teal-wash"),
    ("amber", "amber-wash"),
    ("green", "green-wash"),
    ("ink-soft", "seal-wash"),
]
SHAPES = [
    ("line-strong", "sheet"),
    ("line-strong", "paper"),
    ("teal", "paper"),
    ("teal", "sheet"),
    ("teal", "sunken"),
]


def tokens(*names: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.update(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (STATIC / name).read_text()))
    return found


LIGHT = tokens("tokens.css")
DARK = tokens("tokens.css", "tokens_dark.css")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_black_on_white_and_a_known_grey():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_frames_and_focus_can_be_seen(theme, shape, ground):
    assert contrast(theme[shape], theme[ground]) >= 3


def test_dark_renames_every_colour_of_light():
    assert set(tokens("tokens_dark.css")) == set(LIGHT)


@pytest.mark.control
def test_a_paler_ink_would_be_noticed():
    assert contrast("#8a857d", LIGHT["paper"]) < 4.5
