"""A rule as what the trainee is to do: "Asks which lights are on" as "Ask which lights are on."

Authors write rules as deeds of the trainee ("Asks", "Asking"), as what befalls the customer
("Being told to wait"), as things ("A sincere apology") and as what is so in the end ("The card is
blocked"). What fits none of these, or begins with a verb that is not known here, gets a form that
is right with any words.
"""

import re
from collections.abc import Callable

from agent.simulation.language.reading_th import has_thai
from personas.model import Persona, Rule


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CUSTOMER = "the customer"
_VERBS = _words(
    """
    accept accuse acknowledge act add address adjust admit advise agree allow announce answer
    apologise apologize appreciate approve argue arrange ask assume assure attempt avoid be
    belittle believe blame block book break bring build buy call calm cancel change charge check
    choose claim clarify close collect comfort compare complain compliment confirm connect
    consider contact contradict contest cover credit criticise criticize cut deal decide deliver
    demand deny describe direct disclose discuss dismiss dispute do doubt downplay email emphasise
    emphasize empathise empathize encourage end ensure escalate establish exaggerate excuse
    explain express fail fetch file find finish fix focus follow force forget forward freeze
    fulfil gather get give go grant greet guarantee guess guide handle hang have hear help
    hesitate hide hint hold honor honour hurry identify ignore imply improve inform insist inspect
    insult interrupt introduce invent investigate invite invoice joke judge justify keep lay learn
    leave lecture let lie link list listen lock look lower make match mean mention minimise
    minimize mislead mock move name negotiate note notify obtain offer omit open order overpromise
    own paraphrase pass patronise patronize pay persuade phone pick place plan play pledge point
    praise prepare present press pressure pretend prevent proceed process promise propose protect
    prove provide pull push put question quote raise reach react read reassure rebook recap
    recognise recognize recommend record reduce refer reflect refund refuse reject remain remember
    remind remove repair repeat rephrase replace reply report request require reschedule reset
    resolve respect respond restate restore return reveal review rush save say schedule see sell
    send set settle share ship shorten shout show sigh sign skip smile solve sort sound speak
    spell stand start state stay stop stress suggest sum summarise summarize support suspend
    switch sympathise sympathize take talk teach tell test thank threaten tie track transfer treat
    trust try turn understand update upgrade upsell urge use validate verify visit volunteer wait
    waive warn welcome win wish work write
    """
)
_DOUBLED = _words(
    """
    admit cut forget get let omit put recap refer set ship skip stop sum transfer win
    """
)
_GERUNDS = {"cancelling": "cancel", "fulfilling": "fulfil", "hanging": "hang"}
_THIRDS = {"is": "be", "has": "have", "does": "do", "goes": "go"}
_DONE = {
    "broken": "break", "brought": "bring", "cut": "cut", "forgotten": "forget", "given": "give",
    "heard": "hear", "held": "hold", "kept": "keep", "left": "leave", "let": "let", "lied": "lie",
    "made": "make", "misled": "mislead", "paid": "pay", "put": "put", "read": "read",
    "sent": "send", "shown": "show", "sold": "sell", "spoken": "speak", "taken": "take",
    "told": "tell",
}  # fmt: skip
"""Participles that are not made by -ed."""
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
_LEADING = re.compile(r"^(?:the )?(?:trainee|agent|representative|rep|advisor|adviser) ", re.I)
_ADVERB = re.compile(r"^((?:[a-z]+ly|always|never|first|then|also|once|at least) )", re.I)
_PASSIVE = re.compile(r"^(?:being|getting) ([a-z]+)\b ?(on|off|back|up|through)?\b ?(.*)$", re.I)
_STATE = re.compile(r" (?:is|are|was|were|has|have|will|can|gets?|goes|knows?|works?)\b")
_TOLD = re.compile(r"^(?:he|she) is (told|asked) (?=to\b|how\b|that\b)([^,]*)$", re.I)
_TELLING = {"told": "Tell", "asked": "Ask"}
_CLAUSE = re.compile(r"(?:when|if|that|the (?:trainee|agent)) ", re.I)
_NOT_NOW = re.compile(
    r"\b(?:without|before|after|by|instead of|for|of|from|about|while|like|than) \w+ing\b[^,]*$"
)
_JOINT = re.compile(r"((?:,? (?:and|or|then|but)|,) )([a-z]+)\b(?= ?([a-z]*))")
_DENIED = re.compile(r",? or not [a-z]+ing\b[^,]*")

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
    done = _passive(words) or _heard(words) or _deed(words, rule)
    if bad:
        denied = done[4:] if done.startswith("not ") else ""
        said = _capital(denied) if denied else f"Don't {done}" if done else ""
        lead = "Avoid this: " if _CLAUSE.match(words) else "Avoid "
        return f"{said or lead + _lowered(words, persona)}."
    said = _capital(done) or _state(words, persona) or _thing(words, persona)
    lead = "Make sure of this" if rule.kind == "criterion" else "Try this"
    return f"{said or f'{lead}: {_lowered(words, persona)}'}."


def _passive(words: str) -> str:
    """ "Being put on hold" as "put the customer on hold"; "" when it is none."""
    found = _PASSIVE.match(words)
    verb = _participle(found[1].lower()) if found else ""
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
    form: Find = _of_gerund if first.endswith("ing") else _of_third
    verb = form(first) or (first if first in _VERBS and rest and not _is_thing(low) else "")
    if not verb and rule.kind == "objective" and form is _of_third:
        verb = _without_s(first)
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
        if form is _of_gerund:
            stays = joint == ", " or _NOT_NOW.search(rest[: found.start()])
        else:
            sure = following and form(word) not in _NOUNS_TOO
            stays = following not in _OBJECT and not sure
        return found.group() if stays else joint + (form(word) or word)

    return _JOINT.sub(one, rest).strip()


def _state(words: str, persona: Persona) -> str:
    """What is so in the end, as what to see to."""
    if found := _TOLD.match(words):
        who = "him" if words.lower().startswith("he ") else "her"
        return f"{_TELLING[found[1].lower()]} {who} {found[2]}"
    return f"Make sure that {_lowered(words, persona)}" if _STATE.search(words) else ""


def _thing(words: str, persona: Persona) -> str:
    """A thing, as what to do with it, where that is known of it."""
    low = _lowered(words, persona)
    head = re.split(r" (?:for|of|to|about|that|on|in|with|from|by|or|and)\b|,", low)[0]
    verb = _THING.get(head.split(" ")[-1])
    known = low.split(" ")[0] in _SMALL or verb == "Show" or head in ("praise", "thanks")
    return f"{verb} {low}" if verb and known else ""


def _of_third(word: str) -> str:
    verb = _without_s(word)
    return verb if verb in _VERBS else ""


def _without_s(word: str) -> str:
    """The base form of a verb's third person; "" for what can be none."""
    if word in _THIRDS:
        return _THIRDS[word]
    if not re.fullmatch(r"[a-z]+[^s\W]s", word) or word.endswith("us"):
        return ""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(?:ss|sh|ch|x|zz|o)es$", word):
        return word[:-2]
    return word[:-1]


def _of_gerund(word: str) -> str:
    if word in _GERUNDS:
        return _GERUNDS[word]
    return next((verb for verb in _bases(word.removesuffix("ing"), word) if verb in _VERBS), "")


def _participle(word: str) -> str:
    """The verb of that participle, "" when it is of none."""
    if word in _DONE:
        return _DONE[word]
    if word.endswith("ied"):
        return f"{word[:-3]}y" if f"{word[:-3]}y" in _VERBS else ""
    if not word.endswith("ed"):
        return ""
    return next((verb for verb in _bases(word[:-2], word) if verb in _VERBS), "")


def _bases(stem: str, word: str) -> tuple[str, ...]:
    """What a verb may be of which that stem is left; the likeliest first."""
    if stem == word:
        return ()
    single = stem[:-1] if stem[-2:-1] == stem[-1:] and stem[:-1] in _DOUBLED else ""
    lie = f"{stem[:-1]}ie" if stem.endswith("y") else ""
    return (single, stem, f"{stem}e", lie)


def _thai(words: str, *, bad: bool) -> str:
    """Thai verbs have one form; a full stop is not used."""
    deed = words.removeprefix("การ")
    if not bad:
        return f"ลองทำดังนี้: {deed}" if deed.startswith(("ความ", "ถูก", "โดน")) else deed
    if deed.startswith(("ความ", "ถูก", "โดน")):
        return f"หลีกเลี่ยง: {deed}"
    return deed.removeprefix("ไม่") if deed.startswith("ไม่") else f"อย่า{deed}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lowered(words: str, persona: Persona) -> str:
    """The words inside a sentence; a name keeps its capital."""
    first = words.split(" ")[0]
    named = re.search(rf"[a-z,] {re.escape(first)}\b", persona.text) is not None
    if first.lower() not in _SMALL and (first[1:] != first[1:].lower() or named):
        return words
    return words[:1].lower() + words[1:]
