"""What one bullet says: its words, its marks such as ``(+2)``, and its quoted replies."""

# Authors also write full-width colons, typographic dashes and minus signs.
# ruff: noqa: RUF001

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from personas import quotes
from personas.model import Kind

# Spaces are never given back (*+): else the time would grow with the square of their number.
_MARK = re.compile(
    r"""[(（\[]\s*+(?:
        weight\s*+[:=]?\s*+(?P<weight>[^\s()（）\[\]]*|[-+]?\d[^()（）\[\]]*+)
      | (?:intensity\s*+)?
        (?P<change>(?P<sign>[-+−–＋])?\s*+\d+(?:[.,]\d+)?)
        (?:\s*+(?:intensity|points?))?
    )\s*+[)）\]]""",
    re.VERBOSE | re.IGNORECASE,
)
# Nearly every bullet is written like this; taking it apart at once halves the time of a file.
_USUAL = re.compile(
    rf"([^{quotes.SIGNS}()（）\[\]\\<]+?)(?:\(([-+]\d{{1,3}})\))?\s{{0,9}}"
    rf'(?::\s{{0,9}}"([^{quotes.SIGNS}\\<]*)"\s{{0,9}})?'
)
_LEAD = re.compile(r"(?:[:：—–→]|->|=>|\s-)[\s*_]*$")
_SEPARATOR = re.compile(r"[\s,;/|.。…!?*_]*(?:(?:or|and|then|หรือ)[\s,]*)?", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}|`")
_BRACKET = re.compile(r"[(\[（]")
# After these words a quotation is what somebody else says, not the persona's reply.
_CUE = re.compile(
    r"(?:\b(?:says?|said|saying|tells?|told|telling|hears?|hearing|like|as|words?|phrases?|uses?|"
    r"using|e\.g|the|an?|or|and|calls?|called|calling|her|him|them)|พูดว่า|บอกว่า|คำว่า|เช่น|ว่า)"
    r"[\s.,]*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?:an?|the|her|his|their)\s+)?"
    r"(?:(?:opening|closing|final|last|typical|example|sample|specific|response)\s+)*"
    r"(?:lines?|words|phrases?|says|responses?|repl(?:y|ies)|patterns?|farewell|goodbye)",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\s!-/:-@\[-`{-~\u00a1-\u00bf\u2000-\u206f\u3000-\u301f\uff01-\uff0f]+")
_PLAIN_SIGNS = str.maketrans("−–＋", "--+")
_TAIL = re.compile(r"[:：\s][*_]{1,3}$")
_TRIM = " \t\r\n:：;,—–→=>-"


class Mark(NamedTuple):
    """A mark in brackets: ``name`` is ``change`` or ``weight``, ``value`` as it was written."""

    name: str
    value: str
    signed: bool


class Bullet(NamedTuple):
    """A bullet taken apart; ``unclosed``: a quotation in it has no end."""

    words: str
    replies: tuple[str, ...]
    marks: tuple[Mark, ...]
    unclosed: bool

    @property
    def only_lines(self) -> bool:
        """Quoted text alone, or under a label such as ``Closing line:``."""
        return bool(self.replies) and (not self.words or bool(_LABEL.fullmatch(self.words)))


def take_apart(raw: str, kind: Kind | None) -> Bullet:
    """The words, marks and replies of a bullet's raw text.

    A quotation is a reply after a colon, a dash, a mark or another reply, or at the end of the
    bullet; elsewhere it belongs to the words ("Says “calm down” (+2): …"), and so it does after
    words such as *says*, and in an objective unless a colon stands before it.
    """
    usual = kind != "objective" and not quotes.may_be_single(raw) and _USUAL.fullmatch(raw)
    if usual:
        return _take_usual(usual)
    text = without_comments(raw)
    if not (_BRACKET.search(text) or quotes.may_be_in(text)):
        return Bullet(_trimmed(clean(_trimmed(text))), (), (), False)
    quoted = quotes.find(text)
    marks = [m for m in islice(_marks(text, kind), quotes.MOST) if not _inside(m.start(), quoted)]
    first, replies = _replies(text, quoted, marks, kind)
    words = " ".join(_between(text, first, [m.span() for m in marks]))
    return Bullet(
        words=_trimmed(clean(words)),
        replies=tuple(line for m in replies if (line := clean(quotes.inner(m)))),
        marks=tuple(_mark(m) for m in marks),
        unclosed=quotes.unclosed(text, quoted),
    )


def _take_usual(match: re.Match[str]) -> Bullet:
    piece, change, reply = match.groups("")
    line = clean(reply)
    return Bullet(
        words=_trimmed(clean(_trimmed(piece))),
        replies=(line,) if line else (),
        marks=(Mark("change", change, True),) if change else (),
        unclosed=False,
    )


class Quotations(NamedTuple):
    """The quotations of a text, and the words ``beside`` them; ``unclosed``: one has no end."""

    lines: tuple[str, ...]
    beside: str
    unclosed: bool


def quotations(text: str) -> Quotations:
    """All that is quoted in a text that is no rule."""
    quoted = _not_within_words(text, quotes.find(text))
    between = _between(text, len(text), [quote.span() for quote in quoted])
    beside = " ".join(words for words in between if not _SEPARATOR.fullmatch(words))
    lines = tuple(clean(quotes.inner(quote)) for quote in quoted)
    return Quotations(lines, clean(beside), quotes.unclosed(text, quoted))


def _not_within_words(text: str, quoted: list[re.Match[str]]) -> list[re.Match[str]]:
    """Without those in single marks that stand in the middle of a sentence."""
    kept, at = [], 0
    for quote in quoted:
        if quotes.is_single(quote) and not _SEPARATOR.fullmatch(text, at, quote.start()):
            continue
        kept.append(quote)
        at = quote.end()
    return kept


def clean(raw: str) -> str:
    """The text as it is said: one line, no emphasis, no backslashes before signs."""
    if "\\" in raw:
        raw = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", raw)
    if "*" in raw or "_" in raw or "`" in raw:
        raw = _EMPHASIS.sub(_unless_plain, raw)
    return " ".join(raw.split())


def normalised(words: str) -> str:
    """Words for comparison: no letter case, no punctuation, one space between."""
    return _PUNCTUATION.sub(" ", unicodedata.normalize("NFKC", words).casefold()).strip()


def named(words: str, kind: Kind) -> tuple[str, str]:
    """A rule's normalised words ("" when there are none) and its id."""
    key = normalised(words)
    return key, rule_id(kind, key)


def rule_id(kind: Kind, key: str) -> str:
    """The id, such as ``t-1a2b3c4d``, of the rule with these normalised words."""
    digest = hashlib.sha1(f"{kind} {key}".encode(), usedforsecurity=False)
    return f"{kind[0]}-{digest.hexdigest()[:8]}"


def _unless_plain(match: re.Match[str]) -> str:
    """Nothing for a sign of emphasis; the sign itself in ``2*3``, ``a_b`` or standing alone."""
    text, start, end = match.string, *match.span()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    plain = (str.isdigit, str.isalnum)[match[0][0] == "_"]
    alone = (before + after).isspace() or not (before + after)
    return match[0] if alone or (plain(before) and plain(after)) else ""


def without_comments(raw: str) -> str:
    """HTML comments blanked out, so that offsets stay."""
    if "<!--" not in raw:
        return raw
    pieces, at = [], 0
    while (start := raw.find("<!--", at)) >= 0 and (end := raw.find("-->", start)) >= 0:
        pieces += [raw[at:start], " " * (end + 3 - start)]
        at = end + 3
    return "".join([*pieces, raw[at:]])


def _marks(text: str, kind: Kind | None) -> Iterator[re.Match[str]]:
    for match in _MARK.finditer(text):
        if match["change"] is None:
            if kind == "objective":
                yield match
        elif match["sign"] or (kind != "objective" and _ends_words(text, match.end())):
            yield match


def _ends_words(text: str, at: int) -> bool:
    """Whether nothing, or a reply, follows: only there is ``(2)`` a mark rather than words."""
    rest = text[at : at + 4].lstrip()
    return not rest or rest[0] in f".:：—–-([（'‘’‚{quotes.SIGNS}"


def _inside(at: int, quoted: list[re.Match[str]]) -> bool:
    return any(q.start() < at < q.end() for q in quoted)


def _replies(
    text: str, quoted: list[re.Match[str]], marks: list[re.Match[str]], kind: Kind | None
) -> tuple[int, list[re.Match[str]]]:
    """Where the words end, and the quotations that are replies."""
    replies: list[re.Match[str]] = []
    for quote in quoted:
        if replies or _leads(text, quote, marks, kind) or _trails(text, quote, quoted, marks, kind):
            replies.append(quote)
    return (replies[0].start() if replies else len(text)), replies


def _leads(text: str, quote: re.Match[str], marks: list[re.Match[str]], kind: Kind | None) -> bool:
    before = text[max(0, quote.start() - 8) : quote.start()]
    if _LEAD.search(before) or (kind is None and not text[: quote.start()].strip("*_ \t")):
        return True
    end = max((m.end() for m in marks if m.end() <= quote.start()), default=-1)
    return end >= 0 and bool(_SEPARATOR.fullmatch(text, end, quote.start()))


def _trails(
    text: str,
    quote: re.Match[str],
    quoted: list[re.Match[str]],
    marks: list[re.Match[str]],
    kind: Kind | None,
) -> bool:
    if quotes.is_single(quote) and text[: quote.start()].strip("*_ \t"):
        return False  # within words, an apostrophe is likelier
    if kind == "objective" or _CUE.search(text[max(0, quote.start() - 24) : quote.start()]):
        return False
    at = quote.end()
    for token in sorted((m for m in [*quoted, *marks] if m.start() >= at), key=re.Match.start):
        if not _SEPARATOR.fullmatch(text, at, token.start()):
            return False
        at = token.end()
    return bool(_SEPARATOR.fullmatch(text, at))


def _between(text: str, end: int, holes: list[tuple[int, int]]) -> Iterator[str]:
    """The words before ``end``, without those holes (begin and end in characters)."""
    at = 0
    for start, stop in [*(h for h in holes if h[0] < end), (end, end)]:
        if words := _trimmed(text[at:start]):
            yield words
        at = stop


def _trimmed(words: str) -> str:
    # The emphasis of a reply that follows (": *“…”*") is none of the words.
    trimmed = _TAIL.sub("", words.lstrip(" \t\r\n")).rstrip(_TRIM)
    return trimmed if trimmed.strip("*_ ") else ""


def _mark(match: re.Match[str]) -> Mark:
    if match["change"] is None:
        return Mark("weight", match["weight"].strip(), False)
    value = "".join(match["change"].split()).translate(_PLAIN_SIGNS)
    return Mark("change", value, bool(match["sign"]))
