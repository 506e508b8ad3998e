"""Every URL × every role × three objects, GET and POST, against the written matrix.

Use: ``pytest tests/matrix`` compares; ``pytest tests/matrix --record`` writes what is measured into each app's
``matrix.jsonl`` and then compares too, so that what no row may say still fails. After recording, read the
difference of the files like code: ``open`` and ``reason`` are written by hand and stay.
A new parameterised route needs its objects in ``tests/matrix/objects.py``.
"""

import json

import pytest

from intranet.access import matrix
from intranet.access.matrix import Leaf
from tests.matrix import verdict, world
from tests.matrix.measure import Measured, measure
from tests.matrix.objects import UnknownParameter, objects_for


@pytest.mark.django_db
@pytest.mark.once
def test_every_address_gives_each_role_what_the_matrix_says(recording):
    measured = measure(world.build())
    written = matrix.rows()
    if recording:
        rows = {key: one.row(written.get(key)) for key, one in measured.items() if not one.problem}
        matrix.write({**rows, **{key: None for key, one in measured.items() if one.problem}})
        written = matrix.rows()
    found = verdict.problems(measured.values(), written)
    gone = sorted(set(written) - set(measured))
    found += [f"{route} ({name}) is written, but there is no such route" for route, name in gone]
    assert not found, f"{len(found)} problems\n" + "\n".join(found)


def leaf(name="rooms:room", route="rooms/<int:pk>/", view=lambda request, pk: None):
    return Leaf(route, name, "rooms/%(pk)s/", ("pk",), view)


def measured(get=(200, 404, 404), post=(405, 405, 405), stranger=302, objects=True):
    one = Measured(leaf(), objects=objects)
    one.get = {"staff": list(get), "stranger": [stranger] * 3}
    one.post = {"staff": list(post), "stranger": [302] * 3}
    return one


def judged(one, **row):
    return verdict.problems([one], {one.leaf.key: {**one.row(None), **row}})


def test_a_row_that_says_what_is_measured_holds():
    assert judged(measured()) == []


@pytest.mark.control
@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (measured(get=(200, 200, 200)), "foreign object, and the row gives no reason"),
        (measured(post=(302, 404, 302)), "may POST (302) to a foreign object"),
        (measured(get=(403, 403, 403), post=(302, 403, 403)), "gets 403 by GET, but 302 by POST"),
        (measured(get=(404, 404, 404), post=(200, 404, 404)), "gets 404 by GET, but 200 by POST"),
        (measured(stranger=200), "strangers get [200]"),
        (measured(get=(500, 404, 404)), "GET breaks (500) for staff"),
    ],
)
def test_what_a_row_may_not_say_is_noticed(one, sentence):
    assert sentence in "\n".join(judged(one))


def test_open_and_a_reason_are_decisions_of_a_person():
    assert judged(measured(stranger=200), open=True) == []
    assert judged(measured(get=(200, 200, 200)), reason="The directory is open to all staff") == []
    assert judged(measured(get=(200, 200, 200)), reason="") != []
    kept = measured(get=(200, 200, 200)).row({"open": True, "reason": "so"})
    assert (kept["open"], kept["reason"]) == (True, "so")


@pytest.mark.control
def test_a_changed_status_and_an_unclassified_route_are_noticed():
    one = measured()
    row = one.row(None)
    one.get["staff"] = [404, 404, 404]
    assert "roles of staff: [200, 404, 404] is written, [404, 404, 404] is measured" in "\n".join(
        verdict.problems([one], {one.leaf.key: row})
    )
    assert "is not classified" in verdict.problems([one], {})[0]


def test_a_parameter_nobody_knows_is_named():
    strange = Leaf("x/<int:zz>/", "x:y", "x/%(zz)s/", ("zz",), lambda request: None)
    with pytest.raises(UnknownParameter, match=r"x:y has the parameter <zz>"):
        objects_for(strange, world.World(), None)


def test_a_route_that_takes_no_get_is_classified_by_its_post():
    row = measured(get=(405, 405, 405), post=(302, 404, 404)).row(None)
    assert row["methods"] == ["POST"]
    assert row["roles"]["staff"] == [302, 404, 404]
    assert "post" not in row


def test_the_command_names_what_nobody_has_classified(capsys, monkeypatch):
    from django.core.management import call_command

    known = {one.key: {**measured().row(None), "route": one.route, "name": one.name} for one in matrix.leaves()}
    monkeypatch.setattr(matrix, "rows", lambda: known)
    call_command("matrix", "--json")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(matrix.leaves())
    assert json.loads(lines[0])["roles"]["staff"] == [200, 404, 404]
    known.popitem()
    with pytest.raises(SystemExit) as ended:
        call_command("matrix", "--json")
    assert ended.value.code == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line for line in lines if line["roles"] is None]


def test_addresses_are_built_from_paths_and_from_regular_expressions():
    by_name = {one.name: one for one in matrix.leaves()}
    assert by_name["access:account"].address({"pk": 7}) == "/accounts/7/"
    assert by_name["wagtaildocs_serve"].address({"_0": 3, "_1": "a.pdf"}) == "/documents/3/a.pdf"
    assert by_name["wagtail_serve"].address({"_0": "news/"}) == "/news/"


def test_a_route_stands_in_the_file_of_the_app_it_is_about():
    by_name = {one.name: one for one in matrix.leaves()}
    assert matrix.owner(by_name["people:person"]).label == "people"
    assert matrix.owner(by_name["people_unit:edit"]).label == "people"
    assert matrix.owner(by_name["wagtailadmin_home"]).label == "access"


def test_a_route_written_twice_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "matrix.jsonl"
    path.write_text(json.dumps(measured().row(None)) + "\n" + json.dumps(measured().row(None)) + "\n")
    monkeypatch.setattr(matrix, "files", lambda: [path])
    with pytest.raises(ValueError, match="a second time"):
        matrix.rows()
