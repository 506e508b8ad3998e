import pytest

from intranet.people import pinyin
from intranet.people.models import Person


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单雄信", "shan xiong xin"),
        ("解晓东", "xie xiao dong"),
        ("仇英", "qiu ying"),
        ("曾国华", "zeng guo hua"),
        ("翟志刚", "zhai zhi gang"),
        ("查良", "zha liang"),
        ("区文", "ou wen"),
        ("朴志", "piao zhi"),
        ("盖伟", "ge wei"),
        ("任华", "ren hua"),
        ("藏天朔", "zang tian shuo"),
        ("都业华", "du ye hua"),
        ("乜文", "nie wen"),
        ("粘志强", "nian zhi qiang"),
        ("尉迟恭", "yu chi gong"),
        ("尉健行", "wei jian xing"),
        ("万俟雅", "mo qi ya"),
        ("万里", "wan li"),
        ("长孙无忌", "zhang sun wu ji"),
        ("欧阳修", "ou yang xiu"),
        ("单于丹", "chan yu dan"),
        ("令狐冲", "ling hu chong"),
        ("吕丽", "lü li"),
        ("王 小明", "wang xiao ming"),
        ("买买提·艾力", "mai mai ti ai li"),
        ("查", "zha"),
        ("欧阳", "ou yang"),
        ("", ""),
    ],
)
def test_readings(name, reading):
    assert pinyin.full(name) == reading


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("lv", "lv"), ("lü", "lv"), ("Lü", "lv"), ("LYU", "lv"), ("lu:", "lv"), ("lǚ", "lv"), ("lǖ", "lv"),
        ("chenyu", "chenyu"), ("nyu", "nv"), ("jinyu", "jinyu"), ("ōu yáng", "ouyang"), ("xi'an", "xian"),
        ("ｗａｎｇ", "wang"),
    ],
)  # fmt: skip
def test_what_people_type(typed, term):
    assert pinyin.typed(typed) == term


@pytest.mark.parametrize("word", ["王", "12", "w1", "", "王wang"])
def test_not_a_pinyin_term(word):
    assert pinyin.search_term(word) == ""


def test_saving_fills_everything(db):
    person = Person.objects.create(name="吕丽华", staff_number="1")
    assert person.pinyin_full == "lü li hua"
    assert person.pinyin_initials == "llh"
    assert person.sort_key == "lv0li0hua"
    assert person.search_key == " lvlihua lihua hua"


def test_a_new_name_gets_a_new_pinyin(db):
    person = Person.objects.create(name="张伟", staff_number="1")
    person.name = "章伟强"
    person.save(update_fields=["name"])
    person.refresh_from_db()
    assert person.pinyin_full == "zhang wei qiang"
    assert person.pinyin_initials == "zwq"


def test_an_edited_pinyin_stays_whatever_else_is_saved(db):
    person = Person.objects.create(name="乐嘉", staff_number="1")
    assert person.pinyin_full == "yue jia"
    person.pinyin_full = "le jia"
    person.save()
    assert person.sort_key == "le0jia"
    person.mobile = "13800000000"
    person.save()
    person.name = "乐佳"
    person.save()
    person.refresh_from_db()
    assert person.pinyin_full == "le jia"
    person.pinyin_full = " "
    person.save()
    assert person.pinyin_full == "yue jia"


def test_a_pinyin_given_with_the_entry_is_an_edited_one(db):
    person = Person.objects.create(name="乐嘉", staff_number="1", pinyin_full="le jia")
    assert person.pinyin_full == "le jia"


def test_names_sort_by_syllable_then_number(db):
    for number, name in enumerate(["连山", "李华", "吕丽", "鲁迅", "李华"]):
        Person.objects.create(name=name, staff_number=f"{9 - number}")
    assert [(p.name, p.staff_number) for p in Person.objects.all()] == [
        ("李华", "5"), ("李华", "8"), ("连山", "9"), ("鲁迅", "6"), ("吕丽", "7"),
    ]  # fmt: skip
