"""The role matrix: every leaf of the URL resolver, and what each role gets there.

A row of a ``matrix.jsonl`` file says what was measured and what a person decided about it:

``{"route": "accounts/<int:pk>/", "name": "access:account", "methods": ["GET", "POST"], "open": false,
"roles": {"staff": [403, 403, 403], …, "stranger": [302, 302, 302]}, "post": {…}, "reason": "…"}``

``roles`` holds the status of a GET for one's own object, one of the same team and a foreign one (thrice the
same where the route names no object); where a route takes no GET it holds the POST. ``post`` holds the status of
a POST with an empty body. ``open`` (strangers may come in) and ``reason`` (why a foreign object is shown) are
written by hand and survive recording. Each app carries the rows of its own routes; those of packages stand in
``intranet/access/matrix.jsonl``. Recording: ``pytest tests/matrix --record``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize

FILE_NAME = "matrix.jsonl"
PARAMETER = re.compile(r"<(?:[^>:]+:)?([^>]+)>")


@dataclass(frozen=True)
class Leaf:
    """One pattern at the end of the resolver. ``template`` is its address with ``%(name)s`` for parameters."""

    route: str
    name: str
    template: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def key(self) -> tuple[str, str]:
        return (self.route, self.name)

    @property
    def view_class(self) -> Any:
        return getattr(self.view, "view_class", None)

    @property
    def model(self) -> Any:
        """The model that a generic admin view is about, if it says so."""
        given = getattr(self.view, "view_initkwargs", {}).get("model") or getattr(self.view_class, "model", None)
        if isinstance(given, str):
            return apps.get_model(given)
        return given if isinstance(given, type) and hasattr(given, "_meta") else None

    def address(self, values: dict[str, Any]) -> str:
        return "/" + self.template % values


def leaves() -> list[Leaf]:
    """Every leaf, in the order in which the resolver tries them."""
    found: dict[tuple[str, str], Leaf] = {}
    for leaf in _walk(get_resolver().url_patterns, "", "", (), ()):
        found.setdefault(leaf.key, leaf)
    return list(found.values())


def _walk(
    patterns: Any, route: str, template: str, parameters: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[Leaf]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        part, own = _template(pattern.pattern, len(parameters))
        if isinstance(pattern, URLResolver):
            inside = (*names, pattern.namespace) if pattern.namespace else names
            yield from _walk(pattern.url_patterns, here, template + part, (*parameters, *own), inside)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*names, pattern.name or ""))
            yield Leaf(here, name, template + part, (*parameters, *own), pattern.callback)


def _template(pattern: Any, offset: int) -> tuple[str, tuple[str, ...]]:
    if isinstance(pattern, RoutePattern):
        text = str(pattern).replace("%", "%%")
        return PARAMETER.sub(r"%(\1)s", text), tuple(PARAMETER.findall(text))
    if isinstance(pattern, RegexPattern):
        text, names = normalize(str(pattern))[0]
        renamed = {name: f"_{offset + int(name[1:])}" if name.startswith("_") else name for name in names}
        for name, new in renamed.items():
            text = text.replace(f"%({name})s", f"%({new})s")
        return text, tuple(renamed.values())
    return str(pattern), ()


def owner(leaf: Leaf) -> AppConfig:
    """The app in whose file the row of a leaf stands: that of the model or of the view, or access."""
    candidates = [leaf.model.__module__ if leaf.model is not None else "", getattr(leaf.view, "__module__", "")]
    if leaf.view_class is not None:
        candidates.append(leaf.view_class.__module__)
    for module in candidates:
        config = apps.get_containing_app_config(module) if module else None
        if config is not None and _is_ours(config):
            return config
    return apps.get_app_config("access")


def _is_ours(config: AppConfig) -> bool:
    """Of this repository, or of a package that brings a file of rows with it."""
    path = Path(config.path)
    own = path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts
    return own or (path / FILE_NAME).exists()


def files() -> list[Path]:
    return [Path(config.path) / FILE_NAME for config in apps.get_app_configs() if _is_ours(config)]


def rows() -> dict[tuple[str, str], dict[str, Any]]:
    """Every written row of the installed apps, by route and name. A route written twice raises ValueError."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in files():
        if not path.exists():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            key = (row["route"], row["name"])
            if key in found:
                raise ValueError(f"{path} classifies {key} a second time")
            found[key] = row
    return found


def classified() -> Iterator[dict[str, Any]]:
    """A row for every leaf; ``roles`` is None where nobody has classified it."""
    written = rows()
    for leaf in leaves():
        empty = {"route": leaf.route, "name": leaf.name, "methods": methods(leaf), "open": False, "roles": None}
        yield written.get(leaf.key, empty)


def methods(leaf: Leaf) -> list[str]:
    """What the view's class answers; a function is asked by the recorder."""
    given = [name for name in ("get", "post") if hasattr(leaf.view_class, name)]
    allowed = getattr(leaf.view_class, "http_method_names", ["get", "post"])
    return [name.upper() for name in given if name in allowed] or ["GET"]


def write(measured: dict[tuple[str, str], dict[str, Any] | None]) -> list[Path]:
    """Write the measured rows into the apps' files, one line a route, in the resolver's order; gives the files
    that changed. A leaf whose row is None is left out, so that it stays unclassified.
    """
    by_file: dict[Path, list[str]] = {path: [] for path in files()}
    for leaf in leaves():
        row = measured.get(leaf.key)
        if row is None:
            continue
        line = json.dumps(row, ensure_ascii=False)
        by_file[Path(owner(leaf).path) / FILE_NAME].append(line)
    changed = []
    for path, lines in by_file.items():
        text = "".join(f"{line}\n" for line in lines)
        if not text and not path.exists():
            continue
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
