"""Characters that a terminal would obey or hide are shown, all others stay."""

from __future__ import annotations

import sys
import unicodedata

from ganzoo.prose.visible import escaped, hanging, visible

CONTROLS = [*range(0x20), 0x7F, *range(0x80, 0xA0)]
DIRECTIONS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
NOTHING = [0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xE0001, *range(0xE0020, 0xE0080)]
LINES = [0x2028, 0x2029]
SURROGATES = range(0xD800, 0xE000)
HARMFUL = {chr(n) for n in (*CONTROLS, *DIRECTIONS, *NOTHING, *LINES, *SURROGATES)}


def test_every_harmful_character_is_shown() -> None:
    for character in HARMFUL - {"\n", "\t"}:
        shown = visible(f"a{character}b")
        assert shown == f"a{escaped(character)}b"
        assert shown.isprintable()
        assert shown.isascii()


def test_all_that_can_be_seen_stays() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    shown = visible(everything)
    gone = set(everything) - set(shown)
    assert HARMFUL - {"\n", "\t"} <= gone
    assert {unicodedata.category(c) for c in gone} == {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert all(c in shown for c in "Zoë, θ_D ≤ ½ \xa0 数字 가나다 e\u0301 \ue000 🙂\ufe0f │▀")


def test_how_characters_are_shown() -> None:
    assert visible("\x1b[31mred\a\r\x9b2J\x7f") == r"\x1b[31mred\x07\r\x9b2J\x7f"
    assert visible("a\u202eb\u2066\u200b\U000e0041") == r"a\u202eb\u2066\u200b\U000e0041"
    assert visible("\ud800") == r"\ud800"
    assert visible(b"caf\xe9".decode("utf-8", "surrogateescape")) == r"caf\xe9"


def test_lines_and_tabs_stay_where_they_are_wanted() -> None:
    assert visible("one\n\ttwo") == "one\n\ttwo"
    assert visible("one\n\ttwo", keep="") == r"one\n\ttwo"


def test_lines_of_one_message_hang_together() -> None:
    assert hanging("one\ntwo\n  three\n\nError: x") == "one\n  two\n  three\n\n  Error: x"
    assert hanging("\nError: x") == "\n  Error: x"
