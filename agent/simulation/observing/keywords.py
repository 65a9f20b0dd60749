"""Keywords in a row, which are no sentence and do nothing."""

import re

from agent.simulation.language.lexicon import english
from agent.simulation.language.reading_th import has_thai

_FILLER_WORDS = """\
a ah alright all and but fine good got great hello hey hi hm hmm huh i interesting is it
know let's mhm mm mm-hm nice no now of oh ok okay right see so sure that that's the then
there think to uh um understood understand very well what yeah yep yes you
"""
FILLER = frozenset(_FILLER_WORDS.split())
"""Words that say nothing by themselves."""
# Natural speech has subjects and verbs in form; a row of keywords has neither.
_SUBJECT = re.compile(
    r"\b(?:i|we|you|it|they|he|she|let's|let (?:me|us))\b"
    r"|\b(?:i|we|you|it|that|there|they|he|she)'\w+",
    re.I,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|do|does|did|can|could|will|would|should|shall|may|might|"
    r"must|isn't|aren't|don't|doesn't|didn't|can't|won't|couldn't|wouldn't|haven't|hasn't)\b"
    r"|\b\w+ (?:speaking|here)$",
    re.I,
)
_IMPERATIVE = re.compile(
    r"(?:please\s+)?[a-z]{2,}\s+(?:(?:up|down|out|off|in|on|at|for|to|with|into)\s+)?"
    r"(?:the|a|an|your|my|our|that|this|me|us|it|them|him|her)\b"
    r"|(?:please|thank|thanks|sorry (?:for|about|to|that))\b",
    re.I,
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|okay|ok|yes|no|right|well|sure|thanks|"
    r"thank you|great|all right|alright)\b(?:[ ,]+\w+\.?){0,3}",
    re.I,
)
_COURTESIES = (
    r"(?:many |no )?(?:thanks|thank you|cheers)(?: (?:so|very|ever so|again|a lot|a million|much|"
    r"mate|love))*",
    r"(?:good ?bye|bye)(?:[ -](?:bye|now|then))*",
    r"(?:speak|talk|see you) (?:soon|later|then|tomorrow)|take (?:good )?care|good luck",
    r"(?:safe|good|happy|pleasant) (?:travels?|flight|trip|journey)|all the best|god bless",
    r"no (?:problem|worries|rush|hurry)|you're welcome|my pleasure|of course|not at all",
    r"(?:nice|lovely|good|great) (?:talking|speaking|meeting)(?: (?:to|with))?(?: you)?",
    r"(?:great|good|nice|brilliant) (?:stuff|one|job|work)|well done",
    r"(?:my )?(?:fault|mistake|bad)|(?:one|just a|a) (?:moment|second|sec|minute)",
    r"good (?:morning|afternoon|evening|day|night)|(?:have a |enjoy )(?:\w+ )?\w+",
    r"happy (?:birthday|new year|holidays?)|merry christmas",
    r"brilliant|lovely|wonderful|perfect|excellent|splendid",
)
_COURTESY = re.compile(rf"\b(?:{'|'.join(_COURTESIES)})(?![\w'])", re.IGNORECASE)
"""What everybody says without a sentence, at the beginning and at the end of a call."""
_FUNCTION_WORDS = """\
a an the and or but if of to in on at for from by with about as into than then that's so
no not my our your his her their its i we you it he she they me us him them this these
there up down off out over is are was were be been am has have had do does did can could
will would just before after until because when while back here now very too all both
that what who which those any anything something every more once got gotta let says said
whoever um uh oh eh sir ma'am mr mrs ms dr miss speaking
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_COUNT_WORDS = """\
zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
sixty seventy eighty ninety hundred thousand double half
"""
_COUNTS = frozenset(_COUNT_WORDS.split())
"""Numbers are dictated in a row, and link no words."""
_INTERJECTIONS = frozenset(["ah", "oh", "okay", "ok", "please", "hm", "hmm"])
"""Say nothing for or against a sentence."""
_LINKED = 0.2
"""The share of such small words below which no speech links its words."""
_SHORT = 4
"""Words of a piece, on average, up to which a row is one of keywords."""
_MANY = 8
"""Words from which on speech always links some of them."""
_FEW = 6
"""Words up to which a turn may well be cut short by who says it: 'Blue port, please.'"""
_PIECES = 4
"""Pieces without a sentence from which on they are a row."""
_SPOKEN_TH = re.compile(
    r"ค่ะ|คะ(?!แนน)|ครับ|นะ(?=ค|\s|$)|จ้ะ|จ้า|ดิฉัน|ผม|หนู|เรา|(?<!ขอบ)คุณ(?!ภาพ|สมบัติ)|เดี๋ยว|หน่อย|ไหม|มั้ย"
    r"|เลย|แล้ว|กำลัง|(?<![\u0e00-\u0e7f])จะ"
)
"""What somebody on the telephone says to another in nearly every turn, and no rule's words do: a
polite ending, whom one speaks of, what is going on. Of 66 sentences of ``heldout.yaml`` in Thai two
have none of it, both of fewer pieces than ``_THAI_PIECES``."""
_SUMS_UP_TH = re.compile(r"(?:งั้น|ขอ)?(?:(?:สรุป|ทวน)\S*(?:คะ|ค่ะ|ครับ)|สรุป(?:ก็)?คือ)")
"""How a summary begins, of which the rest is short pieces by nature."""
_THAI_PIECES = 3
"""Pieces from which on Thai without any of that is a row."""
_NATURAL_TH = re.compile(r"ค่ะ|คะ|ครับ|นะ|ดิฉัน|ผม|เรา|คุณ|จะ|ให้|ได้|กำลัง|ต้อง|ว่า|ไม่|ไหม|ช่วย|หนู|พี่|ที่")


def is_keywords(text: str) -> bool:
    """Whether the turn strings keywords together and says no sentence: such a turn does nothing."""
    if has_thai(text):
        return _is_thai_row(text)
    text = _COURTESY.sub(" ", text)
    words = re.findall(r"[a-z][a-z'-]+|i|a", text.lower())
    words = [word for word in words if word not in _COUNTS | _INTERJECTIONS]
    if len(words) > 2 and len(set(words)) == 1 and words[0] in english().known:
        return words[0] not in FILLER
    pieces = [p.strip() for p in re.split(r"[.!?…,;\n]+", text) if re.search(r"[a-z]", p, re.I)]
    pieces = [piece for piece in pieces if not _GREETING.fullmatch(piece)]
    fragments = [piece for piece in pieces if not _is_sentence(piece)]
    small = sum(word in _FUNCTION or "'" in word for word in words)
    if len(words) >= _MANY and small < _LINKED * len(words):
        return True
    if len(fragments) == len(pieces) and len(words) > _FEW:
        return small < _LINKED * len(words)
    if len(fragments) == len(pieces) == 1 and len(words) >= _FEW - 1:
        return not small
    return _is_row([p.strip() for p in re.split(r"[.!?…;\n]+", text) if p.strip()])


def _is_thai_row(text: str) -> bool:
    """Thai has no spaces between words, so the pieces between them are compared with speech."""
    pieces = re.split(r"[\s,.;:/]+", re.sub(r"\s+ๆ", "ๆ", text).strip(" \t\n,.;:/"))
    natural = sum(bool(_NATURAL_TH.search(piece)) for piece in pieces)
    if len(pieces) >= _THAI_PIECES and not _SPOKEN_TH.search(text):
        return True
    sums_up = _SUMS_UP_TH.fullmatch(pieces[0]) is not None
    return len(pieces) >= _PIECES and natural * 4 < len(pieces) and not sums_up


def _is_row(pieces: list[str]) -> bool:
    """Whether most of what stands between full stops is short, and no sentence."""
    kept = [piece for piece in pieces if not _GREETING.fullmatch(piece)]
    fragments = [piece for piece in kept if not _is_sentence(piece)]
    short = sum(len(piece.split()) for piece in kept) <= _SHORT * len(kept)
    return len(fragments) >= _PIECES and 2 * len(fragments) >= len(kept) and short


def _is_sentence(piece: str) -> bool:
    if _IMPERATIVE.match(piece):
        return True
    return bool(_SUBJECT.search(piece) or _FINITE.search(piece))
