"""The tokens: every pair of text and background can be read, in light and dark."""

import re

import pytest

from agent.simulation.directing.mood import MOODS
from ui.kit import theme

PAIRS = [
    *[(text, back) for text in ("text", "muted", "accent") for back in ("bg", "surface", "sunken")],
    ("text", "accent-soft"),
    ("muted", "accent-soft"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("surface", "bad"),
    ("bad", "accent-soft"),
    ("good", "surface"),
    ("bad", "surface"),
    ("warn", "surface"),
    *[(name, f"{name}-soft") for name in ("good", "warn", "bad", "easy", "medium", "hard")],
    *[(name, "surface") for name in MOODS],
    ("record", "surface"),
]


@pytest.mark.parametrize("table", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "back"), PAIRS)
def test_contrast(table: dict[str, str], text: str, back: str) -> None:
    assert contrast(table[text], table[back]) >= 4.5


@pytest.mark.parametrize("table", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_moods_differ_in_lightness_too(table: dict[str, str]) -> None:
    lights = [luminance(table[name]) for name in MOODS]
    assert lights == sorted(lights, reverse=True)
    assert lights[0] / lights[-1] > 1.5


def test_light_and_dark_have_the_same_names() -> None:
    assert theme.LIGHT.keys() == theme.DARK.keys()


def test_pages_use_only_tokens_that_exist() -> None:
    css = theme.stylesheet()
    used = set(re.findall(r"var\((--(?:c|s|r|t)-[a-z0-9-]+)\)", css))
    defined = set(re.findall(r"(--(?:c|s|r|t)-[a-z0-9-]+):", theme.tokens_css()))
    assert used <= defined


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_paper_is_light() -> None:
    """Browsers print no backgrounds, so the letters of the dark look would not be seen."""
    outside = re.sub(r"@media screen[^{]*\{[^{]*\{[^}]*\}\s*\}", "", theme.tokens_css())
    assert theme.DARK["text"] in theme.tokens_css()
    assert theme.DARK["text"] not in outside
    assert theme.LIGHT["text"] in outside
