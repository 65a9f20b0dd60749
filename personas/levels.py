"""Bullets that state a level: ``Intensity: 8/10`` and ``Threshold: 4/10``."""

# Authors also write full-width colons and minus signs.
# ruff: noqa: RUF001

import re

from personas.marks import clean, without_comments

_SETTING = re.compile(
    r"(?P<name>(?:(?:emotional|starting|initial|start)\s+)?intensity|threshold)"
    r"(?:\s+(?:for|of|at)\s[^:：]{1,60})?\s*[:：=]\s*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
# Three digits are enough to see that a number is too large, and Python refuses to read thousands.
_LEVEL = re.compile(r"([-+−]?\d{1,3})(?:\s*(?:/|out of)\s*(\d{1,3}))?(?=$|[\s,;(.。](?!\d))")


def setting(raw: str) -> tuple[str, str] | None:
    """``("intensity" | "threshold", value)`` when the bullet states one."""
    lower = raw.casefold()
    if "intensity" not in lower and "threshold" not in lower:
        return None
    match = _SETTING.match(clean(without_comments(raw)))
    if match is None:
        return None
    return ("threshold" if match["name"].casefold() == "threshold" else "intensity"), match["value"]


def level(value: str) -> int | None:
    """``8`` of ``8/10`` or ``8``; None when it is no whole number from 0 to 10."""
    match = _LEVEL.match(value)
    if match is None or (match[2] and int(match[2]) != 10):
        return None
    number = int(match[1].replace("−", "-"))
    return number if 0 <= number <= 10 else None
