"""The same headings again further right: where blocks of people stand side by side, and what they share.

单位 姓名 手机 姓名 手机 is two blocks that share the unit. What repeats is told by the words of the headings
alone, those that nobody knows included: 姓名 手机 负责人 姓名 手机 is not clearly two blocks.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Blocks:
    """``starts``: where each block begins (from 0), the first one after what they share; ``left_over``: columns of
    the first block that the last one lacks.
    """

    starts: tuple[int, ...]
    left_over: tuple[int, ...] = ()


def blocks_of(words: list[str], telling: set[int]) -> Blocks | None:
    """``words`` are the headings by column ("" for none), ``telling`` those without which there is no row."""
    places = [at for at, word in enumerate(words) if word]
    said = [words[at] for at in places]
    for second in range(1, len(said)):
        for first in range(second):
            period = second - first
            again = said[second : second + period]
            if again == said[first : first + len(again)] and telling & set(places[second : second + period]):
                return _all_blocks(said, places, first, period)
    return None


def _all_blocks(said: list[str], places: list[int], first: int, period: int) -> Blocks:
    pattern, starts, at = said[first : first + period], [places[first]], first + period
    left_over: tuple[int, ...] = ()
    while at < len(said):
        again = said[at : at + period]
        if again != pattern[: len(again)]:
            break
        starts.append(places[at])
        if len(again) < period:
            left_over = tuple(places[first + len(again) : first + period])
        at += period
    return Blocks(tuple(starts), left_over)
