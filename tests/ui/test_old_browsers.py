"""Our style sheets and scripts hold nothing that Chromium 86 (360, UOS, WeChat) does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What came after Chromium 86, with the version that brought it.
NEW_CSS = {
    r":has\(": 105,
    r":is\(|:where\(": 88,
    r"(?<![-\w])inset(-inline|-block)?\s*:": 87,
    r"aspect-ratio\s*:": 88,
    r"color-mix\(|oklch\(|\blab\(|\blch\(": 111,
    r"@layer|@container|@scope|@property\b": 99,
    r"\d(d|s|l)v(h|w|min|max)\b": 108,
    r"accent-color\s*:": 93,
    r"(?<![-\w])translate\s*:|(?<![-\w])rotate\s*:|(?<![-\w])scale\s*:": 104,
    r"text-wrap\s*:|word-break\s*:\s*auto-phrase": 114,
    r"^\s*&|\{\s*&": 112,
    r"content-visibility|overflow\s*:\s*clip": 90,
    r"\(width\s*[<>]|\(height\s*[<>]": 104,
    r"light-dark\(": 123,
    r"(linear|radial|conic)-gradient\(": "never: the house has no gradients",
    r"https?://|@import": "never: nothing from outside, every sheet linked by name",
}
NEW_JS = {
    r"\.at\(": 92,
    r"Object\.hasOwn\(": 93,
    r"structuredClone\(": 98,
    r"\.findLast": 97,
    r"\.toSorted\(|\.toReversed\(|\.with\(": 110,
    r"\bstatic\s*\{": 94,
    r"crypto\.randomUUID": 92,
    r"AbortSignal\.(any|timeout)": 103,
    r"\.showPopover\(|\.showPicker\(": 99,
    r"Array\.fromAsync|Object\.groupBy|Promise\.withResolvers": 117,
    r"startViewTransition": 111,
    r"^\s*await\s": 89,
    r"\beval\(|new Function\(": "never: the content security policy refuses it",
}


def own_files(ending: str) -> list[Path]:
    return sorted(
        path
        for path in [*ROOT.glob(f"*/static/**/*.{ending}"), *ROOT.glob(f"intranet/*/static/**/*.{ending}")]
        if not {".venv", "var", "node_modules"} & set(path.relative_to(ROOT).parts)
    )


def too_new(text: str, features: dict[str, object]) -> list[str]:
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return [pattern for pattern in features if re.search(pattern, bare, flags=re.M)]


def test_the_scan_finds_files():
    assert {"tokens.css", "print.css"} <= {path.name for path in own_files("css")}
    assert "ui.js" in {path.name for path in own_files("js")}


@pytest.mark.parametrize("path", own_files("css"), ids=lambda path: str(path.relative_to(ROOT)))
def test_style_sheets(path):
    assert too_new(path.read_text(encoding="utf-8"), NEW_CSS) == []


@pytest.mark.parametrize("path", own_files("js"), ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts(path):
    assert too_new(path.read_text(encoding="utf-8"), NEW_JS) == []


@pytest.mark.parametrize("path", own_files("css"), ids=lambda path: str(path.relative_to(ROOT)))
def test_style_sheets_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.control
@pytest.mark.parametrize(
    "text",
    [
        "a:has(b){}",
        "a{inset:0}",
        "a{inset-inline: 0}",
        "a{height:100dvh}",
        "@layer x{}",
        "a{\n  &:hover{}\n}",
        "a{accent-color: red}",
        "a{background: linear-gradient(red, blue)}",
        "@media (width >= 3em){}",
    ],
)
def test_a_new_feature_would_be_noticed(text):
    assert too_new(text, NEW_CSS)


@pytest.mark.control
@pytest.mark.parametrize("text", ["list.at(-1)", "eval('1')", "class A { static { } }"])
def test_a_new_script_feature_would_be_noticed(text):
    assert too_new(text, NEW_JS)
