"""A sentence by which a trainee does what a rule says."""

import re

from agent.simulation.language.lexicon import english, thai
from agent.simulation.language.reading_th import has_thai
from agent.simulation.observing.aims import rule_reading
from personas.model import Persona, Rule


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FREE_OF_FACTS = _words(
    """
    anything_else apology ask_account block_card dispute empathy loyalty no_disclose offer_choice
    one_step own_mistake ownership praise problem_question repeat_back stay_line supervisor
    take_time verify_identity written
    """
)
"""Acts whose stock sentence fits every persona. Others name prices, days and numbers, which would
be taken for the customer's own."""
_OF_ONE_CUSTOMER = frozenset(("loyalty", "repeat_back"))
"""Those whose Thai sentence names a customer's own case."""
VAGUE = frozenset(("open_question", "name_use", "introduce"))
"""Acts that rules share which ask for quite different things."""
_ASKING = re.compile(
    r"^ask(?:s|ing)? (?:him |her |them )?((?:which|what|if|whether|how|where|when|why|who) .+)$",
    re.I,
)
_SOMEBODY = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.I)
_OTHER = re.compile(r",? (?:or|and|before|instead) .*$")


def example_of(rule: Rule, persona: Persona) -> str:
    """An example of the rule itself or of one that says the same; else a sentence for what the rule
    names, or the question that it describes; "" when there is none that is sure to fit."""
    if rule.like:
        return rule.like[0]
    acts = list(rule_reading(rule.text).acts)
    if "anything_else" not in acts and (said := _said_elsewhere(acts, persona)):
        return said
    return _stock(acts, rule.text) or _question(rule.text)


def _said_elsewhere(acts: list[str], persona: Persona) -> str:
    """An example of another rule that names the same act first."""
    for other in persona.rules:
        if not acts or acts[0] in VAGUE or not other.like or other.kind == "trigger":
            continue
        if acts[0] == next(iter(rule_reading(other.text).acts), ""):
            return other.like[0]
    return ""


def _stock(acts: list[str], text: str) -> str:
    """The built-in trainee's sentence for the first of these acts that has one for everybody."""
    in_thai = has_thai(text)
    known = thai().acts if in_thai else english().acts
    free = _FREE_OF_FACTS - _OF_ONE_CUSTOMER if in_thai else _FREE_OF_FACTS
    if _ASKING.match(text) or "name_use" in acts:
        free = free & {"anything_else"}
    found = (known[name].examples for name in acts if name in free and name in known)
    return next((examples[0] for examples in found if examples), "")


def _question(text: str) -> str:
    """What a rule of asking asks, as a question; "" when it speaks of a person, since "what she
    needs" is not "what you needs"."""
    found = _ASKING.match(text.strip().rstrip("."))
    asked = _OTHER.sub("", found[1]) if found else ""
    return f"Could you tell me {asked}?" if asked and not _SOMEBODY.search(asked) else ""
