"""The short forms of spoken English: people say "I'm" where a phrase list has "I am"."""

from collections.abc import Sequence

_SHORT = {
    ("i", "am"): "i'm",
    ("you", "are"): "you're",
    ("we", "are"): "we're",
    ("they", "are"): "they're",
    ("he", "is"): "he's",
    ("she", "is"): "she's",
    ("it", "is"): "it's",
    ("that", "is"): "that's",
    ("there", "is"): "there's",
    ("here", "is"): "here's",
    ("what", "is"): "what's",
    ("who", "is"): "who's",
    ("where", "is"): "where's",
    ("how", "is"): "how's",
    ("let", "us"): "let's",
    ("i", "will"): "i'll",
    ("you", "will"): "you'll",
    ("we", "will"): "we'll",
    ("they", "will"): "they'll",
    ("he", "will"): "he'll",
    ("she", "will"): "she'll",
    ("it", "will"): "it'll",
    ("that", "will"): "that'll",
    ("i", "would"): "i'd",
    ("you", "would"): "you'd",
    ("we", "would"): "we'd",
    ("i", "have"): "i've",
    ("you", "have"): "you've",
    ("we", "have"): "we've",
    ("they", "have"): "they've",
    ("do", "not"): "don't",
    ("does", "not"): "doesn't",
    ("did", "not"): "didn't",
    ("is", "not"): "isn't",
    ("are", "not"): "aren't",
    ("was", "not"): "wasn't",
    ("were", "not"): "weren't",
    ("have", "not"): "haven't",
    ("has", "not"): "hasn't",
    ("had", "not"): "hadn't",
    ("will", "not"): "won't",
    ("would", "not"): "wouldn't",
    ("could", "not"): "couldn't",
    ("should", "not"): "shouldn't",
    ("can", "not"): "can't",
}
_AFTER_HAVE = frozenset(
    (
        *("already", "also", "been", "booked", "done", "found", "frozen", "given", "gone", "got"),
        *("had", "heard", "just", "made", "never", "now", "put", "read", "seen", "sent", "set"),
        *("spoken", "taken", "told", "written"),
    )
)
_LONG = {short: pair for pair, short in _SHORT.items()}


def shortened(words: Sequence[str]) -> list[str]:
    """The sentence with every short form that it allows; "cannot" counts as "can not".

    A pair at the end ("yes I am") stays long, and so does a "have" that no participle follows
    ("I have your number").
    """
    pending = [part for word in words for part in (("can", "not") if word == "cannot" else (word,))]
    result: list[str] = []
    while pending:
        short = _SHORT.get((pending[0], pending[1])) if len(pending) > 1 else None
        if short and not short.endswith("n't") and not _joins(pending):
            short = None
        result.append(short or pending[0])
        del pending[: 2 if short else 1]
    return result


def _joins(words: Sequence[str]) -> bool:
    """Whether the first two of these words can be run together before the third."""
    if len(words) < 3:
        return False
    return words[1] != "have" or words[2].endswith("ed") or words[2] in _AFTER_HAVE


def lengthened(words: Sequence[str]) -> list[str]:
    """The sentence without short forms."""
    result: list[str] = []
    for word in words:
        pair = _LONG.get(word, (word,))
        result += ["cannot"] if pair == ("can", "not") else pair
    return result
