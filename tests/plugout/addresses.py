"""The addresses of the site, read from the URL resolver."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern, RoutePattern

# Signing out in the middle of the walk would turn every later answer into the sign-in page;
# the fail whale is Wagtail's own way to see its page for errors.
LEFT_OUT = ("sign_out", "logout", "error_test")


def visitor(username: str) -> Client:
    from intranet.access.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=username))
    return client


def leaves(resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple]:
    """Every pattern: its whole route, its name with namespaces, and how many parameters it takes."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + _route(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from leaves(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, ":".join([*spaces, pattern.name or ""]), route.count("<") + route.count("(")


def _route(pattern) -> str:
    if isinstance(pattern, RoutePattern):
        return pattern._route
    if isinstance(pattern, RegexPattern):
        return pattern._regex.removeprefix("^").removesuffix("$").replace("\\", "")
    return str(pattern)


def plain_addresses() -> list[str]:
    return sorted({f"/{route}" for route, name, taken in leaves() if not taken and not name.endswith(LEFT_OUT)})


def page_addresses(page: int, other: int) -> list[tuple[str, str]]:
    """Everything Wagtail's desk offers for one page."""
    found = []
    for _route, name, taken in leaves():
        if name.startswith("wagtailadmin_pages:") and taken == 1:
            try:
                found.append((name.partition(":")[2], reverse(name, args=[page])))
            except Exception:
                continue
    found.append(("move_confirm", reverse("wagtailadmin_pages:move_confirm", args=[page, other])))
    found.append(("explore", reverse("wagtailadmin_explore", args=[page])))
    for action in ("delete", "move", "publish", "unpublish"):
        bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        found.append((f"bulk_{action}", f"{bulk}?id={page}"))
    return found


def delete_addresses(key: int) -> list[str]:
    found = []
    for _route, name, taken in leaves():
        if "delete" in name and taken == 1:
            try:
                found.append(reverse(name, args=[key]))
            except Exception:
                continue
    return found
