"""The checks on templates and translations notice what they are there for."""

from __future__ import annotations

import gettext

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

from intranet.ui.management.commands import check_templates, check_translations, compile_catalogues

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path, settings):
    """``catalogue(entries)`` writes a .po file of an otherwise empty project."""
    settings.BASE_DIR = tmp_path
    path = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)

    def write(entries: str):
        path.write_text(HEAD + entries, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ('msgid "Vote"\nmsgstr "投票"\n', None),
        ('msgid "Excel"\nmsgstr "Excel"\n', None),
        ('msgid "Vote"\nmsgstr ""\n', "no translation"),
        ('msgid "Vote"\nmsgstr "Vote"\n', "no Chinese character"),
        ('#, fuzzy\nmsgid "Vote"\nmsgstr "投票"\n', "fuzzy"),
        ('#~ msgid "Vote"\n#~ msgstr "投票"\n', "obsolete"),
        ('msgid "Vote"\nmsgstr "投票"\n\nmsgid "Vote"\nmsgstr "表决"\n', "twice"),
        ('msgctxt "verb"\nmsgid "Vote"\nmsgstr "投票"\n\nmsgid "Vote"\nmsgstr "一票"\n', None),
    ],
)
def test_every_fault_of_a_catalogue_is_named(catalogue, entries, word):
    problems = check_translations.Command().of_catalogue(catalogue(entries))
    assert [word in problem for problem in problems] == ([True] if word else [])


def test_a_catalogue_is_compiled_and_only_when_it_changed(catalogue, monkeypatch):
    source = catalogue('msgid "Vote"\nmsgstr "投票"\n')
    monkeypatch.setattr(compile_catalogues, "catalogues", lambda: [source])
    call_command("compile_catalogues")
    target = source.with_suffix(".mo")
    with target.open("rb") as written:
        assert gettext.GNUTranslations(written).gettext("Vote") == "投票"
    before = target.stat().st_mtime_ns
    call_command("compile_catalogues")
    assert target.stat().st_mtime_ns == before


def test_the_process_that_compiles_speaks_the_new_catalogue_at_once(catalogue, settings, monkeypatch):
    """`make demo` in a fresh clone compiles and fills the hall in one process: its messages must be Chinese."""
    source = catalogue('msgid "A word of this test"\nmsgstr "测试用词"\n')
    settings.LOCALE_PATHS = [source.parents[2]]
    monkeypatch.setattr(compile_catalogues, "catalogues", lambda: [source])
    try:
        with translation.override("zh-hans"):
            assert translation.gettext("A word of this test") == "A word of this test"
        call_command("compile_catalogues")
        with translation.override("zh-hans"):
            assert translation.gettext("A word of this test") == "测试用词"
    finally:
        translation_file_changed(None, source.with_suffix(".mo"))


def test_our_own_catalogues_are_found():
    assert any(path.parts[-5:-3] == ("ui", "locale") for path in compile_catalogues.catalogues())


@pytest.mark.parametrize("fault", ['<a onclick="x()">', '<p style="color:red">', '<a href="javascript:x">'])
def test_what_the_policy_blocks_is_refused(tmp_path, monkeypatch, fault):
    page = tmp_path / "404.html"
    page.write_text(fault, encoding="utf-8")
    monkeypatch.setattr(check_templates, "own_templates", lambda: [("404.html", page)])
    with pytest.raises(CommandError, match=r"404\.html: .* is blocked by the policy"):
        call_command("check_templates")


def test_a_clean_template_passes(monkeypatch):
    own = [entry for entry in check_templates.own_templates() if entry[0] == "404.html"]
    assert own
    monkeypatch.setattr(check_templates, "own_templates", lambda: own)
    call_command("check_templates")
