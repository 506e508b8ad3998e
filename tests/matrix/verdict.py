"""What is wrong with a measured matrix, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .measure import Measured
from .world import STRANGER

SENT_TO_SIGN_IN = 302
HOW_TO_RECORD = "record it with `pytest tests/matrix --record`, then read the difference"
GIVEN = (200, 201, 204)


def problems(measured: Iterable[Measured], rows: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """One sentence for each problem; none means that the matrix holds."""
    found: list[str] = []
    for one in measured:
        row = rows.get(one.leaf.key)
        name = one.leaf.name or one.leaf.route
        if one.problem:
            found.append(one.problem)
        elif row is None:
            found.append(f"{name} ({one.leaf.route}) is not classified: {HOW_TO_RECORD}")
        else:
            found += [f"{name}: {sentence}" for sentence in (*changes(one, row), *rules(one, row))]
    return found


def changes(one: Measured, row: dict[str, Any]) -> Iterator[str]:
    """Where the statuses differ from the written ones."""
    now = one.row(row)
    if now["methods"] != row["methods"]:
        yield f"answers {now['methods']}, written is {row['methods']}"
    for kind in ("roles", "post"):
        before, after = row.get(kind) or {}, now.get(kind) or {}
        for role in after:
            if before.get(role) != after[role]:
                yield f"{kind} of {role}: {before.get(role)} is written, {after[role]} is measured"


def rules(one: Measured, row: dict[str, Any]) -> Iterator[str]:
    """What no written row can make right, except with ``open`` or a ``reason``."""
    if not row.get("reason"):
        yield from _broken(one)
    if not row["open"]:
        strangers = {*one.get.get(STRANGER, []), *one.post.get(STRANGER, [])} & {*GIVEN}
        if strangers:
            yield f"strangers get {sorted(strangers)}, though the row does not say open"
    for role, get in one.get.items():
        post = one.post[role]
        if role != STRANGER and one.objects and not row.get("reason"):
            yield from _foreign(role, get, post)
        if role != STRANGER:
            yield from _written_without_reading(role, get, post)


def _broken(one: Measured) -> Iterator[str]:
    for method, statuses in (("GET", one.get), ("POST", one.post)):
        broken = sorted(
            role for role, codes in statuses.items() if any(code >= 500 and code != 503 for code in codes)
        )
        if broken:
            yield f"{method} breaks (500) for {', '.join(broken)}"


def _is_broken(code: int) -> bool:
    return code >= 500 and code != 503  # /readyz answers 503 when a part is missing


def _foreign(role: str, get: list[int], post: list[int]) -> Iterator[str]:
    if get[2] in GIVEN:
        yield f"{role} is shown a foreign object, and the row gives no reason"
    if not 400 <= post[2] < 500:
        yield f"{role} may POST ({post[2]}) to a foreign object, and the row gives no reason"


def _written_without_reading(role: str, get: list[int], post: list[int]) -> Iterator[str]:
    for read, written in zip(get, post, strict=True):
        if read in (403, 404) and not 400 <= written < 500:
            yield f"{role} gets {read} by GET, but {written} by POST"
            return
