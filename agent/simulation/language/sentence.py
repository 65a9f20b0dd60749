"""English grammar, as much as a turn needs: what is negated, and what is only asked."""

from collections.abc import Mapping
from typing import Literal

from agent.simulation.language.tokens_en import Token

Asking = Literal["", "info", "offer", "request"]
"""How a word is asked: not at all, for information, as an offer (can I…), or as a request."""

Grammar = Mapping[str, frozenset[str]]

_REACH = 6
"""Words after a negation that it still negates."""
_LONGEST_QUESTION = 14
_OFFERING = frozenset(("can", "could", "may", "shall", "should", "might", "will"))


class Sentence:
    """The words of a turn (spelling repaired) beside their tokens."""

    def __init__(
        self, tokens: list[Token], words: list[str], ending: str, grammar: Grammar
    ) -> None:
        self._stops = [token.stop for token in tokens]
        self._words = words
        self._ending = ending
        self._grammar = grammar

    def negated(self) -> list[bool]:
        """For each word, whether a negation before it reaches it."""
        marks, reach = [], 0
        for place, word in enumerate(self._words):
            if self._begins_clause(place):
                reach = 0
            marks.append(reach > 0)
            if self._negates(word, self._at(place + 1)):
                reach = _REACH
            elif reach:
                reach -= 1
        return marks

    def denied_after(self, last: int) -> bool:
        """Whether what follows that word denies it: 'a refund is not possible'."""
        tail, aux = self._words[last + 1 : last + 5], self._grammar["aux"]
        if "not" in tail[1:3]:
            place = tail.index("not")
            said = tail[place + 1] if place + 1 < len(tail) else ""
            return said in self._grammar["denied"] and tail[place - 1] in aux
        return len(tail) > 1 and tail[0] in aux and tail[1] in ("impossible", "denied", "refused")

    def denied_inside(self, first: int, last: int, expected: frozenset[str]) -> bool:
        """Whether a negation stands between these words that was not looked for."""
        return any(
            self._negates(self._words[i], self._at(i + 1))
            and not _looked_for(self._words[i], expected)
            for i in range(first, last + 1)
        )

    def asking(self) -> list[Asking]:
        """For each word, how it is asked."""
        marks: list[Asking] = [""] * len(self._words)
        place = 0
        while place < len(marks):
            kind = self._opener(place)
            end = self._question_end(place) if kind else place + 1
            marks[place:end] = [kind] * (end - place)
            place = end
        self._mark_plain_questions(marks)
        return marks

    def _at(self, place: int) -> str:
        return self._words[place] if 0 <= place < len(self._words) else ""

    def _begins_clause(self, place: int) -> bool:
        word, g = self._words[place], self._grammar
        if self._stops[place] or word in g["breaks"]:
            return True
        if word in ("you", "it") and self._at(place + 1) not in g["aux"]:
            return False  # an object: "I won't put you on hold"
        return word in g["subjects"] and self._at(place - 1) not in g["raisers"]

    def _negates(self, word: str, following: str) -> bool:
        harmless = self._grammar.get(f"harmless_{word}", frozenset())
        return word in self._grammar["negators"] and following not in harmless

    def _question_end(self, place: int) -> int:
        end, last = place + 1, min(len(self._words), place + _LONGEST_QUESTION)
        while end < last and not self._stops[end] and not self._continues(end):
            end += 1
        return end

    def _continues(self, place: int) -> bool:
        return self._words[place] in ("but", "because", "while", "and", "so")

    def _opener(self, place: int) -> Asking:
        """How a question that begins at this word asks; empty when none does."""
        g, word, following = self._grammar, self._words[place], self._at(place + 1)
        previous = "" if self._stops[place] else self._at(place - 1)
        if word in g["aux"] and previous not in g["before_statement"]:
            there = following == "there" and previous not in ("", "and", "so", "but")
            asked = following in g["pronouns"] and not there  # "The questions are there to …"
            opens = asked or (not previous and following in g["after_aux"])
            if opens:
                return _kind(word, following, self._at(place + 2))
        if word in ("how", "what") and following in ("about", "if"):
            return "offer"
        if word == "why" and following == "do" and self._at(place + 3) in ("i", "we"):
            return "offer"
        if word in g["question_words"] and following in g["after_question_word"]:
            fresh = previous in ("", "and", "so", "but", "okay", "well")
            return "info" if fresh or self._at(place + 2) in g["pronouns"] else ""
        return ""

    def _mark_plain_questions(self, marks: list[Asking]) -> None:
        """A sentence that ends in a question mark is a question, however it begins."""
        begin = 0
        for place in range(1, len(marks) + 1):
            stop = self._stops[place] if place < len(marks) else self._ending
            if stop not in ("?", "!", ".") and place < len(marks):
                continue
            ours = self._words[begin] in ("i", "we")
            if stop == "?" and not ours and not any(marks[begin:place]):
                marks[begin:place] = ["info"] * (place - begin)
            begin = place


def _kind(aux: str, subject: str, third: str) -> Asking:
    if subject in ("i", "we") and aux in _OFFERING:
        return "offer"
    if subject == "you":
        if aux == "would" and third in ("like", "prefer", "mind"):
            return "offer"
        if aux == "do" and third in ("want", "need"):
            return "offer"
        if aux in ("can", "could", "will", "would"):
            return "request"
    return "info"


def _looked_for(word: str, expected: frozenset[str]) -> bool:
    return word in expected or any(word[:end] + "*" in expected for end in range(1, len(word) + 1))
