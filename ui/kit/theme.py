"""The look: colours, spacing, radii and type as tokens, and the one stylesheet made of them.

Pages use the tokens through the classes in ``ui/styles/`` and never write a literal. Every pair of
text and background below has a contrast of at least 4.5:1 (``test_theme.py`` holds it).
"""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import Response
from nicegui import app, ui

LIGHT = {
    "bg": "#f6f5f1",
    "surface": "#ffffff",
    "sunken": "#eeece6",
    "line": "#dcd9d0",
    "line-strong": "#8a867c",
    "text": "#1b1a17",
    "muted": "#5b574e",
    "accent": "#0b5f66",
    "accent-hover": "#094d53",
    "on-accent": "#ffffff",
    "accent-soft": "#e0eeee",
    "good": "#23632f",
    "good-soft": "#e3f0e3",
    "warn": "#7d4a00",
    "warn-soft": "#faeccf",
    "bad": "#a3271d",
    "bad-soft": "#fbe6e2",
    "easy": "#2f6b33",
    "easy-soft": "#e3f0e3",
    "medium": "#7d4a00",
    "medium-soft": "#faeccf",
    "hard": "#8f1d2c",
    "hard-soft": "#fae3e4",
    "calm": "#3b7d4a",
    "tense": "#8f5c00",
    "angry": "#a8380f",
    "furious": "#7a1020",
    "record": "#d3231a",
    "shadow": "rgb(27 26 23 / 0.08)",
}
DARK = {
    "bg": "#131312",
    "surface": "#1c1c1a",
    "sunken": "#262623",
    "line": "#383732",
    "line-strong": "#8f8b80",
    "text": "#f2f0ea",
    "muted": "#b5b0a4",
    "accent": "#6cc7cb",
    "accent-hover": "#8ad6d9",
    "on-accent": "#062426",
    "accent-soft": "#17393b",
    "good": "#8fd39a",
    "good-soft": "#18331d",
    "warn": "#f0c274",
    "warn-soft": "#3a2b0e",
    "bad": "#f5a196",
    "bad-soft": "#431c17",
    "easy": "#9ad8a0",
    "easy-soft": "#18331d",
    "medium": "#f0c274",
    "medium-soft": "#3a2b0e",
    "hard": "#f7a3a8",
    "hard-soft": "#45191e",
    "calm": "#a5dcae",
    "tense": "#f0c274",
    "angry": "#f2946b",
    "furious": "#ef6a72",
    "record": "#ff5247",
    "shadow": "rgb(0 0 0 / 0.4)",
}
SPACING = {"1": 4, "2": 8, "3": 12, "4": 16, "5": 24, "6": 32}
RADII = {"s": 6, "m": 10, "l": 16}
TYPE = {"xs": 12, "s": 14, "m": 16, "l": 20, "xl": 28}
FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Noto Sans Thai",'
    ' "Sukhumvit Set", Thonburi, "Leelawadee UI", Tahoma, Arial, sans-serif'
)
FONT_THAI = (
    '"Noto Sans Thai", "Sukhumvit Set", Thonburi, "Leelawadee UI", Tahoma, "Noto Sans", sans-serif'
)
MONO = 'ui-monospace, "SF Mono", "Cascadia Code", Consolas, "Liberation Mono", Menlo, monospace'

FOLDER = Path(__file__).parent / "styles"
PATH = "/assets/studio.css"


def tokens_css() -> str:
    """The tokens as CSS custom properties, light, dark and by the system's own choice; paper is
    light, since browsers print no backgrounds."""
    light, dark = _colours(LIGHT, "light"), _colours(DARK, "dark")
    fixed = "".join(
        f"--{prefix}-{name}: {size / 16}rem;"
        for prefix, table in (("s", SPACING), ("r", RADII), ("t", TYPE))
        for name, size in table.items()
    )
    fonts = f"--font: {FONT}; --font-thai: {FONT_THAI}; --font-mono: {MONO};"
    return (
        f"body {{{fixed}{fonts}{light}}}\n"
        "@media screen and (prefers-color-scheme: dark) "
        f"{{ body:not(.body--light) {{{dark}}} }}\n"
        f"@media screen {{ body.body--dark {{{dark}}} }}\n"
    )


def stylesheet() -> str:
    """Tokens and every style sheet of ``ui/styles/``, in the order of their names."""
    parts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.css"))]
    return tokens_css() + "\n".join(parts)


def register() -> None:
    """Serve the stylesheet.

    It is linked rather than sent with each page so that the browser keeps it; the hash in its
    address changes when it does.
    """
    css = stylesheet()

    @app.get(PATH)
    def studio_css() -> Response:
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(css, media_type="text/css", headers=headers)


@cache
def stamp() -> str:
    """The hash of the stylesheet."""
    return hashlib.sha256(stylesheet().encode()).hexdigest()[:12]


def link(prefix: str) -> None:
    """Link the stylesheet in the head of this page; ``prefix`` is the sub-path of the site."""
    ui.add_head_html(f'<link rel="stylesheet" href="{prefix}{PATH}?{stamp()}">')


def _colours(table: dict[str, str], scheme: str) -> str:
    return f"color-scheme: {scheme};" + "".join(f"--c-{k}: {v};" for k, v in table.items())
