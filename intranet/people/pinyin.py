"""How a name is read: surname readings, the stored pinyin, and what a search term becomes.

pypinyin reads 单 as dān and 仇 as chóu, which are right in words and wrong as surnames;
the tables below hold the readings as surnames.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

# Surnames of one character whose reading differs from the ordinary one.
SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "曾": "zeng", "翟": "zhai", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "尉": "wei", "任": "ren", "华": "hua", "宁": "ning", "纪": "ji", "缪": "miao", "覃": "qin",
    "乐": "yue", "员": "yun", "贠": "yun", "繁": "po", "种": "chong", "重": "chong", "秘": "bi", "冼": "xian",
    "折": "she", "黑": "he", "召": "shao", "隗": "wei", "尹": "yin", "洗": "xian", "晁": "chao", "逄": "pang",
    "祭": "zhai", "阚": "kan", "那": "na", "能": "nai", "句": "gou", "角": "jue",
    "过": "guo", "车": "che", "哈": "ha", "卜": "bu", "燕": "yan", "应": "ying", "宓": "mi", "佴": "nai",
    "郗": "xi", "郇": "xun", "芮": "rui", "么": "yao", "幺": "yao", "万": "wan",
    "柏": "bai", "鲍": "bao", "薄": "bo", "费": "fei", "葛": "ge", "谌": "chen", "褚": "chu", "郏": "jia",
    "阙": "que", "牟": "mou", "宿": "su", "石": "shi", "沈": "shen", "俞": "yu", "於": "yu", "相": "xiang",
    "邵": "shao", "戚": "qi", "仝": "tong", "佟": "tong", "漆": "qi", "亓": "qi", "南": "nan",
    "藏": "zang", "都": "du", "乜": "nie", "粘": "nian", "校": "jiao", "盛": "sheng", "莘": "shen", "隽": "juan",
}  # fmt: skip

# Surnames of two characters.
COMPOUND_SURNAMES = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "欧阳": ("ou", "yang"),
    "单于": ("chan", "yu"), "令狐": ("ling", "hu"), "澹台": ("tan", "tai"), "宰父": ("zai", "fu"),
    "皇甫": ("huang", "fu"), "司马": ("si", "ma"), "上官": ("shang", "guan"), "诸葛": ("zhu", "ge"),
    "夏侯": ("xia", "hou"), "东方": ("dong", "fang"), "公孙": ("gong", "sun"), "慕容": ("mu", "rong"),
    "宇文": ("yu", "wen"), "司徒": ("si", "tu"), "司空": ("si", "kong"), "百里": ("bai", "li"),
    "呼延": ("hu", "yan"), "独孤": ("du", "gu"), "南宫": ("nan", "gong"), "端木": ("duan", "mu"),
    "轩辕": ("xuan", "yuan"), "赫连": ("he", "lian"), "鲜于": ("xian", "yu"), "闻人": ("wen", "ren"),
    "钟离": ("zhong", "li"), "太史": ("tai", "shi"), "申屠": ("shen", "tu"), "仲孙": ("zhong", "sun"),
    "濮阳": ("pu", "yang"), "淳于": ("chun", "yu"), "公冶": ("gong", "ye"), "宗政": ("zong", "zheng"),
    "西门": ("xi", "men"), "拓跋": ("tuo", "ba"), "纳兰": ("na", "lan"), "第五": ("di", "wu"),
    "褚师": ("chu", "shi"), "区阳": ("ou", "yang"), "子车": ("zi", "ju"), "句芒": ("gou", "mang"),
}  # fmt: skip


# What ``fill`` writes; saved together with any other field.
FILLED = ("pinyin_full", "pinyin_of", "pinyin_initials", "sort_key", "search_key")


def syllables(name: str) -> list[str]:
    """The reading of a name, one lower-case syllable a character, ü kept; letters stay as they are."""
    name = "".join(unicodedata.normalize("NFKC", name).split())
    if len(name) > 2 and (reading := COMPOUND_SURNAMES.get(name[:2])):
        return [*reading, *_ordinary(name[2:])]
    if name[:1] in SURNAMES:
        return [SURNAMES[name[0]], *_ordinary(name[1:])]
    return [*_ordinary(name)]


def _ordinary(text: str) -> list[str]:
    # Here: its dictionaries take half a second, which every command and every worker would pay at its start.
    from pypinyin.seg.simpleseg import seg

    return [syllable for word in seg(text) if word for syllable in _word(word)]


# The same words, most of one character, return all through a register; reading one takes longer than all else.
@lru_cache(maxsize=8192)
def _word(word: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    read = lazy_pinyin(word, style=Style.NORMAL, v_to_u=True)
    kept = ("".join(ch for ch in part.lower() if ch.isalnum()) for part in read)
    return tuple(part for part in kept if part)


def full(name: str) -> str:
    """吕丽 → "lü li"."""
    return " ".join(syllables(name))[:160]


@lru_cache(maxsize=4096)
def typed(text: str) -> str:
    """What people type for pinyin, in one form: lü, lyu, lu: and lv are all "lv"; no spaces or tone marks."""
    text = unicodedata.normalize("NFKC", text).lower().replace("u:", "ü")
    plain = unicodedata.normalize("NFD", text.replace("ü", "v"))
    plain = "".join("v" if ch == "\u0308" else ch for ch in plain if ch == "\u0308" or not unicodedata.combining(ch))
    plain = "".join(ch for ch in plain.replace("uv", "v").replace("lyu", "lv") if ch.isalnum())
    # Inside a word "nyu" is two syllables (chen yu); only at its beginning it stands for nü.
    return "nv" + plain[3:] if plain.startswith("nyu") else plain


def search_term(word: str) -> str:
    """A search word as pinyin, or "" when it is not written in letters."""
    term = typed(word)
    return term if term.isascii() and term.isalpha() else ""


def fill(person: Any) -> None:
    """Set ``pinyin_full``, ``pinyin_initials``, ``sort_key`` and ``search_key`` from the name.

    For saving one person and for bulk imports alike; changes the object, saves nothing. A pinyin that
    somebody edited is kept: only an empty one, or one made from the name as it was before, is made anew.
    """
    made_before = person.pinyin_of and person.pinyin_full == full(person.pinyin_of)
    if not person.pinyin_full.strip() or (made_before and person.pinyin_of != person.name):
        person.pinyin_full = full(person.name)
    person.pinyin_of = person.name
    read = [typed(part) for part in person.pinyin_full.split()]
    read = [part for part in read if part]
    person.pinyin_initials = "".join(part[0] for part in read)[:20]
    # A digit between syllables sorts before every letter, so 李华 (li0hua) stands before 连 (lian).
    person.sort_key = "0".join(read)[:200]
    person.search_key = " " + " ".join("".join(read[start:]) for start in range(min(len(read), 12)))[:398]
