"""Whether words of a turn tell something, only ask, or say nothing."""

import re

from agent.simulation.language.reading_th import ASKS_WHAT, has_thai
from agent.simulation.language.sentences import sentence_spans
from agent.simulation.observing.keywords import FILLER

_FILLER_TH = re.compile(r"(?:ค่ะ|ครับ|คะ|อ๋อ|อืม+|เอ่อ|โอเค|ได้|เข้าใจ(?:แล้ว)?|ใช่|ก็|นะ|อ่า|แล้ว|\s|[.,!…])+")
_TAG = re.compile(
    r"(?:,|\s)\s*\b(?:okay|ok|right|all right|alright|yes|yeah|ready|deal|fine|sound good|"
    r"(?:is|are|can|do|does|will|would|has|have|did)(?:n't)? (?:it|that|you|we|they)"
    r"(?: (?:okay|ok|do|help|work|suit(?: you)?|be all right))?)\s*\?+$",
    re.I,
)
_LEAD = re.compile(
    r"^(?:(?:so|and|okay|ok|well|now|um+|uh+|sorry|then|all right|alright|just|but|oh|hi|hello|"
    r"thanks|thank you|mr|mrs|ms|sir|madam|ma'am)\b[\s,.]*)+",
    re.I,
)
_AUX = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|may|might|shall|will|would|isn't|"
    r"aren't|wasn't|didn't|doesn't|haven't|hasn't|won't|wouldn't|couldn't)"
)
_INVERTED = re.compile(
    rf"(?:(?!have an? ){_AUX}\s+(?:you|i|we|it|that|this|they|he|she|there|the|your|my|any|some|"
    r"an?|mr|mrs|ms|everything|anyone|somebody|someone)\b|(?:should (?:i|we|it)|do you|have you)\b"
    rf"|(?:what|which|who|whose|when|where|why|how)(?:'s|'re|\s+(?:\w+\s+)?{_AUX})\b"
    r"(?!.*\bis\b)|how about\b)",
    re.I,
)
_TO_DO = re.compile(
    r"(?:can|could|will|would) you\b(?! (?:tell|say|see|confirm|check|let me know|remember|like|"
    r"prefer|mind|be|want|need|give|read|spell|describe|explain))",
    re.I,
)
_ASKS_TH = re.compile(
    r"(?:ไหม|มั้ย|หรือเปล่า|หรือยัง|เหรอ|หรือไม่|ใคร|อะไร|ที่ไหน|เมื่อไร|เมื่อไหร่|ทำไม|อย่างไร|ยังไง|กี่|เท่าไร|"
    r"เท่าไหร่|หรือ\S{2,20}ดี|รึเปล่า|ล่ะ)(?:คะ|ครับ|ค่ะ|นะคะ|บ้างคะ|บ้างครับ|ดีคะ|ดีครับ)?\s*$|\?"
)


def is_asked(text: str, quote: str) -> bool:
    """Whether those words of the turn only ask or offer: 'Did it work?', 'Shall I send one?'. A
    request is no question ('Could you put it into the blue one?'), nor is what ends in 'okay?'."""
    start = text.find(quote)
    if not quote or start < 0:
        return False
    end = start + len(quote)
    over = [text[a:b] for a, b in sentence_spans(text) if a < end and start < b]
    telling = [sentence for sentence in over if not says_nothing(sentence)]
    return all(_asks(sentence) for sentence in telling or over)


def _asks(sentence: str) -> bool:
    if has_thai(sentence):
        return bool(_ASKS_TH.search(sentence) or ASKS_WHAT.match(sentence))
    plain = _LEAD.sub("", _TAG.sub("", sentence)).strip()
    if _TO_DO.match(plain):
        return False
    return bool(_INVERTED.match(plain)) or plain.endswith("?")


def says_nothing(text: str) -> bool:
    """Whether those words only show that somebody listens: 'Okay, right.'"""
    if has_thai(text):
        return _FILLER_TH.fullmatch(text.strip()) is not None
    words = re.findall(r"[a-z'-]+", text.lower())
    return bool(words) and all(word in FILLER for word in words)
