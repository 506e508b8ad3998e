"""Number formats, where they say something about a value that the value itself does not."""

from __future__ import annotations

import re

from .xml_tags import TAG, attribute, between

# Formats that files name by number only, as Excel in China shows them.
BUILT_IN_DATES = {14: "m-d-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "m-d-yy h:mm", 30: "m-d-yy"}
BUILT_IN_DATES |= dict.fromkeys((27, 36, 50, 52, 57), "yyyy年m月") | {31: "yyyy年m月d日"}
BUILT_IN_DATES |= dict.fromkeys((28, 29, 51, 53, 54, 58), "m月d日")
BUILT_IN = BUILT_IN_DATES | {2: "0.00", 9: "0%", 10: "0.00%"}
DATE_MARKS = re.compile(r"[ymd]", re.I)
ZEROS = re.compile(r"0{2,20}")
UNSAID = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def telling_format(code: str) -> str:
    """A number format when it says something about a value (dates, leading zeros, percent, two decimals), else ""."""
    bare = UNSAID.sub("", code[:255].partition(";")[0])
    if DATE_MARKS.search(bare) or "%" in bare:
        return code[:60]
    return bare if ZEROS.fullmatch(bare) else "0.00" if bare.strip() in ("0.00", "0.00_") else ""


def formats_of(styles: bytes) -> dict[int, str]:
    """Number format by style index, only where it says something about a value."""
    codes = dict(BUILT_IN)
    for attributes in re.findall(TAG % b"numFmt", styles):
        number = attribute(attributes, b"numFmtId")
        if number.isascii() and number.isdigit() and len(number) < 9:
            codes[int(number)] = attribute(attributes, b"formatCode")
    found = {}
    for index, attributes in enumerate(re.findall(TAG % b"xf", between(styles, b"cellXfs"))):
        number = attribute(attributes, b"numFmtId")
        code = codes.get(int(number), "") if number.isascii() and number.isdigit() and len(number) < 9 else ""
        if told := telling_format(code):
            found[index] = told
    return found
