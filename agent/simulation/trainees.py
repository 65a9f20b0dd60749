"""The built-in trainees: ``good`` knows its trade, ``rude`` does not care, ``clueless`` is lost."""

import re

from agent.simulation.directing.certainty import decided
from agent.simulation.directing.director import Observation, State
from agent.simulation.language.lexicon import english, thai
from agent.simulation.observing.aims import rule_reading
from agent.simulation.observing.observer import LexicalObserver, Observer
from personas.model import Persona, Rule

BUILT_IN = ("good", "rude", "clueless")
MOST_TURNS = 40

_CLUELESS = {
    "en": (
        "Um, hello.",
        "Well, hmm.",
        "Let me think.",
        "I just started here.",
        "Okay, um, right.",
        "Hmm, interesting.",
        "Yeah, well, you know how it goes.",
        "So, yeah.",
    ),
    "th": (
        "เอ่อ ฮัลโหล",
        "อืม",
        "ขอคิดก่อน",
        "เพิ่งมาทำงานใหม่",
        "เอ่อ โอเค",
        "อืม น่าสนใจดี",
        "ก็นะ",
        "เอ่อ ก็ตามนั้น",
    ),
}
_RUDE = {
    "en": (
        "What do you want now?",
        "Shut up, you stupid idiot.",
        "I don't care about your problem.",
        "You people are so annoying, stop wasting my time.",
        "Get lost.",
    ),
    "th": (
        "อะไรอีก",
        "หุบปากไปเลย โง่จริง ๆ",
        "น่ารำคาญ ไม่สนหรอก",
        "ไร้สาระ",
        "ไปให้พ้น",
    ),
}
_HELLO = {
    "en": "Good morning, thank you for calling. My name is Alex, how can I help you?",
    "th": "สวัสดีค่ะ ดิฉันชื่อมะลิ ยินดีให้บริการค่ะ",
}
_BYE = {"en": "Thank you for your call. Goodbye.", "th": "ขอบคุณที่โทรมานะคะ สวัสดีค่ะ"}


class Trainee:
    """A built-in trainee; ``next`` gives its next line, or None when it hangs up."""

    def __init__(self, kind: str, persona: Persona, observer: Observer | None = None) -> None:
        """``observer`` is who reads its lines in the call; without one, the word lists."""
        self._language = "th" if persona.language.lower().startswith("th") else "en"
        self._script = _script(kind, persona, self._language, observer)
        self._leaves = kind == "good"
        self._said_goodbye = False

    def next(self, state: State) -> str | None:
        """The next line, given how the call stands."""
        if self._said_goodbye or not self._script:
            return None
        if self._leaves and state.resolved:
            self._said_goodbye = True
            return _BYE[self._language]
        return self._script.pop(0)


class _Judge:
    """What a line does, as a call would count it."""

    def __init__(self, persona: Persona, observer: Observer | None) -> None:
        words = LexicalObserver(persona)
        self._persona = persona
        self._observer = observer or words
        self._seen: dict[str, Observation] = {}
        self.acts_of = words.acts_of

    def observe(self, line: str) -> Observation:
        """What counts of the line."""
        if line not in self._seen:
            self._seen[line] = decided(self._persona, self._observer.observe(line))
        return self._seen[line]


def _script(kind: str, persona: Persona, language: str, observer: Observer | None) -> list[str]:
    judge = _Judge(persona, observer)
    if kind == "good":
        return _good(persona, judge, language)
    if kind == "rude":
        angering = [_line_for(rule, persona, judge, language) for rule in persona.triggers]
        mixed = [*_RUDE[language][:2], *(line for line in angering if line), *_RUDE[language][2:]]
        return mixed[:MOST_TURNS]
    return [line for line in _CLUELESS[language] if not judge.observe(line).matches]


def _good(persona: Persona, judge: _Judge, language: str) -> list[str]:
    """A greeting, then a line for every rule that no earlier line has shown, criteria last.

    De-escalation points come round a second time, for personas whom once does not calm enough.
    """
    lines = [_HELLO[language]] if _harmless(_HELLO[language], persona, judge) else []
    shown = _matched(lines[0], judge) if lines else set()
    for rule in (*persona.objectives, *persona.deescalations, *persona.criteria):
        line = "" if rule.id in shown else _line_for(rule, persona, judge, language)
        if line:
            lines.append(line)
            shown |= _matched(line, judge)
    again = [_line_for(rule, persona, judge, language) for rule in persona.deescalations]
    return [*lines, *(line for line in again if line)][:MOST_TURNS]


def _matched(line: str, judge: _Judge) -> set[str]:
    return {match.rule for match in judge.observe(line).matches}


def _harmless(line: str, persona: Persona, judge: _Judge) -> bool:
    seen = judge.observe(line)
    triggers = {rule.id for rule in persona.triggers}
    return not seen.hostile and not triggers & {m.rule for m in seen.matches}


def _line_for(rule: Rule, persona: Persona, judge: _Judge, language: str) -> str:
    """A line that does what the rule says, and nothing of the other side's; empty if none does."""
    for line in _candidates(rule, persona, judge, language):
        seen = _matched(line, judge)
        if rule.id not in seen:
            continue
        if rule.kind == "trigger":
            kinds = {r.id for r in (*persona.deescalations, *persona.criteria)}
            if not kinds & seen:
                return line
        elif _harmless(line, persona, judge):
            return line
    return ""


def _candidates(rule: Rule, persona: Persona, judge: _Judge, language: str) -> list[str]:
    """Stock sentences for the acts that a rule names, then its own words turned around."""
    acts = thai().acts if language == "th" else english().acts
    names = [*judge.acts_of(rule.id), *rule_reading(rule.text).acts]
    stock = [acts[n].examples[0] for n in dict.fromkeys(names) if n in acts and acts[n].examples]
    own = _own_words(rule.text, language)
    name_first = [f"{persona.name}, {line[0].lower()}{line[1:]}" for line in stock[:1]]
    both = [" ".join(stock[:2])] if len(stock) > 1 else []
    return [*stock, *both, *own, *(f"{s} {o}" for s in stock[:1] for o in own), *name_first]


_ASKING = re.compile(
    r"^(?:politely |first )?(?:ask(?:s|ing)?|find(?:s|ing)? out|check(?:s|ing)?)"
    r"(?: about| for| if| whether| that)? "
)
_YOU = ((r"\b(?:her|his|their)\b(?= \w)", "your"), (r"\b(?:she|he|her|him|they|them)\b", "you"))


def _own_words(text: str, language: str) -> list[str]:
    """A rule's own words turned into something to say to the persona."""
    if language == "th":
        return [f"ดิฉัน{text}ค่ะ", f"เรียบร้อยแล้วค่ะ {text}"]
    words = text.strip().rstrip(".")
    words = words[0].lower() + words[1:]
    for pattern, you in _YOU:
        words = re.sub(pattern, you, words)
    first, _, rest = words.partition(" ")
    if _ASKING.match(words):
        rest = _ASKING.sub("", words)
        return [f"Could you tell me {rest}?", f"May I ask you about {rest}?", f"I am {words}."]
    if first.endswith("ing"):
        return [f"I am {words}.", f"What I am doing now is {words}."]
    plain = [f"I confirm that {words}.", f"So, to be clear: {words}."]
    if first.endswith("s") and rest:
        verb = first[:-3] + "y" if first.endswith("ies") else first[:-1]
        return [f"Let me {verb} {rest}.", f"I {verb} {rest}.", *plain]
    return plain
