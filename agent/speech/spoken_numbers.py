"""Dates, times, sums, measures and codes as they are said; pure."""

import re

from agent.speech.number_words import ONES, cardinal, ordinal, singly, year
from agent.speech.spoken_rules import Rules, Written, letters, stop_after, unsayable
from agent.speech.spoken_words import (
    APART,
    ATTACHED,
    CURRENCIES,
    LETTERS,
    MONTH_OF,
    MONTHS,
    SAID,
    SCALES,
    SHORT,
    SIGNS,
    UNITS,
)

rules = Rules()

_NUM = r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d++)(?:\.\d++)?+"
_MERIDIEM = r"(?:[ap]m|[ap]\.m\.|[AP]M|[AP]\.M\.)(?![A-Za-z])"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
)
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))


# ---- dates ----


def _date(written: Written, month: int, day: int, past: str = "") -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    if written.british:
        said = f"the {ordinal(day)} of {MONTHS[month - 1]}"
    return f"{said}, {_year(past)}" if past else said


def _year(digits: str) -> str:
    value = int(digits)
    if len(digits) == 2:
        return year(value + (1900 if value > 40 else 2000))
    return year(value) if 1100 <= value < 2100 else cardinal(digits)


@rules("digit", r"(\d{4})[-/](\d{2})[-/](\d{2})(?![\w-])")
def _iso_date(written: Written, found: re.Match[str]) -> str | None:
    return _date(written, int(found[2]), int(found[3]), found[1])


@rules("digit", r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-])")
def _whole_date(written: Written, found: re.Match[str]) -> str | None:
    first, second = int(found[1]), int(found[3])
    if found[2] != "/" and len(found[4]) == 2:
        return None
    month, day = _month_and_day(written, first, second)
    if found[2] == ".":
        month, day = second, first
    return _date(written, month, day, found[4])


def _month_and_day(written: Written, first: int, second: int) -> tuple[int, int]:
    day_first = first > 12 or (written.british and second <= 12)
    return (second, first) if day_first else (first, second)


@rules(
    "letter",
    rf"({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:[-—](\d{{1,2}})(?:st|nd|rd|th)?)?"
    r"(?:,? (\d{4})(?![\d-]))?(?![\w:%]|[.,]\d)",
)
def _month_day(written: Written, found: re.Match[str]) -> str | None:
    days = [int(day) for day in (found[2], found[3]) if day]
    if not all(1 <= day <= 31 for day in days):
        return None
    said = f"{MONTHS[MONTH_OF[found[1].lower()] - 1]} {' to '.join(map(ordinal, days))}"
    return f"{said}, {_year(found[4])}" if found[4] else said


@rules("digit", rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH})(?![a-z])(?:\.? (\d{{4}})(?!\d))?")
def _day_month(written: Written, found: re.Match[str]) -> str | None:
    if not 1 <= int(found[1]) <= 31:
        return None
    the = "" if re.search(r"\bthe\s$", written.before(found.start()), re.I) else "the "
    said = f"{the}{ordinal(int(found[1]))} of {MONTHS[MONTH_OF[found[2].lower()] - 1]}"
    return f"{said}, {_year(found[3])}" if found[3] else said


# ---- times ----


def _clock(hour: str, minute: str | None, meridiem: str | None) -> str | None:
    if int(hour) > 24 or (minute and int(minute) > 59):
        return None
    said = cardinal(str(int(hour)))
    if minute and int(minute):
        said += f" oh {cardinal(minute[1])}" if minute[0] == "0" else f" {cardinal(minute)}"
    elif minute and not meridiem:
        said += " hundred" if int(hour) > 12 else " o'clock"
    return f"{said} {meridiem[0].upper()}.M" if meridiem else said


@rules(
    "digit",
    rf"(\d{{1,2}})(?::(\d\d))? ?({_MERIDIEM})?(?: ?[-—] ?| to )"
    rf"(\d{{1,2}})(?::(\d\d))?(?: ?({_MERIDIEM}))?(?![\w:]|[.,]\d)",
)
def _hours(written: Written, found: re.Match[str]) -> str | None:
    if not (found[6] or (found[2] and found[5])):
        return None
    begin, end = _clock(found[1], found[2], found[3]), _clock(found[4], found[5], found[6])
    return f"{begin} to {end}{stop_after(written, found)}" if begin and end else None


@rules("digit", rf"(\d{{1,2}}):(\d\d)(?::(\d\d))?(?: ?({_MERIDIEM}))?(?![\w:])")
def _time(written: Written, found: re.Match[str]) -> str | None:
    said = _clock(found[1], found[2], found[4])
    if said and found[3]:
        said += f" and {cardinal(str(int(found[3])))} seconds"
    return said and said + stop_after(written, found)


@rules("digit", rf"(\d{{1,2}}) ?({_MERIDIEM})")
def _hour(written: Written, found: re.Match[str]) -> str | None:
    said = _clock(found[1], None, found[2])
    return said and said + stop_after(written, found)


# ---- money ----


@rules(
    "sign",
    rf"(-)?([$£€¥₹]) ?({_NUM})(?: ?[-—] ?\2?({_NUM}))?"
    r"(?: ?(million|billion|thousand|hundred|bn|[kKmMbB])(?![A-Za-z]))?",
)
def _money(written: Written, found: re.Match[str]) -> str | None:
    minus = "minus " if found[1] else ""
    one, many, cent, cents = CURRENCIES[found[2]]
    amount, upper, scale = found[3], found[4], found[5]
    if scale or upper:
        words = written.cardinal(amount) + (f" to {written.cardinal(upper)}" if upper else "")
        times = f" {SCALES.get(scale.lower(), scale)}" if scale else ""
        return f"{minus}{words}{times} {many}"
    whole, _, decimals = amount.partition(".")
    if decimals and len(decimals) != 2:
        return f"{minus}{written.cardinal(amount)} {many}"
    said = []
    if int(whole.replace(",", "")) or not int(decimals or 0):
        name = one if whole == "1" or (not decimals and _describes(written, found)) else many
        said.append(f"{written.cardinal(whole)} {name}")
    if int(decimals or 0):
        said.append(f"{cardinal(str(int(decimals)))} {cent if decimals == '01' else cents}")
    return minus + " and ".join(said)


_NOT_DESCRIBED = (
    r" (?:a|an|and|at|back|but|by|each|every|extra|for|from|here|if|in|is|it|less|more|month|now"
    r"|of|off|on|or"
    r"|per|so|that|then|to|total|twice|was|week|when|which|with|year)\b"
)


def _describes(written: Written, found: re.Match[str]) -> bool:
    """Whether the sum stands before what it belongs to: "a $50 refund"."""
    rest = written.after(found.end())
    return bool(
        re.search(r"\b(?:an?|this|that)\s$", written.before(found.start()), re.I)
        and re.match(r" [a-z]", rest)
        and not re.match(_NOT_DESCRIBED, rest)
    )


@rules("letter", rf"(USD|EUR|GBP) ?({_NUM})(?!\w)")
def _named_money(written: Written, found: re.Match[str]) -> str | None:
    return f"{written.cardinal(found[2])} {UNITS[found[1]][1]}"


# ---- numbers ----


@rules("digit", r"24/7(?![\w/])")
def _always(written: Written, found: re.Match[str]) -> str | None:
    return SHORT[found[0]]


@rules("digit", r"(\d{1,6}) (\d)/(\d{1,2})(?![\w/])")
def _mixed(written: Written, found: re.Match[str]) -> str | None:
    part = _fraction(int(found[2]), int(found[3]))
    one = part and re.sub(r"^one ", "a ", part)
    return f"{cardinal(found[1])} and {one}" if part else None


@rules("digit", r"(\d{1,6})([½¼¾⅓⅔⅛])")
def _mixed_sign(written: Written, found: re.Match[str]) -> str | None:
    return f"{cardinal(found[1])} and {re.sub('^one ', 'a ', SIGNS[found[2]])}"


@rules("digit", r"(\d{1,3})/(\d{1,3})(?![\w/])")
def _slashed(written: Written, found: re.Match[str]) -> str | None:
    """A fraction, a day, or so many out of so many."""
    first, second = int(found[1]), int(found[2])
    when = re.search(
        r"\b(?:on|by|until|till|since|from|before|after|due|dated|of)\s$",
        written.before(found.start()),
        re.I,
    )
    month, day = _month_and_day(written, first, second)
    dated = None if found[1] == "0" else _date(written, month, day)
    if when and dated:
        return dated
    if second <= 10 and first <= second and (second == 10 or first == second) and first:
        return f"{cardinal(str(first))} out of {cardinal(str(second))}"
    if part := _fraction(first, second):
        return part
    if dated and first <= 31 and second <= 31 and second != 0:
        return dated
    return (
        f"{cardinal(str(first))} {cardinal(str(second))}"
        if first == second
        else (f"{cardinal(str(first))} slash {cardinal(str(second))}")
    )


def _fraction(above: int, below: int) -> str | None:
    if not 0 < above < below or below not in (2, 3, 4, 5, 8, 16):
        return None
    name = {2: "half", 4: "quarter"}.get(below) or ordinal(below)
    return f"{ONES[above]} {name}{'s' if above > 1 else ''}"


@rules("digit", r"(\d{1,2})'(\d{1,2})(?:\"|'')")
def _height(written: Written, found: re.Match[str]) -> str | None:
    return f"{cardinal(found[1])} foot {cardinal(found[2])}"


@rules("digit", rf"({_NUM}) ?[x\u00d7] ?({_NUM})(?![\w.])")
def _by(written: Written, found: re.Match[str]) -> str | None:
    return f"{written.cardinal(found[1])} by {written.cardinal(found[2])}"


@rules("digit", rf"({_NUM})(?: ?[-—] ?({_NUM}))?( ?)({_UNIT})(?![\w°])")
def _measure(written: Written, found: re.Match[str]) -> str | None:
    low, high, space, unit = found[1], found[2], found[3], found[4]
    if (unit in ATTACHED and space) or (unit in APART and not space):
        return None
    one, many = UNITS[unit]
    single = re.fullmatch(r"1(?:\.0+)?", low) and not high
    words = written.cardinal(low) + (f" to {written.cardinal(high)}" if high else "")
    return f"{words} {one if single else many}"


@rules("digit", r"(\d{1,6}(?:,\d{3}){0,3})(?:st|nd|rd|th|ST|ND|RD|TH)(?!\w)")
def _ordinal(written: Written, found: re.Match[str]) -> str | None:
    return ordinal(int(found[1].replace(",", "")))


@rules("digit", r"(1[1-9]|20)?(\d)0'?s(?!\w)")
def _decade(written: Written, found: re.Match[str]) -> str | None:
    tens = cardinal(f"{found[2]}0") if found[2] != "0" else "hundred"
    if tens == "ten":
        return f"{cardinal(found[1])} tens" if found[1] else "tens"
    said = tens[:-1] + "ies" if tens.endswith("y") else tens + "s"
    return f"{cardinal(found[1])} {said}" if found[1] else said


@rules("digit", r"(\d{4})[-—](\d{4})(?![\w-])")
def _years(written: Written, found: re.Match[str]) -> str | None:
    return f"{_year(found[1])} to {_year(found[2])}"


@rules("digit", rf"({_NUM}) ?[-—] ?({_NUM})(?![\w-])")
def _range(written: Written, found: re.Match[str]) -> str | None:
    if len(found[1]) > 3 and len(found[2]) > 3 and "," not in found[0]:
        return None
    return f"{written.cardinal(found[1])} to {written.cardinal(found[2])}"


@rules("digit", r"\d{1,5}(?:\.\d{1,5}){2,8}(?![\w.]\d)")
def _version(written: Written, found: re.Match[str]) -> str | None:
    return " dot ".join(_short(part) for part in found[0].split("."))


def _short(digits: str) -> str:
    """A short number as a number, a longer one digit by digit."""
    return (
        cardinal(digits) if len(digits) < 3 or digits in ("100", "200", "300") else singly(digits)
    )


# ---- letters and digits together ----


@rules(
    "letter digit",
    r"(?=[A-Za-z-]{0,24}\d)(?=[\d-]{0,24}[A-Za-z])[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+",
)
def _code(written: Written, found: re.Match[str]) -> str | None:
    """An order's number, a product's, a size: "TC-88213", "N300", "5G"."""
    if re.fullmatch(r"\d+k", found[0]):
        return None
    groups = found[0].split("-")
    runs = re.findall(r"[A-Za-z]+|\d+", found[0])
    digits = [run for run in runs if run.isdigit()]
    serial = len(runs) > 3 or any(len(run) > 3 or run[0] == "0" for run in digits)
    said = [
        " ".join(_run(run, serial) for run in re.findall(r"[A-Za-z]+|\d+", group))
        for group in groups
    ]
    long = serial and all(len(group) > 2 for group in groups)
    return (", " if long else " ").join(said)


def _run(run: str, serial: bool) -> str:
    if run.isdigit():
        return singly(run) if serial else _natural(run)
    if _is_spelled(run, serial):
        return letters(run)
    return SAID.get(run.lower(), run.lower())


def _is_spelled(run: str, serial: bool) -> bool:
    if len(run) == 1 or run.upper() in LETTERS or unsayable(run):
        return True
    return run.isupper() and (serial or len(run) < 4)


def _natural(digits: str) -> str:
    """ "300" as three hundred, "320" as three twenty."""
    if len(digits) == 3 and digits[1] != "0":
        return f"{ONES[int(digits[0])]} {cardinal(digits[1:])}"
    return cardinal(digits)


# ---- numbers by themselves ----

_SAID_SINGLY = re.compile(
    r"(?:\b(?:number|no|account|order|card|code|pin|reference|ref|ticket|invoice|case|claim|policy"
    r"|serial|booking|confirmation|tracking|digits|extension|ext|postcode|zip|ending|id|model|mobile"
    r"|phone|telephone|cvv|contract|member|customer|meter|passcode)s?\b|#)"
    r"[\s:.,#]*(?:\b(?:number|no|code|in|with|is|was|are|it's|id)\b[\s:.,#]*){0,3}$",
    re.IGNORECASE,
)


@rules("digit", rf"({_NUM})(?: ?(million|billion|trillion|thousand|bn|[kK])(?![A-Za-z]))?")
def _number(written: Written, found: re.Match[str]) -> str | None:
    digits, scale = found[1], found[2]
    if scale:
        return f"{written.cardinal(digits)} {SCALES.get(scale.lower(), scale)}"
    if not digits.isdigit():
        return written.cardinal(digits)
    if len(digits) > 6 or (len(digits) > 2 and _SAID_SINGLY.search(written.before(found.start()))):
        return singly(digits)
    return (
        year(int(digits))
        if re.fullmatch(r"1[1-9]\d\d|20\d\d", digits)
        else cardinal(digits, british=written.british)
    )
