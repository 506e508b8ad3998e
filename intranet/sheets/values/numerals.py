"""Numbers in Chinese characters."""

from __future__ import annotations

DIGITS = {mark: value for value, mark in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}


def chinese_number(text: str) -> int | None:
    """十二 → 12, 二百零五 → 205, 一万二千 → 12000, a digit → itself; None for anything else."""
    if not text:
        return None
    if text.isascii():
        return int(text) if text.isdigit() and len(text) < 13 else None
    total = group = digit = 0
    for mark in text:
        if mark in DIGITS:
            digit = DIGITS[mark]
        elif mark in PLACES:
            group += (digit or 1) * PLACES[mark]
            digit = 0
        elif mark in GROUPS:
            total = (
                (total + (group + digit)) * GROUPS[mark] if mark == "亿" else total + (group + digit) * GROUPS[mark]
            )
            group = digit = 0
        else:
            return None
    return total + group + digit
