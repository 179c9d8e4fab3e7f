"""LaTeX as Unicode: what a formula looks like in a line of text."""

from __future__ import annotations

import pytest

from ganzoo.prose.formulas import broken, displayed, inline


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\theta_D", "θ_D"),
        (r"\theta_D^{k+1}", "θ_Dᵏ⁺¹"),
        (r"\beta_1 = 0.5", "β₁ = 0.5"),
        (r"\mathbb{E}_x[\log D(x)]", "𝔼_x[log D(x)]"),
        (r"\mathbb E_{x \sim p_{data}}", "𝔼_(x ∼ p_data)"),
        (r"-\log\sigma(d) = \mathrm{softplus}(-d)", "−log σ(d) = softplus(−d)"),
        (r"\log(1-\sigma(d))", "log(1 − σ(d))"),
        (r"\sigma(d) - 1 \to -1", "σ(d) − 1 → −1"),
        (r"a=-1, b=1", "a = −1, b = 1"),
        (r"[-c, c]", "[−c, c]"),
        (r"\min_G \max_D V", "min_G max_D V"),
        (r"\tfrac12 x", "½ x"),
        (r"\frac{\gamma}{2} y", "γ/2 y"),
        (r"\frac{a + b}{\sqrt{c}}", "(a + b)/√c"),
        (r"\frac{1}{|B_+|} \sum_{x \in B_+} d(x)", "1/|B₊| ∑_(x ∈ B₊) d(x)"),
        (r"\sum_{k=0}^{999} p_k \log(1000 \, p_k)", "∑_(k=0)⁹⁹⁹ p_k log(1000 p_k)"),
        (r"(\Sigma_r \Sigma_g)^{1/2}", "(Σ_r Σ_g)^(1/2)"),
        (r"1 - e^{-9/2} = 98.9\%", "1 − e^(−9/2) = 98.9%"),
        (r"\|\nabla_{\hat x} D(\hat x)\|_2", "‖∇_x̂ D(x̂)‖₂"),
        (r"KL(p \,\|\, q)", "KL(p ‖ q)"),
        (r"U\{1 \dots K\}", "U{1 … K}"),
        (r"A \Sigma_2 A^\top", "A Σ₂ Aᵀ"),
        (r"x'", "x′"),
        (r"26,000", "26,000"),
    ],
)
def test_a_formula_in_a_line(latex: str, text: str) -> None:
    assert inline(latex) == text


def test_each_equation_of_a_display_is_a_line() -> None:
    assert displayed("a &= b, \\\\\n c &= d^2") == ["a = b", "c = d²"]
    assert displayed(r"a = b, \qquad c \sim N(0, I)") == ["a = b", "c ∼ N(0, I)"]


@pytest.mark.parametrize("latex", [r"\frac{a", "x_", "^", r"\unheard{x} + y", "}", "$x$", r"a \\"])
def test_what_is_no_latex_is_shown_without_a_backslash(latex: str) -> None:
    assert "\\" not in inline(latex)


def test_a_long_equation_is_broken_before_an_operator_outside_brackets() -> None:
    equation = "L = log(1 + exp(a + b)) + log(1 + exp(c + d)) − log(1 + exp(e + f))"
    assert broken(equation, 80) == [equation]
    assert broken(equation, 30) == [
        "L = log(1 + exp(a + b))",
        "    + log(1 + exp(c + d))",
        "        − log(1 + exp(e + f))",
    ]
