"""Which objects each parameterised address is tried on: one's own, one of the same team, a foreign one.

``BY_ROUTE`` names a route (``people:person``) and gives a function ``(world, user) -> (own, team, foreign)``
of parameter mappings, or one mapping where the object belongs to nobody. ``BY_MODEL`` does the same for the
generic admin views of a model. Other parameters are found by their name in ``BY_PARAMETER``; a parameter
that stands nowhere fails the test, with a sentence saying where to put it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intranet.access.matrix import Leaf

from .world import World

Parameters = dict[str, Any]
Trio = tuple[Parameters, Parameters, Parameters]


class UnknownParameter(LookupError):
    """A route has a parameter that no mapping knows."""


def of_person(thing: str, parameter: str = "pk", **more: Any) -> Callable[[World, Any], Trio]:
    """The parameter is something of a person's: ``things[user][thing]``."""
    return lambda world, user: tuple({parameter: value, **more} for value in world.each(user, thing))


def shared(thing: str, parameter: str = "pk", **more: Any) -> Callable[[World, Any], Parameters]:
    """The parameter is something that belongs to nobody."""
    return lambda world, user: {parameter: world.shared[thing], **more}


# What is done to one page, tried on a notice: the home page may not be deleted, moved or hidden by anybody.
PAGE_WORK = ("edit", "delete", "unpublish", "copy", "move", "set_privacy", "history", "view_draft", "usage")

BY_ROUTE: dict[str, Callable[[World, Any], Trio | Parameters]] = {
    "access:account": of_person("user"),
    "access:file": of_person("file", "path"),
    "reminders:message": of_person("message"),
    "reminders:occasion": lambda world, user: {
        "rule": "people.sign_in_told",
        "occasion": "matrix",
        "object": "access.auditentry:1",
    },
    "reminders:kind": lambda world, user: {"rule": "people.sign_in_told"},
    "reminders:text": lambda world, user: {"rule": "people.sign_in_told", "language": "en"},
    "reminders:group_picture": of_person("picture", "token"),
    "reminders:robot": shared("robot"),
    "reminders:robot_edit": shared("robot"),
    "reminders:group_post": shared("group_post"),
    "calendars:entry": shared("uid", "uid"),
    "calendars:change": of_person("subscription"),
    "calendars:end": of_person("subscription"),
    "calendars:renew": of_person("subscription"),
    "calendars:feed": of_person("token", "token"),
    "figures:window": of_person("window"),
    **{
        f"figures:{name}": of_person("incident")
        for name in ("incident", "decide_incident", "appeal_incident", "settle_appeal")
    },
    "people:window": of_person("window"),
    "people:unit": of_person("unit"),
    "people:dismiss": of_person("leadership"),
    "people:leave": of_person("membership"),
    "people:correction": of_person("correction"),
    **{
        f"people:{name}": of_person("person")
        for name in (
            *("person", "edit", "enter", "transfer", "withdraw", "appoint", "join", "open_account", "identity"),
            "reset",
        )
    },
    **{
        f"sheets:{name}": of_person("upload")
        for name in ("preview", "progress", "confirm", "receipt", "undo", "problems")
    },
    "sheets:forget_heading": shared("known_heading"),
    **{
        f"sheets:{name}": lambda world, user: {"key": "staff_register"}
        for name in ("export", "export_private", "template")
    },
    **{f"papers:{name}": shared("paper") for name in ("paper", "download", "remove")},
    **{
        f"papers:{name}": lambda world, user: {"key": "papers.material"}
        for name in ("make", "take", "template", "template_file", "template_example", "template_default")
    },
    "papers:template_again": shared("own_template"),
    "evaluations:certificate": of_person("honour"),
    "evaluations:award_edit": shared("award", "slug"),
    "evaluations:award_parts": shared("award", "slug"),
    "evaluations:award_skip": shared("award", "slug"),
    "evaluations:award_hold": shared("skip"),
    "evaluations:round_new": shared("award", "slug"),
    "evaluations:nomination_answer": of_person("nomination", deed="accept"),
    "evaluations:nomination_decide": of_person("nomination", deed="approve"),
    "evaluations:add_form": of_person("nomination"),
    "evaluations:veto_enter": of_person("nomination"),
    "evaluations:veto_appeal": of_person("veto"),
    "evaluations:veto_settle": of_person("veto"),
    "evaluations:objection_settle": shared("objection"),
    "evaluations:recommend_choose": shared("round", "slug", kind="colleague"),
    "evaluations:recommend_state": lambda world, user: {
        "slug": world.shared["round"],
        "kind": "colleague",
        "pk": world.shared["candidate"],
    },
    **{
        f"evaluations:{name}": shared("round", "slug")
        for name in (
            *("round", "vote", "receipt", "notice", "recommend", "recommend_self", "manage", "open", "dates"),
            *("review", "finish_review", "settle_tie", "start_notice", "call_off", "roll", "qr", "scrutiny"),
            *("recount", "record", "file_recommendation", "objections", "wall", "again", "eligible"),
            *("certificates", "meeting", "accept_validity", "archive", "draft_news"),
        )
    },
    **{
        f"evaluations:{name}": shared("assessed", "slug")
        for name in (
            *("assessment", "assessment_bring", "assessment_take_away", "assessment_excuse", "assessment_freeze"),
            *("my_scores", "explained", "assessment_seat"),
        )
    },
    "evaluations:attest": shared("round", "slug", act="record"),
    "evaluations:paper": shared("round", "slug"),
    "evaluations:paper_count": shared("round", "slug", box="staff"),
    "evaluations:terminal_end": shared("terminal"),
    "workdays:year": lambda world, user: {"year": 2026},
    "workdays:announce": lambda world, user: {"year": 2026},
    "workdays:remove_day": shared("day"),
    "pages:confirm": shared("notice"),
    "pages:readers": shared("notice"),
    # Nobody has ever made one of these: the rule is that there is none.
    **{
        name: shared("nothing")
        for name in (
            *(f"wagtailadmin_workflows:{kind}" for kind in ("enable", "disable", "edit", "usage", "usage_results")),
            *(f"wagtailadmin_workflows:{kind}_task" for kind in ("edit", "enable", "disable")),
        )
    },
    **{
        f"wagtailadmin_pages:revisions_{name}": lambda world, user: {
            "page_id": world.shared["notice"],
            "revision_id": world.shared["revision"],
        }
        for name in ("view", "revert", "unschedule")
    },
    "wagtailadmin_pages:revisions_compare": shared("notice"),
    **{f"wagtailadmin_pages:{name}": shared("notice", "page_id") for name in PAGE_WORK},
    "wagtailadmin_api:pages:detail": shared("page"),
    "wagtailadmin_api:documents:detail": shared("document"),
    "wagtailadmin_api:images:detail": shared("image"),
    "wagtailadmin_api:pages:action": shared("page", action_name="copy"),
    "wagtailadmin_collections:edit": shared("collection"),
    "wagtailadmin_collections:delete": shared("collection"),
}

BY_MODEL: dict[str, Callable[[World, Any], Trio | Parameters]] = {
    "people.Unit": of_person("unit"),
    "people.Window": of_person("window"),
    "people.Zone": shared("zone"),
    "people.Body": shared("body"),
    "people.Person": of_person("person"),
    "access.User": of_person("user"),
    "auth.Group": shared("group"),
    "wagtailimages.Image": shared("image"),
    "wagtaildocs.Document": shared("document"),
    "wagtailcore.Site": shared("site"),
    "wagtailcore.Page": shared("page"),
}

NOTHING = 987654321
BY_PARAMETER: dict[str, Callable[[World], Any]] = {
    **{
        name: lambda world: world.shared["page"]
        for name in ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")
    },
    **{
        name: lambda world: NOTHING
        for name in (
            *("task_state_id", "task_id", "revision_id", "workflow_state_id", "workflow_pk", "session_id"),
            *("uploaded_file_id", "page_view_restriction_id", "object_id"),
        )
    },
    **{name: lambda world: world.shared["document"] for name in ("document_id", "doc_id")},
    "image_id": lambda world: world.shared["image"],
    "restriction_id": lambda world: world.shared["restriction"],
    "collection_id": lambda world: world.shared["collection"],
    "app_label": lambda world: "wagtailcore",
    "app_name": lambda world: "wagtailcore",
    "model_name": lambda world: "page",
    "content_type_app_name": lambda world: "wagtailcore",
    "content_type_model_name": lambda world: "page",
    "action": lambda world: "delete",
    "action_name": lambda world: "approve",
    "filter_spec": lambda world: "max-165x165",
    "revision_id_a": lambda world: "earliest",
    "revision_id_b": lambda world: "latest",
    "uidb64": lambda world: "MQ",
    "token": lambda world: "set-password",
}
BY_ADDRESS: dict[str, Callable[[World], Parameters]] = {
    r"documents/^(\d+)/(.*)$": lambda world: {"_0": world.shared["document"], "_1": world.shared["document_file"]},
    r"^((?:[\w\-]+/)*)$": lambda world: {"_0": ""},
}


def objects_for(leaf: Leaf, world: World, user: Any) -> Trio | None:
    """Parameters of one's own, the team's and the foreign object; None where the route names none."""
    if not leaf.parameters:
        return None
    given = _given(leaf, world, user)
    trio = given if isinstance(given, tuple) else (given, given, given)
    return tuple(_completed(leaf, world, parameters) for parameters in trio)  # type: ignore[return-value]


def _given(leaf: Leaf, world: World, user: Any) -> Trio | Parameters:
    if leaf.name in BY_ROUTE:
        return BY_ROUTE[leaf.name](world, user)
    if leaf.route in BY_ADDRESS:
        return BY_ADDRESS[leaf.route](world)
    label = leaf.model._meta.label if leaf.model is not None else ""
    if "pk" in leaf.parameters and label in BY_MODEL:
        return BY_MODEL[label](world, user)
    return {}


def _completed(leaf: Leaf, world: World, parameters: Parameters) -> Parameters:
    found = dict(parameters)
    for name in leaf.parameters:
        if name in found:
            continue
        if name not in BY_PARAMETER:
            raise UnknownParameter(
                f"{leaf.name or leaf.route} has the parameter <{name}>: say in tests/matrix/objects.py, under "
                f"BY_ROUTE[{leaf.name!r}], which object it is"
            )
        found[name] = BY_PARAMETER[name](world)
    return found
