"""What a text model wrote, made fit to be spoken, as it comes; pure.

No markdown, links, pictures, stage directions, thinking aloud, speaker's labels or wrappings reach
the voice, the captions or the history.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterable

from agent.providers.thinking import Thinking, without_thinking

_HELD = 240
"""Characters that are held back at most to see how something ends."""
_FIRST = 120
"""Characters of a first sentence that are looked at for thinking aloud without any mark."""

_OWN_LABELS = (
    "customer",
    "caller",
    "assistant",
    "persona",
    "ai",
    "response",
    "reply",
    "answer",
    "me",
)
_OTHER_LABELS = (
    *("agent", "trainee", "user", "human", "representative", "rep", "operator", "support"),
    *("system", "director", "narrator", "note", "call center agent", "support agent"),
)
_JSON_KEYS = (
    *("text", "reply", "response", "message", "content", "answer", "say", "speech", "line"),
    *("dialogue", "utterance", "output", "spoken"),
)
_STEMS = (
    *("sigh", "paus", "laugh", "chuckl", "groan", "breath", "inhal", "exhal", "sniff", "cough"),
    *("clear", "grumbl", "mutter", "mumbl", "whisper", "shout", "yell", "cries", "crying", "sob"),
    *("gasp", "scoff", "snort", "huff", "smil", "frown", "nod", "shak", "shrug", "roll", "tap"),
    *("typing", "types", "silen", "beat", "voice", "tone", "hang", "hesitat", "interrupt", "rais"),
    *("lower", "takes", "sounds", "sounding", "rustl", "click", "background", "swallow", "growl"),
    *("tut", "tsk", "giggl", "snicker", "murmur", "sarcas", "angr", "frustrat", "annoy", "irritat"),
    *("softl", "firml", "calml", "quiet", "slowl", "tear", "trembl", "pick", "phone", "line"),
    *("relie", "exasperat", "impatien", "sternl", "coldl", "crack"),
)
_ACTION = re.compile(rf"(?:{'|'.join(_STEMS)})\w*")
_DOING = re.compile(
    r"(?:sigh|paus|laugh|chuckl|groan|inhal|exhal|sniff|cough|scoff|snort|huff|shrug|gasp|smil|nod"
    r"|mutter|grumbl|breath|clear|tak|hesitat|sob)e?s"
)
_PONDERS = re.compile(
    r"(?:ok(?:ay)?|al(?:l )?right|hmm+|so|first|now|let me|we|i|the)\b.{0,80}?"
    r"\b(?:the (?:user|trainee) (?:is|has|was|wants|just|says|said|asks|asked|seems|wrote)"
    r"|in character|my (?:next )?(?:response|reply|answer) (?:should|needs to|must)"
    r"|(?:i|we) (?:need|have|should|must)(?: to)? (?:respond (?:as|in|with|to)|reply (?:as|in|with)"
    r"|answer as|act as|play (?:the |a )?(?:role|part|customer|persona|character))"
    r"|(?:the|my|system) (?:system )?prompt|stage direction|role-?play)",
    re.IGNORECASE | re.DOTALL,
)
_MAY_PONDER = (
    "ok",
    "alright",
    "all right",
    "hmm",
    "so",
    "first",
    "now",
    "let me",
    "we ",
    "i ",
    "the ",
)
# "Sure! Here is my reply as the customer:", and what may become that.
_AGREED = r"(?:(?:sure|certainly|of course|okay|absolutely|got it)\b(?: thing)?[,!.]?\s{0,3})?"
_PREFACE = re.compile(
    rf"{_AGREED}here(?:['\u2019]s| is) (?:my|the|a|an|how)\b[^:\n]{{0,60}}"
    r"\b(?:response|reply|in character|as the (?:customer|caller))\b[^:\n]{0,60}:\s*",
    re.IGNORECASE,
)
_AGREES = ("sure thing", "certainly", "of course", "okay", "absolutely", "got it", "here")
_PREFACE_BEGINS = re.compile(
    rf"{_AGREED}(?:h|he|her|here(?:['\u2019 ][^:\n]{{0,120}}:?)?)?\s*", re.IGNORECASE
)

_FENCE = re.compile(r"[ \t]{0,8}(`{3,}|~{3,})[ \t]?([\w+-]{0,20})[^\n]{0,80}")
_SPOKEN_FENCES = frozenset(("", "text", "txt", "plaintext", "markdown", "md", "dialogue", "json"))
_RULE = re.compile(
    r"[ \t]{0,8}(?:[-*_=](?:[ \t]{0,3}[-*_=]){2,120}|[|:\-+ \t]{3,200})[ \t]{0,8}(?=\n)"
)
_HEAD = re.compile(r"[ \t]{0,20}(?:#{1,6}[ \t]+|>[ \t]?|[-*+\u2022\u2013][ \t]+)")
_NUMBERED = re.compile(r"[ \t]{0,20}(\d{1,2})[.)][ \t]+(?=\S)")
# A line that may still become one of these.
_HEAD_BEGINS = re.compile(
    r"[ \t]*(?:#{1,6}|>|[-*+_=|:\u2022\u2013` \t]{1,60}|\d{1,2}[.)]?[ \t]*|[`~]{3,}[^\n]{0,90})?"
)
_ROW = re.compile(r"[ \t]{0,8}\|([^\n]{0,2000})")
_LABEL_REST = re.compile(r"\s?[*_\]]{0,3}\s?(?:\([^()\n]{0,60}\)?)?\s?[*_\]]{0,3}\s?")

_SPACE = re.compile(r"[^\S\n]+")
_RUN = re.compile(r"[^\W_]+")
_URL = re.compile(r"(?:https?://|www\.)\S{0,2000}", re.IGNORECASE)
_URL_BEGINS = ("https://", "http://", "www.")
_LINK = re.compile(
    r"!?\[([^\[\]\n]{0,200})\](?:\(([^()\s]{0,500}(?:\([^()]{0,200}\))?[^()\n]{0,200})\)|\[[^\[\]\n]{0,80}\])?"
)
_ROUND = re.compile(r"\(([^()\n]{0,200})\)")
_CURLY = re.compile(r"\{([^{}\n]{0,200})\}")
_TAG = re.compile(r"</?[A-Za-z|!][^<>\n]{0,200}>")
_ROLE = re.compile(r"<\|(?:im_start|start|start_header_id)\|>\w{0,20}")
_STARRED = re.compile(r"(\*{1,3}|_{1,3})(?![\s*_])([^*_\n]{1,160})(?<!\s)\1")
_FACE = re.compile(r"[:;=]['\u2019]?-?[()DPpO/|](?!\w)|:[a-z_]{2,30}:|<3")
_ENTITY = re.compile(r"&(?:[a-z]{2,6}|#x?[0-9a-f]{1,6});", re.IGNORECASE)
_QUOTES = frozenset('"\u201c\u201d\u201e\u00ab\u00bb')
_STOPS = ".!?\u2026"
_PAUSES = ",;:" + _STOPS


class Aloud:
    """Takes a reply piece by piece and gives what of it is to be spoken.

    ``names`` are the speaker's own. ``thinks`` says that the model is known to begin with thinking
    that no mark opens: then nothing is given before the mark that closes it, or the end.
    """

    def __init__(self, names: Iterable[str] = (), *, thinks: bool = False) -> None:
        self._names = tuple(names)
        self._thinking = Thinking(begun=thinks)
        self._doubtful: list[str] | None = [] if thinks else None
        self._speech = _Speech(self._names)
        self._spoke = False

    @property
    def spoke(self) -> bool:
        """Whether anything was left to be spoken."""
        return self._spoke

    @property
    def thinks(self) -> bool:
        """Whether the reply began with thinking that no mark had opened."""
        return self._thinking.closed_unopened

    def push(self, delta: str) -> str:
        """The next piece of the reply; what can be spoken by now, with its spaces."""
        if self._doubtful is not None:
            self._doubtful.append(delta)
        return self._give(self._thinking.push(delta), last=False)

    def finish(self) -> str:
        """The reply is over; the rest of what can be spoken."""
        text = self._thinking.finish()
        if self._doubtful is not None and self._thinking.inside:
            # It has not thought this time.
            text = without_thinking("".join(self._doubtful))
        return self._give(text, last=True)

    def _give(self, text: str, *, last: bool) -> str:
        if self._thinking.closed_unopened and not self._spoke and self._speech.begun:
            # What is held back of what came before the mark was thinking.
            self._speech = _Speech(self._names)
        given = self._speech.take(text, last=last)
        self._spoke = self._spoke or bool(given)
        return given


def aloud(reply: str, names: Iterable[str] = ()) -> str:
    """What is to be spoken of a whole reply."""
    speech = Aloud(names)
    first = speech.push(reply)
    return first + speech.finish()


class _Speech:
    """Everything but thinking between marks."""

    def __init__(self, names: Iterable[str], *, wrapped: bool = True) -> None:
        names = [name.strip().lower() for name in names]
        parts = [part for name in names for part in name.split() if len(part) > 2]
        self._own = tuple(filter(None, dict.fromkeys([*names, *parts, *_OWN_LABELS])))
        self._labels = (*self._own, *_OTHER_LABELS)
        alternatives = "|".join(
            re.escape(name) for name in sorted(self._labels, key=len, reverse=True)
        )
        self._label = re.compile(
            rf"[ \t]*[*_\[]{{0,3}}\s?({alternatives})\s?[*_\]]{{0,3}}\s?(?:\([^()\n]{{0,60}}\))?"
            r"\s?[*_\]]{0,3}\s?[:\uff1a]\s?[*_]{0,3}",
            re.IGNORECASE,
        )
        self._names = names
        self._wrapped = wrapped
        self._text = ""
        self._out: list[str] = []
        self._lead = ""
        self._last = ""  # the last sign that was given
        self._gap = False
        self._left_out = False
        self._line_start = self._fresh = True
        self._block = False
        self._fence = ""
        self._muted = False
        self._muted_line = False
        self._quoted = False
        self._single = False
        self._whole: list[str] | None = None
        self._json = False
        self._looked = False
        self._number = 0
        self.begun = False

    # ---- the way through a text ----

    def take(self, text: str, *, last: bool) -> str:
        """The next piece; what is sure by now."""
        if text:
            self.begun = True
        if self._whole is not None:
            self._whole.append(text)
        else:
            self._text += text
            self._look_at_all(last=last)
        if self._whole is not None:
            if last:
                self._say_whole()
        else:
            self._run(last=last)
        given, self._out = "".join(self._out), []
        return given

    def _look_at_all(self, *, last: bool) -> None:
        """Whether the reply as a whole is something else than speech, by its beginning."""
        if self._looked or not self._wrapped:
            return
        start = self._text.lstrip()
        fence = _FENCE.match(start)
        bare = start[fence.end() :].lstrip() if fence else start
        if not bare and not last:
            return
        if re.match(r"\{\s*\"|\[\s*\{", bare):
            self._json, self._whole = True, [self._text]
        elif not last and (re.fullmatch(r"[{\[]\s*", bare) or re.fullmatch(r"[`~]{1,3}", start)):
            return
        elif _PONDERS.match(start[:_FIRST]):
            self._whole = [self._text]
        elif not last and (self._may_ponder(start) or _may_be_preface(start)):
            return
        elif preface := _PREFACE.match(start):
            self._text = start[preface.end() :]
        self._looked = True
        if self._whole is not None:
            self._text = ""

    def _may_ponder(self, start: str) -> bool:
        low = start.lower()
        if len(start) > _FIRST or re.search(r"[.!?\n\u2026]", start):
            return False
        return any(low.startswith(word) or word.startswith(low) for word in _MAY_PONDER)

    def _say_whole(self) -> None:
        assert self._whole is not None
        whole = "".join(self._whole)
        self._whole = []
        if self._json:
            text = _in_json(whole)
        else:
            # Thinking that no mark closes: the answer may stand as the last paragraph.
            *before, text = re.split(r"\n\s*\n", whole.strip())
            if not before or _PONDERS.match(text):
                text = ""
        speech = _Speech(self._names, wrapped=False)
        self._out.append(speech.take(text, last=True))

    def _run(self, *, last: bool) -> None:
        if not self._looked and self._wrapped:
            return
        at = 0
        while at < len(self._text):
            step = self._step(at, last=last)
            if step == at:
                break
            at = step
        self._text = self._text[at:]

    def _step(self, at: int, *, last: bool) -> int:
        """Past what stands at that place; the place itself while it cannot be told."""
        if self._line_start:
            begun = self._begin_line(at, last=last)
            if begun is not None:
                return begun
        sign = self._text[at]
        if sign == "\n":
            return self._end_line(at)
        if self._muted or self._muted_line or self._fence not in _SPOKEN_FENCES:
            end = self._text.find("\n", at)
            return end if end >= 0 else len(self._text)
        if space := _SPACE.match(self._text, at):
            self._gap = True
            return space.end()
        if run := _RUN.match(self._text, at):
            return self._words(run, last=last)
        handle = _SIGNS.get(sign)
        done = handle(self, at, last) if handle else None
        if done is not None:
            return done
        self._put(sign)
        return at + 1

    def _enough(self, at: int, *, last: bool) -> bool:
        """Whether what follows is all that is needed, or all that will come."""
        return last or len(self._text) - at > _HELD or "\n" in self._text[at : at + _HELD]

    # ---- lines ----

    def _begin_line(self, at: int, *, last: bool) -> int | None:
        """Past what stands before the words of a line; None when the words begin."""
        line = self._text[at : at + _HELD].partition("\n")
        open_end = not line[1] and not last and len(line[0]) < _HELD
        fence = _FENCE.match(self._text, at)
        if open_end and (_HEAD_BEGINS.fullmatch(line[0]) or self._may_be_label(line[0])):
            return at
        if fence:
            self._fence = "" if self._fence else (fence[2].lower() or "text")
            return fence.end()
        if self._fence not in _SPOKEN_FENCES:
            self._line_start = False
            return None
        if label := self._label.match(self._text, at):
            self._muted = label[1].lower() not in self._own
            return label.end()
        if self._muted:
            self._line_start = False
            return None
        return self._begin_block(at, last=last)

    def _begin_block(self, at: int, *, last: bool) -> int | None:
        rule = _RULE.match(self._text, at)
        after = self._text[rule.end() : rule.end() + 1] if rule else "-"
        if rule and (after == "\n" or (last and not after)):
            self._left_out = True
            return rule.end()
        row = _ROW.match(self._text, at)
        if row:
            if row.end() == len(self._text) and not last and len(row[1]) < 2000:
                return at
            return self._table_row(row)
        if head := _HEAD.match(self._text, at):
            self._block = True
            return head.end()
        number = _NUMBERED.match(self._text, at)
        if number and int(number[1]) in (1, self._number + 1):
            self._number = int(number[1])
            self._block = True
            return number.end()
        self._line_start = False
        return None

    def _table_row(self, row: re.Match[str]) -> int:
        cells = [cell.strip() for cell in row[1].split("|")]
        speech = _Speech(self._names, wrapped=False)
        said = speech.take(", ".join(filter(None, cells)), last=True)
        self._line_start = False
        self._block = True
        if said:
            self._gap = True
            self._put(said)
        return row.end()

    def _may_be_label(self, line: str) -> bool:
        start = line.lstrip(" \t*_[").lower()
        if len(start) > 100:
            return False
        return any(
            name.startswith(start)
            or (start.startswith(name) and _LABEL_REST.fullmatch(start[len(name) :]))
            for name in self._labels
        )

    def _end_line(self, at: int) -> int:
        if self._block and self._last and self._last not in _PAUSES:
            self._gap = False
            self._put(".")
        self._block = self._muted_line = False
        self._line_start = self._fresh = self._gap = True
        return at + 1

    # ---- words and signs ----

    def _words(self, run: re.Match[str], *, last: bool) -> int:
        word = run[0].lower()
        if any(begin.startswith(word) or word in ("http", "https") for begin in _URL_BEGINS):
            if url := _URL.match(self._text, run.start()):
                if url.end() == len(self._text) and not last and len(url[0]) < 2000:
                    return run.start()
                return self._leave_out(url.end() - len(url[0]) + len(url[0].rstrip(".,;:!?)\"'")))
            rest = self._text[run.start() : run.start() + 8].lower()
            if not last and any(begin.startswith(rest) for begin in _URL_BEGINS):
                return run.start()
        self._put(run[0])
        return run.end()

    def _leave_out(self, end: int) -> int:
        self._left_out = True
        self._gap = True
        return end

    def _starred(self, at: int, last: bool) -> int | None:
        """Stars and underscores: a stage direction goes, else only they go."""
        sign = self._text[at]
        before, after = self._text[at - 1 : at], self._text[at + 1 : at + 2]
        if not after and not last:
            return at
        if sign == "_" and self._last.isalnum() and not self._gap and after.isalnum():
            return None  # in an address
        if sign == "*" and self._last.isdigit() and re.match(r"\* ?\d", self._text[at:]):
            self._gap = True
            self._put("times")
            return self._leave_out(at + 1)
        starred = _STARRED.match(self._text, at)
        if starred is None:
            if before != sign and not self._enough(at, last=last):
                return at
            return at + 1
        if starred.end() == len(self._text) and not last:
            return at
        if self._is_direction(starred[2], self._text[starred.end() : starred.end() + 1]):
            return self._leave_out(starred.end())
        return at + len(starred[1])

    def _is_direction(self, content: str, after: str) -> bool:
        words = re.findall(r"[^\W\d_]+", content.lower())
        if not words:
            return not re.search(r"\d", content)
        acts = [bool(_ACTION.fullmatch(word)) for word in words[:4]]
        starts = not self._last or self._last in _STOPS
        apart = starts or self._last in ",;:-\u2014"
        ends = not after or after.isspace() or after in '.,!?\u2026"\u201d'
        if apart and ends and any(acts):
            return True
        if _DOING.fullmatch(words[0]) and len(words) < 5:
            return True
        if not (starts and ends):
            return False
        if words[0] in ("he", "she", "they", *self._own):
            return True
        small = content[0].islower() or not any(sign.islower() for sign in content)
        return small and (len(words) > 1 or words[0].endswith("ing") or not content.isascii())

    def _square(self, at: int, last: bool) -> int | None:
        """A link keeps its text; what else stands in square brackets goes."""
        if self._text[at] == "!" and self._text[at + 1 : at + 2] != "[":
            return at if at + 1 == len(self._text) and not last else None
        link = _LINK.match(self._text, at)
        if link is None:
            return self._leave_out(at + 1) if self._enough(at, last=last) else at
        following = self._text[link.end() : link.end() + 1]
        may_go_on = not following or (following == "(" and not self._enough(link.end(), last=last))
        if may_go_on and not last:
            return at
        if link[1].strip().lower() == "director":
            self._muted_line = True
        if link[2] is None or link[0].startswith("!"):
            return self._leave_out(link.end())
        inner = _Speech(self._names, wrapped=False)
        if said := inner.take(link[1], last=True):
            self._put(said)
        else:
            self._leave_out(link.end())
        return link.end()

    def _round(self, at: int, last: bool) -> int | None:
        """A stage direction in brackets goes: at the beginning, or by what it says."""
        starts = not self._last or self._fresh
        found = _ROUND.match(self._text, at)
        if found is None:
            if self._enough(at, last=last) or not (starts or self._may_act(at)):
                return None
            return at
        words = re.findall(r"[^\W\d_]+", found[1].lower())
        acts = any(_ACTION.fullmatch(word) for word in words[:3]) and len(words) < 8
        if (starts and words) or acts:
            return self._leave_out(found.end())
        return None

    def _may_act(self, at: int) -> bool:
        """Whether what has come of a bracket may be a stage direction."""
        words = re.findall(r"[^\W\d_]+", self._text[at : at + 60].lower())
        return len(words) < 4 or any(_ACTION.match(word) for word in words[:3])

    def _curly(self, at: int, last: bool) -> int | None:
        found = _CURLY.match(self._text, at)
        if found:
            return self._leave_out(found.end())
        return self._leave_out(at + 1) if self._enough(at, last=last) else at

    def _tag(self, at: int, last: bool) -> int | None:
        """A tag, or a mark of the model's own."""
        tag = _ROLE.match(self._text, at)
        if tag and tag.end() == len(self._text) and not last:
            return at
        if tag := tag or _TAG.match(self._text, at):
            return self._leave_out(tag.end())
        after = self._text[at + 1 : at + 2]
        if not self._enough(at, last=last) and (not after or after in "/|!" or after.isalpha()):
            return at
        return self._face(at, last) or (None if after == " " or after.isdigit() else at + 1)

    def _quote(self, at: int, last: bool) -> int | None:
        """Marks around the whole reply go, and with them all of their kind."""
        if not self._last and not self._lead:
            self._quoted = True
        return at + 1 if self._quoted else None

    def _apostrophe(self, at: int, last: bool) -> int | None:
        if not self._last and not self._lead:
            self._single = True
            return at + 1
        if self._single and self._last in _PAUSES:
            return at + 1
        return None

    def _drop(self, at: int, last: bool) -> int | None:
        return at + 1

    def _hash(self, at: int, last: bool) -> int | None:
        """It stays before a number."""
        after = self._text[at + 1 : at + 2]
        if not after and not last:
            return at
        return None if after.isdigit() else at + 1

    def _tilde(self, at: int, last: bool) -> int | None:
        after = self._text[at + 1 : at + 2]
        if not after and not last:
            return at
        return None if after.isdigit() else at + 1

    def _pipe(self, at: int, last: bool) -> int | None:
        return self._leave_out(at + 1)

    def _escape(self, at: int, last: bool) -> int | None:
        after = self._text[at + 1 : at + 2]
        if not after and not last:
            return at
        if after and after in "nrt":
            return self._leave_out(at + 2)
        if after and not after.isalnum() and not after.isspace():
            self._put(after) if after not in "*_`#[]" else None
            return at + 2
        return at + 1

    def _face(self, at: int, last: bool) -> int | None:
        """Faces made of signs, and names of pictures."""
        if self._last and not self._gap and self._text[at] != "<":
            return None
        if found := _FACE.match(self._text, at):
            if found.end() == len(self._text) and not last:
                return at
            return self._leave_out(found.end())
        rest = self._text[at:]
        if not last and len(rest) < 32 and re.fullmatch(r":[a-z_]*|[:;=]['\u2019]?-?", rest):
            return at
        return None

    def _ampersand(self, at: int, last: bool) -> int | None:
        if found := _ENTITY.match(self._text, at):
            self._put(html.unescape(found[0]).replace("<", "").replace(">", "").strip() or " ")
            return found.end()
        rest = self._text[at:]
        if not last and len(rest) < 9 and re.fullmatch(r"&#?\w*", rest):
            return at
        return None

    # ---- what is given ----

    def _put(self, said: str) -> None:
        if _is_picture(said[0]):
            self._gap = self._gap or not self._last
            self._left_out = True
            return
        if said[0] in _PAUSES and self._left_out and self._skips(said[0]):
            return
        self._fresh = False
        gap = self._gap and (self._last or self._lead)
        if gap and said[0] in _PAUSES and self._left_out:
            gap = ""
        self._gap = False
        said = (" " if gap else "") + said
        if any(sign.isalnum() for sign in said):
            self._out.append(self._lead + said)
            self._lead = ""
            self._left_out = False
        elif not self._last:
            self._lead += said
            return
        else:
            self._out.append(said)
        self._last = said[-1]

    def _skips(self, sign: str) -> bool:
        """Whether a mark belonged to what was left out, since there is one already."""
        return not self._last or self._last in _PAUSES


_SIGNS = {
    **dict.fromkeys("*_", _Speech._starred),
    **dict.fromkeys("[!", _Speech._square),
    "(": _Speech._round,
    "{": _Speech._curly,
    "<": _Speech._tag,
    **dict.fromkeys(_QUOTES, _Speech._quote),
    **dict.fromkeys("'\u2018\u2019", _Speech._apostrophe),
    **dict.fromkeys("]}`", _Speech._drop),
    "#": _Speech._hash,
    "~": _Speech._tilde,
    "|": _Speech._pipe,
    "\\": _Speech._escape,
    **dict.fromkeys(":;=", _Speech._face),
    "&": _Speech._ampersand,
}


def _may_be_preface(start: str) -> bool:
    low = start.lower()
    return any(word.startswith(low) for word in _AGREES) or bool(_PREFACE_BEGINS.fullmatch(start))


def _is_picture(sign: str) -> bool:
    """Emoji, what joins and colours them, and signs for machines."""
    if sign.isascii():
        return sign < " " or sign == "\x7f"
    kind = unicodedata.category(sign)
    if kind in ("So", "Sk", "Co", "Cn", "Cs", "Cc"):
        return sign >= "\u2190" or kind.startswith("C")
    return sign in "\ufe0e\ufe0f\u20e3\u200b\u2060\ufeff" or (kind == "Cf" and sign == "\u200d")


def _in_json(text: str) -> str:
    """The words in a reply that is wrapped in JSON, also where its end is missing."""
    start = min(place for place in (text.find("{"), text.find("[")) if place >= 0)
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        keys = "|".join(_JSON_KEYS)
        found = re.search(rf'"(?:{keys})"\s*:\s*"((?:[^"\\]|\\.)*)', text, re.IGNORECASE)
        return re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), found[1]) if found else ""
    while isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, dict):
        return value if isinstance(value, str) else ""
    strings = {str(key).lower(): each for key, each in value.items() if isinstance(each, str)}
    for key in _JSON_KEYS:
        if key in strings:
            return strings[key]
    return next(iter(strings.values())) if len(strings) == 1 else ""
