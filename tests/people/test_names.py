"""One person, one form of the name, whoever typed it and on whatever keyboard."""

import pytest
from django.utils import translation

from intranet.people.exceptions import RegisterError
from intranet.people.models import Person
from intranet.people.rules import clean_name
from intranet.people.services import register

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张 三", "张三"),
        (" 张\u3000三 ", "张三"),
        ("王\n五", "王五"),
        ("王\u200b五", "王五"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("·艾力·", "艾力"),
        ("Anna  Lee", "Anna Lee"),
        ("𬱖𫖯", "𬱖𫖯"),
        ("\u200b ", ""),
    ],
)
def test_the_form_of_a_name(typed, kept):
    assert clean_name(typed) == kept


def test_the_register_keeps_that_form(officer):
    person = register.add_person(staff_number="1", name="张\u3000三", by=officer)
    assert (person.name, person.pinyin_full) == ("张三", "zhang san")
    register.change_person(person=person, name="章 三", by=officer)
    assert Person.objects.get(pk=person.pk).name == "章三"
    with translation.override("en"), pytest.raises(RegisterError, match="name"):
        register.change_person(person=person, name="\u200b", by=officer)


@pytest.mark.parametrize(
    "text", ["买买提·艾力", "买买提•艾力", "买买提．艾力", "买买提.艾力", "买买提艾力", "艾力", "提艾"]
)
def test_a_name_is_found_whatever_its_dot(officer, text):
    register.add_person(staff_number="1", name="买买提·艾力", by=officer)
    register.add_person(staff_number="2", name="马林", by=officer)
    assert [person.staff_number for person in Person.objects.search(text)] == ["1"]


@pytest.mark.parametrize("text", ["·", "•", ". ."])
def test_a_dot_alone_is_no_name(officer, text):
    register.add_person(staff_number="1", name="马林", by=officer)
    assert not Person.objects.search(text)
