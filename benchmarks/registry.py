"""What a benchmark is, and the list of all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

FULL = os.environ.get("FULL") == "1"
# For the test of the runner itself: says nothing about speed.
TINY = os.environ.get("BENCH_TINY") == "1"


def size(usual: int, full: int, tiny: int = 60) -> int:
    """How many things to measure with: ``full`` with FULL=1."""
    return full if FULL else tiny if TINY else usual


@dataclass(frozen=True)
class Figure:
    """What a benchmark measured.

    ``ours`` and ``base`` are in ``unit``; without a base the value is ``ours`` itself. ``n`` is how many things
    were done. ``base_is`` says in words what the base does.
    """

    ours: float
    n: int
    base: float | None = None
    base_is: str = ""


@dataclass(frozen=True)
class Benchmark:
    """``run()`` measures once. ``bar`` is the limit of the value; ``better`` is "lower" or "higher".

    ``databases`` ("",) is for what touches no database: measured once, named without one.
    """

    name: str
    unit: str
    bar: float
    better: str
    run: Callable[[], Figure]
    databases: tuple[str, ...] = ("sqlite", "postgresql")


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    name: str, *, unit: str, bar: float, better: str = "lower", databases: tuple[str, ...] = ("sqlite", "postgresql")
) -> Callable[[Callable[[], Figure]], Callable[[], Figure]]:
    """Register a function as a benchmark. A name is given once."""

    def register(function: Callable[[], Figure]) -> Callable[[], Figure]:
        if name in REGISTRY:
            raise ValueError(f"two benchmarks are called {name}")
        REGISTRY[name] = Benchmark(name, unit, bar, better, function, databases)
        return function

    return register


def line(found: Benchmark, figure: Figure, database: str) -> dict[str, Any]:
    """One line of the report. The value is ours/base when lower is better, base/ours when higher is."""
    value = figure.ours
    if figure.base is not None:
        value = figure.ours / figure.base if found.better == "lower" else figure.base / figure.ours
    holds = value <= found.bar if found.better == "lower" else value >= found.bar
    return {
        "name": f"{found.name}@{database}" if database else found.name,
        "value": round(value, 3),
        "unit": found.unit,
        "bar": found.bar,
        "better": found.better,
        "holds": holds,
        "ours": round(figure.ours, 6),
        "base": None if figure.base is None else round(figure.base, 6),
        "base_is": figure.base_is,
        "n": figure.n,
        "db": database,
    }


def chosen(only: str, database: str) -> Iterator[Benchmark]:
    """Those for a database whose name (with or without @database) begins with ``only``.

    What touches no database runs with SQLite, which is always there.
    """
    wanted, _at, where = only.partition("@")
    for found in REGISTRY.values():
        free = not any(found.databases)
        fits = (
            (database == "sqlite" and not where)
            if free
            else (database in found.databases and where in ("", database))
        )
        if found.name.startswith(wanted) and fits:
            yield found
