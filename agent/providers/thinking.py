"""What a text model thinks aloud before its answer, told from the answer; pure.

Servers that know a model's template keep its thinking apart; others send it as text, between marks
that each family of models has its own of.
"""

import re

_NAMES = r"(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|seed:think)"
_OPEN = re.compile(
    rf"<\s?{_NAMES}(?:\s[^<>]{{0,80}})?>"  # DeepSeek, Qwen and most others
    r"|<\|(?:start|begin)_(?:of_)?think(?:ing)?\|>|<\|(?:start|begin)_(?:of_)?thoughts?\|>"
    r"|<\|channel\|?>\s?(?:analysis|commentary|thought)(?:<\|message\|>)?"  # gpt-oss, Gemma
    r"|\[THINK\]"  # Magistral
    r"|\u25c1think\u25b7",  # Kimi
    re.IGNORECASE,
)
_CLOSE = re.compile(
    rf"<\s?/\s?{_NAMES}\s?>"
    r"|<\|end_(?:of_)?think(?:ing)?\|>|<\|end_(?:of_)?thoughts?\|>"
    r"|<\|channel\|>\s?final(?:<\|message\|>)?|<channel\|>"
    r"|\[/THINK\]"
    r"|\u25c1/think\u25b7",
    re.IGNORECASE,
)
_EITHER = re.compile(f"(?P<open>{_OPEN.pattern})|(?P<close>{_CLOSE.pattern})", re.IGNORECASE)
# What gpt-oss sends where a server leaves its marks out.
_BARE_OPEN = re.compile(r"\s{0,9}analysis(?=[A-Z])")
_BARE_CLOSE = "assistantfinal"
_MESSAGE = "<|message|>"
_BEGINS = re.compile(r"[<\[\u25c1]")
_ENDS = re.compile(r"[>\]\u25b7]")
_CHANNEL = re.compile(r"<\|channel\|?>\s?[a-z]{0,12}\Z", re.IGNORECASE)
_LONGEST = 120
"""Characters of the longest mark."""


class Thinking:
    """Takes a reply as it comes, and gives what is no thinking.

    With ``begun``, the reply begins inside: some templates put the opening mark into the question.
    """

    def __init__(self, *, begun: bool = False) -> None:
        self._depth = int(begun)
        self._rest = ""
        self._bare = False
        self._first = not begun
        self.closed_unopened = False
        """Whether what came up to now was thinking after all: a mark closed what none opened."""

    @property
    def inside(self) -> bool:
        """Whether what comes now is thinking."""
        return self._depth > 0

    def push(self, delta: str) -> str:
        """The next piece of the reply; what of it is sure to be no thinking."""
        return self._take(delta, last=False)

    def finish(self) -> str:
        """The reply is over; what was held back and is no thinking."""
        return self._take("", last=True)

    def _take(self, delta: str, *, last: bool) -> str:
        text = self._rest + delta
        self._rest = ""
        if self._first and not self._begin(text, last=last):
            return ""
        if self._bare:
            return self._after_bare(text)
        given: list[str] = []
        at = 0
        held = None
        for mark in _EITHER.finditer(text):
            if not last and _grows(mark, text):
                held = mark.start()
                break
            if not self._depth:
                given.append(text[at : mark.start()])
            self._pass(mark, given)
            at = mark.end()
        if held is None:
            held = len(text) if last else _held_from(text, at)
        if not self._depth:
            given.append(text[at:held])
        self._rest = text[held:]
        return "".join(given)

    def _begin(self, text: str, *, last: bool) -> bool:
        """Look at the reply's very beginning; whether there is enough of it to go on."""
        start = text.lstrip()
        if not last and len(start) < len("analysisT") and "analysis".startswith(start[:8]):
            self._rest = text
            return False
        self._first = False
        self._bare = bool(_BARE_OPEN.match(text))
        return True

    def _after_bare(self, text: str) -> str:
        _, found, answer = text.partition(_BARE_CLOSE)
        if not found:
            self._rest = text[-len(_BARE_CLOSE) :]
            return ""
        self._bare = False
        return answer

    def _pass(self, mark: re.Match[str], given: list[str]) -> None:
        if mark["open"]:
            self._depth += 1
        elif self._depth:
            # gpt-oss opens each of its thoughts, and closes all of them at once.
            self._depth = 0 if "channel" in mark[0] else self._depth - 1
        elif "channel" not in mark[0]:
            self.closed_unopened = True
            given.clear()


def without_thinking(reply: str) -> str:
    """A whole reply less what was thought aloud in it."""
    thinking = Thinking()
    first = thinking.push(reply)
    return first + thinking.finish()


def _grows(mark: re.Match[str], text: str) -> bool:
    """Whether more of the mark may come."""
    if "channel" not in mark[0] or mark[0].endswith(_MESSAGE):
        return False
    return _MESSAGE.startswith(text[mark.end() :])


def _held_from(text: str, at: int) -> int:
    """Where the beginning of a mark may stand whose end has not come yet."""
    begin = max(at, len(text) - _LONGEST)
    for found in _BEGINS.finditer(text, begin):
        if not _ENDS.search(text, found.end()) or _CHANNEL.match(text, found.start()):
            return found.start()
    return len(text)
