"""A rule as what the trainee is to do: "Asks which lights are on" as "Ask which lights are on."

Authors write rules as deeds of the trainee ("Asks", "Asking"), as what befalls the customer
("Being told to wait"), as things ("A sincere apology") and as what is so in the end ("The card is
blocked"). What fits none of these, or begins with a verb that is not known here, gets a form that
is right with any words.
"""

import re
from collections.abc import Callable

from agent.simulation.language.reading_th import has_thai
from agent.simulation.reviewing.passive import deed_of_state
from agent.simulation.reviewing.verb_forms import (
    VERBS,
    of_gerund,
    of_participle,
    of_third,
    without_s,
)
from personas.model import Persona, Rule


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CUSTOMER = "the customer"
_NOUNS_TOO = _words(
    """
    act address answer book break call cause change charge check claim contact cover credit deal
    demand dispute doubt email end excuse file focus force guess guide handle help hint hold hurry
    insult invite invoice joke judge lecture lie link list lock look match move name note offer
    order pass pay phone place plan play point praise present press promise question quote record
    refund repair reply report request reset respect return review rush show sign skip smile sort
    sound start state stay stop stress support switch talk test thank tie track transfer trust try
    turn update upgrade use visit wait welcome win wish work
    """
)
_PRAISE = _words(
    """
    blame credit doubt help offer praise promise refund respect support
    """
)
_GIVEN = {
    "Offer": "apology apologies choice credit discount explanation refund replacement solution",
    "Give": "answer date deadline day number praise promise reason summary thanks time",
    "Show": "compassion concern empathy interest patience respect sympathy understanding",
}
_THING = {noun: verb for verb, nouns in _GIVEN.items() for noun in nouns.split()}
_SMALL = _words(
    """
    a all an any both each every half he her his it its my no nobody nothing one our she some
    someone that the their there these they this those what you your
    """
)
_OBJECT = _words(
    """
    a an the it him her them his their its that this these those what which how if whether where
    when why who to for with on in out up by about empathy interest patience respect sympathy
    understanding
    """
)
"""What may stand after a verb that could be a noun as well: "or names the benefit"."""
_LEADING = re.compile(
    r"^(?:(?:the )?(?:trainee|agent|representative|rep|advisor|adviser)|you) "
    r"(?:(?:must|should|shall|will|can|needs? to|ha(?:s|ve) to|is to|ought to) )?",
    re.I,
)
_ADVERB = re.compile(r"^((?:[a-z]+ly|always|never|first|then|also|once|at least) )", re.I)
_PASSIVE = re.compile(r"^(?:being|getting) ([a-z]+)\b ?(on|off|back|up|through)?\b ?(.*)$", re.I)
_CLAUSE = re.compile(r"(?:when|if|that|the (?:trainee|agent)) ", re.I)
_DENIES = re.compile(r"(?:do )?not |never ")
_NOBODY = re.compile(r"(?:no|nothing|nobody)\b", re.I)
_NOT_NOW = re.compile(
    r"\b(?:without|before|after|by|instead of|for|of|from|about|while|like|than) \w+ing\b[^,]*$"
)
_JOINT = re.compile(r"((?:,? (?:and|or|then|but)|,) )([a-z]+)\b(?= ?([a-z]*))")
_DENIED = re.compile(r",? or not [a-z]+ing\b[^,]*")

_THAI_LEADING = re.compile("^(?:พนักงาน|เจ้าหน้าที่|ตัวแทน)(?!ที่)")
_THAI_CUSTOMER = ("ลูกค้า", "เขา", "เธอ")
_THAI_PASSIVE = re.compile("^(?:(?!ว่า|ที่|ให้).)+(?:ถูก(?!ต้อง|ใจ|กว่า)|ได้รับการ)")
_THAI_DONE_TO = re.compile(
    "^(ลูกค้า|เขา|เธอ)(?:ได้รับ(?:การ|คำ)?|ถูก|โดน)(แจ้ง|บอก|ถาม|ขอโทษ|ขอ)(ให้)?(.*)$"
)

Find = Callable[[str], str]


def imperative(rule: Rule, persona: Persona) -> str:
    """The rule as one plain sentence; a trigger as what not to do."""
    words = " ".join(rule.text.split()).rstrip(".")
    bad = rule.kind == "trigger"
    if has_thai(words):
        return _thai(words, bad=bad)
    if not words or persona.language.partition("-")[0].lower() not in ("en", "th"):
        return f"{'Avoid this' if bad else 'Try this'}: \u201c{words}\u201d."
    words = _LEADING.sub("", words).replace("their own", "your own")
    clause = deed_of_state(_lowered(words, persona))
    done = _passive(words) or _heard(words) or clause or _deed(words, rule)
    if bad:
        return f"{_not_to(done, words, clause) or _avoid(words, clause, persona)}."
    denied = done.removeprefix("not ")
    said = f"Don't {denied}" if denied != done else _capital(done) or _thing(words, persona)
    lead = "Make sure of this" if rule.kind == "criterion" else "Try this"
    return f"{said or f'{lead}: {_lowered(words, persona)}'}."


def _not_to(done: str, words: str, clause: str) -> str:
    """What not to do; "" for what no deed of the trainee brings about."""
    if found := _DENIES.match(done):
        return _capital(done[found.end() :])
    nobody = clause and _NOBODY.match(words)
    return "" if not done or nobody or "make sure that " in done else f"Don't {done}"


def _avoid(words: str, clause: str, persona: Persona) -> str:
    lead = "Avoid this: " if clause or _CLAUSE.match(words) else "Avoid "
    return lead + _lowered(words, persona)


def _passive(words: str) -> str:
    """ "Being put on hold" as "put the customer on hold"; "" when it is none."""
    found = _PASSIVE.match(words)
    verb = of_participle(found[1].lower()) if found else ""
    if not found or not verb or " being " in found[3]:
        return ""
    parts = [verb, _CUSTOMER, found[2] or "", found[3]]
    if verb == "put":
        parts = [verb, _CUSTOMER, " ".join(part for part in (found[2], found[3]) if part)]
    if verb == "lie":
        parts = ["lie to", _CUSTOMER, found[3].removeprefix("to").strip()]
    return " ".join(part for part in parts if part)


def _heard(words: str) -> str:
    """What the customer hears or has to do, as what the trainee says or makes them do."""
    low = words[:1].lower() + words[1:]
    for start, instead in (
        ("hearing that ", "say that "),
        ("hearing ", f"let {_CUSTOMER} hear "),
        ("having to ", f"make {_CUSTOMER} "),
    ):
        if low.startswith(start):
            return instead + low.removeprefix(start)
    return ""


def _deed(words: str, rule: Rule) -> str:
    """What somebody does, in the base form, with what is joined to it; "" when it is no deed."""
    low = words[:1].lower() + words[1:]
    adverb = found[1] if (found := _ADVERB.match(low)) else ""
    low = low[len(adverb) :]
    denied = "not " if low.startswith("not ") else ""
    first, space, rest = low.removeprefix(denied).partition(" ")
    form: Find = of_gerund if first.endswith("ing") else of_third
    verb = form(first) or (first if first in VERBS and rest and not _is_thing(low) else "")
    if not verb and rule.kind == "objective" and form is of_third:
        verb = without_s(first)
    if not verb or (first == "being" and rest.split(" ")[0] in ("on", "in", "at")):
        return ""
    verb = "show that you understand" if verb == "understand" else verb
    return f"{denied}{adverb}{verb}{space}{_joined(rest, form)}"


def _is_thing(words: str) -> bool:
    """Whether a word that may be a verb is none: "praise for calling", "pressure to decide"."""
    first, following, *_ = f"{words} ".split(" ")
    return first == "pressure" or (first in _PRAISE and following in ("for", "from", "of"))


def _joined(rest: str, form: Find) -> str:
    """The verbs that are joined to the first one, in its form. An alternative that is denied is
    left out, since the other one is enough."""
    rest = " " + _DENIED.sub("", rest)

    def one(found: re.Match[str]) -> str:
        joint, word, following = found.groups()
        if form is of_gerund:
            stays = joint == ", " or _NOT_NOW.search(rest[: found.start()])
        else:
            sure = following and form(word) not in _NOUNS_TOO
            stays = following not in _OBJECT and not sure
        return found.group() if stays else joint + (form(word) or word)

    return _JOINT.sub(one, rest).strip()


def _thing(words: str, persona: Persona) -> str:
    """A thing, as what to do with it, where that is known of it."""
    low = _lowered(words, persona)
    head = re.split(r" (?:for|of|to|about|that|on|in|with|from|by|or|and)\b|,", low)[0]
    verb = _THING.get(head.split(" ")[-1])
    known = low.split(" ")[0] in _SMALL or verb == "Show" or head in ("praise", "thanks")
    return f"{verb} {low}" if verb and known else ""


def _thai(words: str, *, bad: bool) -> str:
    """Thai verbs have one form; a full stop is not used."""
    deed = _THAI_LEADING.sub("", words.removeprefix("การ"))
    deed = _THAI_DONE_TO.sub(_thai_deed, deed)
    befalls = deed.startswith(("ความ", "ถูก", "โดน"))
    denied = deed.removeprefix("ไม่")
    if deed.startswith(_THAI_CUSTOMER) or (_THAI_PASSIVE.match(deed) and not befalls):
        return f"{'อย่าให้' if bad else 'ดูแลให้'}{deed}"
    if befalls:
        return f"{'หลีกเลี่ยง' if bad else 'ลองทำดังนี้'}: {deed}"
    if (denied == deed) is bad:
        return f"อย่า{denied}"
    return denied


def _thai_deed(found: re.Match[str]) -> str:
    """ "The customer was told that" as "tell the customer that"."""
    who, verb, lets, rest = found.groups()
    return f"{verb}{lets or ''}{who}{rest}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lowered(words: str, persona: Persona) -> str:
    """The words inside a sentence; a name keeps its capital."""
    first = words.split(" ")[0]
    named = re.search(rf"[a-z,] {re.escape(first)}\b", persona.text) is not None
    if first.lower() not in _SMALL and (first[1:] != first[1:].lower() or named):
        return words
    return words[:1].lower() + words[1:]
