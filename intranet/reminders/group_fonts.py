"""A font of the machine that has Chinese characters, for words on a drawn picture."""

from __future__ import annotations

from functools import lru_cache
from glob import glob

from PIL import ImageFont

# Debian, UOS and Kylin, Fedora; the first that is there. A collection's faces differ in regional forms: Noto's third
# is the one for simplified Chinese.
PLACES = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/**/SourceHanSans*-Regular.[ot]tf", 0),
    ("/usr/share/fonts/**/NotoSans*SC*.[ot]tf", 0),
)


@lru_cache(maxsize=1)
def _place() -> tuple[str, int] | None:
    for pattern, face in PLACES:
        found = sorted(glob(pattern, recursive=True))
        if found:
            return found[0], face
    return None


@lru_cache(maxsize=4)
def chinese_font(size: int) -> ImageFont.FreeTypeFont | None:
    """The font in a size of pixels; None on a machine without one."""
    place = _place()
    return ImageFont.truetype(place[0], size, index=place[1]) if place else None
