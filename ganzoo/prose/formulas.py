"""LaTeX formulas as Unicode text: ``\\theta_D^{k+1}`` is ``θ_Dᵏ⁺¹``.

pylatexenc parses the LaTeX and knows its symbols. This file decides what a line of text cannot show
by position: fractions, subscripts, superscripts and the space around an operator.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

FRACTIONS = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾"}
NAMED = {
    "arg", "argmax", "argmin", "cos", "det", "dim", "exp", "inf", "lim", "ln", "log", "max", "min",
    "sin", "sup", "tan", "tanh", "tr",
}  # fmt: skip
"""Functions whose names are words."""
UPRIGHT = {"mathrm", "text", "textrm", "operatorname", "mathit", "mathbf", "mathsf", "textbf"}
ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "vec": "\u20d7", "dot": "\u0307"}
SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "quad": " ", "!": ""}
OURS = {"epsilon": "ε", "phi": "φ", "top": "⊤", "left": "", "right": "", "|": "‖", "lVert": "‖",
        "rVert": "‖", "lvert": "|", "rvert": "|", "colon": ":"}  # fmt: skip
"""Symbols that pylatexenc lacks or renders less legibly."""
RELATIONS = "=<>≤≥≠≈≡∼∈∉⊂→←⇒∝≪≫"
SIGNS = "+−±∪∩×"
OPENING, CLOSING = "([{⟨", ")]}⟩"
BEGIN, END, TIGHT = "\1\2\3"
"""Around a function's name, and for ``=`` in a script, until the spaces are set."""
SUPERSCRIPTS = {
    **dict(zip("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", strict=True)),
    **dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)),
    **dict(zip("ABDEGHIJKLMNOPRTUVW⊤", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵀ", strict=True)),
}
SUBSCRIPTS = dict(zip("0123456789+−", "₀₁₂₃₄₅₆₇₈₉₊₋", strict=True))
"""Unicode has so few letters here that a formula would mix both forms: letters stay, ``θ_D``."""


def inline(latex: str) -> str:
    """A formula in one line."""
    return ",  ".join(displayed(latex))


def displayed(latex: str) -> list[str]:
    """The equations of a displayed formula: a new one begins at each line and each ``\\qquad``.

    The comma or full stop at the end of an equation is left out.
    """
    parts = re.split(r"\\\\|\\qquad", " ".join(latex.split()))
    texts = (_spaced(_text(_parsed(part))).rstrip(" ,.").replace(TIGHT, "=") for part in parts)
    return [text for text in texts if text]


def broken(equation: str, width: int) -> list[str]:
    """An equation in lines of at most ``width``, broken at operators.

    All lines but the first are indented, and begin with the operator.
    """
    places, depth = [], 0
    for i, char in enumerate(equation):
        depth += (char in OPENING) - (char in CLOSING)
        if not depth and char in "=+−" and equation[i - 1 : i + 2] == f" {char} ":
            places.append(i)
    fitting = [place for place in places if place <= width]
    if len(equation) <= width or not fitting:
        return [equation]
    rest = broken(equation[fitting[-1] :], width - 4)
    return [equation[: fitting[-1]].rstrip(), *(f"    {line}" for line in rest)]


@cache
def _grammar() -> Any:
    from pylatexenc import latexwalker, macrospec  # not needed until a formula is shown

    grammar = latexwalker.get_default_latex_context_db()
    one, two = ("operatorname", "vec"), ("tfrac", "dfrac")
    scripts = [
        macrospec.SpecialsSpec(sign, args_parser=macrospec.MacroStandardArgsParser("{"))
        for sign in "_^"
    ]
    macros = [macrospec.std_macro(name, False, n) for n, s in ((1, one), (2, two)) for name in s]
    grammar.add_context_category("formulas", prepend=True, macros=macros, specials=scripts)
    return grammar


def _parsed(latex: str) -> list[Any]:
    from pylatexenc.latexwalker import LatexWalker

    nodes: list[Any] = LatexWalker(latex, latex_context=_grammar()).get_latex_nodes()[0]
    return nodes


def _text(nodes: Iterable[Any]) -> str:
    text = ""
    for node in nodes:
        if node is not None:
            script = getattr(node, "specials_chars", "") in ("_", "^")
            text = (text.rstrip() if script else text) + _node(node)
    return text


def _node(node: Any) -> str:
    if hasattr(node, "chars"):
        return str(node.chars).replace("-", "−").replace("'", "′")
    if hasattr(node, "nodelist"):  # a group, or an environment
        return _text(node.nodelist)
    parsed = getattr(node, "nodeargd", None)
    arguments = [_text([each]) for each in getattr(parsed, "argnlist", None) or () if each]
    if hasattr(node, "macroname"):
        return _macro(node, arguments)
    if getattr(node, "specials_chars", "") in ("_", "^") and arguments:
        return _script(node.specials_chars, _spaced(arguments[0]))
    return ""


def _macro(node: Any, arguments: list[str]) -> str:
    name, space = str(node.macroname), str(node.macro_post_space)
    if name in NAMED:
        return f"{BEGIN}{name}{END}{space}"
    if name in ("frac", "tfrac", "dfrac"):
        fraction = "/".join(_whole(_spaced(each)) for each in arguments)
        return FRACTIONS.get(fraction, fraction)
    if name == "sqrt" and arguments:
        return f"√{_whole(_spaced(arguments[-1]))}"
    if name in UPRIGHT:
        return "".join(arguments) + space
    if name in ACCENTS and arguments:
        return unicodedata.normalize("NFC", arguments[0] + ACCENTS[name]) + space
    if name in SPACES:
        return SPACES[name]
    if name in OURS:
        return OURS[name] + space
    return _symbol(node) + space


def _symbol(node: Any) -> str:
    from pylatexenc.latex2text import LatexNodes2Text

    found = str(LatexNodes2Text(math_mode="text").nodelist_to_text([node])).strip()
    return found or str(node.macroname) * node.macroname.isalpha()


def _script(sign: str, text: str) -> str:
    """What is set lower or higher, in the characters that Unicode has, or after the sign."""
    forms = SUBSCRIPTS if sign == "_" else SUPERSCRIPTS
    tight = text.replace(" ", "")
    if all(char in forms for char in tight):
        return "".join(forms[char] for char in tight)
    letters = "".join(char for char in text if not unicodedata.combining(char))
    if letters.isalnum() or len(letters) == 1:
        return sign + text
    return f"{sign}({text.replace(' = ', TIGHT)})"


def _whole(text: str) -> str:
    """A part of a fraction, in brackets if its end is otherwise unclear."""
    depth = 0
    for char in text:
        depth += (char in OPENING) - (char in CLOSING)
        if not depth and char in f" /{SIGNS}":
            return f"({text})"
    return text


def _spaced(text: str) -> str:
    """The formula with spaces around operators, words and commas."""
    opening, closing = re.escape(OPENING), re.escape(CLOSING)
    text = re.sub(rf"(?<=[\w)\]}}|′{END}]){BEGIN}", " ", text)
    text = re.sub(rf"{END}(?=[^\W_])", " ", text).replace(BEGIN, "").replace(END, "")
    text = re.sub(rf"\s*([{RELATIONS}])\s*", r" \1 ", text)
    before = rf"[^\s{SIGNS}{RELATIONS}{opening},/]"  # otherwise the sign belongs to a number
    text = re.sub(rf"({before})\s*([{SIGNS}])\s*", r"\1 \2 ", text)
    text = re.sub(rf"(^|[{RELATIONS}{opening},]\s*)([+−])\s+", r"\1\2", text)
    text = re.sub(r",\s*(?!\d{3}(?!\d))", ", ", text)
    text = re.sub(rf"(?<=[{opening}∇∂])\s+|\s+(?=[{closing},])", "", text)
    return " ".join(text.split())
