"""Forms of English verbs: from the third person, the gerund or the participle to the base form, for
verbs that are known to be what somebody does on a call."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VERBS = _words(
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
    admit cut forget get let omit plan put recap refer set ship skip stop sum transfer win
    """
)
_GERUNDS = {"cancelling": "cancel", "fulfilling": "fulfil", "hanging": "hang"}
_THIRDS = {"is": "be", "has": "have", "does": "do", "goes": "go"}
_DONE = {
    "begun": "begin", "bought": "buy", "broken": "break", "brought": "bring", "built": "build",
    "chosen": "choose", "cut": "cut", "done": "do", "forgotten": "forget", "found": "find",
    "frozen": "freeze", "given": "give", "heard": "hear", "held": "hold", "kept": "keep",
    "left": "leave", "let": "let", "lied": "lie", "made": "make", "misled": "mislead",
    "paid": "pay", "put": "put", "read": "read", "said": "say", "sent": "send", "set": "set",
    "shown": "show", "sold": "sell", "spoken": "speak", "taken": "take", "told": "tell",
    "written": "write",
}  # fmt: skip
"""Participles that are not made by -ed."""


def of_third(word: str) -> str:
    """The verb of that third person, "" when it is of none that is known."""
    verb = without_s(word)
    return verb if verb in VERBS else ""


def without_s(word: str) -> str:
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


def of_gerund(word: str) -> str:
    """The verb of that gerund, "" when it is of none."""
    if word in _GERUNDS:
        return _GERUNDS[word]
    return next((verb for verb in _bases(word.removesuffix("ing"), word) if verb in VERBS), "")


def of_participle(word: str) -> str:
    """The verb of that participle, "" when it is of none."""
    if word in _DONE:
        return _DONE[word]
    if word.endswith("ied"):
        return f"{word[:-3]}y" if f"{word[:-3]}y" in VERBS else ""
    if not word.endswith("ed"):
        return ""
    return next((verb for verb in _bases(word[:-2], word) if verb in VERBS), "")


def _bases(stem: str, word: str) -> tuple[str, ...]:
    """What a verb may be of which that stem is left; the likeliest first."""
    if stem == word:
        return ()
    single = stem[:-1] if stem[-2:-1] == stem[-1:] and stem[:-1] in _DOUBLED else ""
    lie = f"{stem[:-1]}ie" if stem.endswith("y") else ""
    return (single, stem, f"{stem}e", lie)
