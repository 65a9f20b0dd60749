"""What is so in the end, or done to somebody, as what the trainee does: "The card is frozen or
blocked" as "freeze or block the card", "He is asked to open a page, and it works" as "ask him to
open a page, and make sure that it works"."""

import re
from dataclasses import dataclass

from agent.simulation.reviewing.verb_forms import VERBS, of_gerund, of_participle, of_third


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BE = r"(?:is|are|was|were|gets?|(?:has|have|will|must|should|shall|can) be(?:en)?)"
_DONE_TO = re.compile(
    rf" (?P<be>{_BE}) (?P<denied>not |never )?(?P<adverb>(?:[a-z]+ly|all|also) )?"
    r"(?P<participle>[a-z]+)\b ?(?P<rest>.*)$"
)
_PRONOUNS = {"he": "him", "she": "her", "they": "them", "i": "me", "we": "us", "who": "whom"}
_NOBODY = re.compile(r"^(?:no|nothing|nobody)\b", re.I)
_OPEN = re.compile(
    r"\b(?:when|which|that|who|where|why|how|what|if|until|after|before|whether)\b((?: [\w']+)*)$",
    re.I,
)
"""What begins a clause inside the subject, which needs its own verb before ours can follow."""
_FINITE = re.compile(r" (?:is|are|was|were|has|had|have|will|can|[a-z]+(?:[^su\W]s|ed))\b")
_BY_SOMEBODY = re.compile(
    r"\bby (?:him|her|them|us|(?:some|any)(?:one|body)|(?:the|an?|his|her|our|their|its) "
    r"(?!(?:end|day|time|date|deadline|start|week|weekend|evening|morning|month)\b))"
)
_BY_TRAINEE = re.compile(r" ?\bby the (?:trainee|agent|representative|advis[eo]r)\b")
_PREPOSITION = re.compile(r"^(for|into|on|about|to|with|after|at|up on)(?=$|,| and\b)")
_ALONE = _words(
    "agree apologise apologize argue care deal insist listen lie look point reply respond speak "
    "talk wait"
)
"""Verbs whose object needs a preposition, which stands before it: "listen to him"."""
_LEADS_ON = re.compile(r"^(?:that|how|why|whether|what|when|where|which|if|to (?P<verb>[a-z]+))\b")
_JOINT = re.compile(r"((?:,? (?:and|or|then|and then)|,) )([a-z]+)\b")
_AND = re.compile(r",? and (?=(?P<clause>.+)$)")
_CLAUSE = re.compile(
    r"^(?:it|he|she|they|this|that|everything|nothing|nobody|the|an?|his|her|their|its|no) ?[^,]*?"
    rf"\b(?:{_BE}|has|have|will|can|[a-z]+[^su\W]s)\b"
)
_STATE = re.compile(
    r"^(?P<subject>[^,]*?) (?:is|are|was|were|has|have|will|can|gets?|goes|agrees?|accepts?|"
    r"feels?|knows?|wants?|understands?|works?)\b"
)
_ADVERB = re.compile(r"^(?:[a-z]+ly|always|never|first|then|also|once|at least) ")
_PERSON = re.compile(r"^(he|she|they|the customer|the caller) ([a-z]+)\b(.*)$", re.I)
_ASKS_FOR_NONE = re.compile(
    r"^(?:what|how|why|who|when|where|which|whether|if)\b|\bquestions?$", re.I
)
_PEOPLE = _words("he she they customer caller him her them")


def deed_of_state(words: str) -> str:
    """The deed that brings about what this clause says, in the base form; one that is not to be
    done begins with "not ". "" when it is no clause, or names the deed itself. The clause has no
    capital."""
    first, second, *_ = [*_ADVERB.sub("", words).split(" "), "", ""]
    if _is_verb(first) and not re.match(_BE + "$", second):
        return ""
    first_part, *others = _parted(words)
    deeds = [_deed(first_part), *(_deed(part) or f"make sure that {part}" for part in others)]
    return ", and ".join(deeds) if deeds[0] else ""


def _parted(words: str) -> list[str]:
    """The sentence and what is joined to it with a subject or, after a deed, a verb of its own."""
    for found in _AND.finditer(words):
        before = words[: found.start()]
        if re.search(r" (?:that|whether|if|what|how|who|which) ", before):
            break
        if not _done_to(before):
            continue
        clause = found["clause"]
        if _CLAUSE.match(clause):
            return [before, clause]
        verb = clause.split(" ")[0]
        if of_third(verb) or verb in ("is", "has", "works"):
            return [before, f"{_again(before)} {clause}"]
    return [words]


def _again(words: str) -> str:
    """The pronoun for the subject of that sentence."""
    first = words.split(" ")[0]
    if first in _PRONOUNS:
        return first
    if found := re.match(r"the (?:customer|caller)\b", words):
        return found.group()
    return "they" if re.search(r" (?:are|were|have)\b", words) else "it"


def _deed(words: str) -> str:
    return _done_to(words) or _makes_do(words) or _seen_to(words)


# ---- What is done to somebody or something ----


@dataclass(frozen=True, slots=True)
class _Passive:
    """One sentence in its parts; ``thing`` is its subject as an object."""

    subject: str
    thing: str
    verb: str
    rest: str


def _done_to(words: str) -> str:
    """ "He is told to wait" as "tell him to wait"; "" when the trainee does nothing in it."""
    words = _BY_TRAINEE.sub("", words)
    found = _found(words)
    if found is None or _BY_SOMEBODY.search(found["rest"]):
        return ""
    subject, adverb = words[: found.start()], found["adverb"] or ""
    thing = _as_object(subject)
    if adverb == "all ":
        thing, adverb = f"{thing} all", ""
    parts = _Passive(subject, thing, of_participle(found["participle"]), found["rest"])
    said = _impersonal(parts) or _with_preposition(parts) or _plain(parts)
    return f"{'not ' if found['denied'] else ''}{adverb}{said}"


def _found(words: str) -> re.Match[str] | None:
    """The sentence's own verb: what stands before it is a thing, and no deed itself."""
    found = _DONE_TO.search(words)
    while found and not (of_participle(found["participle"]) and _is_thing(words[: found.start()])):
        found = _DONE_TO.search(words, found.end("be"))
    return found


def _is_thing(subject: str) -> bool:
    """Whether these words name somebody or something, with no clause in them left open."""
    first, *others = subject.lower().split(" ")
    if others and _is_verb(first):
        return False
    opened = _OPEN.search(subject)
    if opened is None:
        return True
    return _FINITE.search(opened[1]) is not None


def _is_verb(word: str) -> bool:
    return word in VERBS or bool(of_third(word) or of_gerund(word))


def _as_object(subject: str) -> str:
    first, space, others = subject.partition(" ")
    if not others or others.startswith(("and ", "or ")):
        first = _PRONOUNS.get(first, first)
    return re.sub(r"\bthe (?:trainee|agent)'s\b", "your", f"{first}{space}{others}", flags=re.I)


def _impersonal(parts: _Passive) -> str:
    """ "It is explained why" has no thing: "explain why"."""
    leads = _LEADS_ON.match(parts.rest)
    known = leads is not None and (not leads["verb"] or leads["verb"] in VERBS)
    return f"{parts.verb} {parts.rest}" if known and parts.subject.lower() == "it" else ""


def _with_preposition(parts: _Passive) -> str:
    """ "The delay is apologized for" as "apologize for the delay"."""
    first, _, others = parts.rest.partition(" ")
    found = _PREPOSITION.match(parts.rest)
    if found:
        return f"{parts.verb} {found[1]} {parts.thing}{parts.rest[found.end() :]}"
    if parts.verb in _ALONE and first in ("to", "for", "with", "on", "about", "after", "at"):
        return " ".join(part for part in (parts.verb, first, parts.thing, others) if part)
    asked = parts.subject.lower().split(" ")[-1]
    if parts.verb == "ask" and not parts.rest and asked not in _PEOPLE:
        about = "" if _ASKS_FOR_NONE.search(parts.subject) else "for "
        return f"ask {about}{parts.thing}"
    return ""


def _plain(parts: _Passive) -> str:
    """Verb, thing and the rest, with the verbs that are joined to the first one: those that follow
    it at once share its thing, later ones need a pronoun for it."""
    verbs, rest = parts.verb, f" {parts.rest}" if parts.rest else ""
    while (joint := _JOINT.match(rest)) and (verb := of_participle(joint[2])):
        verbs, rest = f"{verbs}{joint[1]}{verb}", rest[joint.end() :]
    again = parts.thing if parts.thing in _PRONOUNS.values() else _pronoun(parts.subject)

    def later(found: re.Match[str]) -> str:
        verb = of_participle(found[2])
        return f"{found[1]}{verb} {again}" if verb else found.group()

    rest = _JOINT.sub(later, rest)
    if parts.verb in ("make", "hear", "let"):
        rest = re.sub(r"^ to (?=[a-z])", " ", rest)
    return f"{verbs} {parts.thing}{rest}"


def _pronoun(subject: str) -> str:
    last = subject.split(" ")[-1]
    several = " and " in subject or (last.endswith("s") and not last.endswith("ss"))
    return "them" if several or subject.lower() in ("the customer", "the caller") else "it"


# ---- What somebody else does, and what just is ----


def _makes_do(words: str) -> str:
    """What the customer does in the end, as what the trainee has them do."""
    found = _PERSON.match(words)
    if found is None or _STATE.match(words):
        return ""
    verb = of_third(found[2].lower())
    who = _PRONOUNS.get(found[1].lower(), found[1].lower())
    return f"have {who} {verb}{found[3]}" if verb else ""


def _seen_to(words: str) -> str:
    """What is so by itself: to be made sure of."""
    if _NOBODY.match(words) and not _STATE.match(words):
        return f"make sure that there is {words}"
    found = _STATE.match(words)
    return f"make sure that {words}" if found and _is_thing(found["subject"]) else ""
