"""What went wrong between us and a model's provider, in words; pure."""

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LineFailure:
    """``words`` are for the trainee, ``remedy`` for who runs the app; ``retry`` says whether
    another attempt may help. ``code`` names it in records and tests."""

    code: str
    words: str
    remedy: str
    retry: bool


_RULES: tuple[tuple[str, str, str, str, bool], ...] = (
    (
        "region",
        r"location is not supported|unsupported_country|country, region|"
        r"region.{0,20}not (?:available|supported)",
        "The voice service does not work from this place.",
        "{title} refuses this country or region: use another engine, or a server elsewhere.",
        False,
    ),
    (
        "no_quota",
        r"insufficient_quota|exceeded your current quota|billing_|"
        r"billing (?:details|to be enabled)|credit.balance|enough credits|payment.required|\b402\b",
        "The voice service's allowance is used up.",
        "{title}: the account has no quota left. Check its plan and billing, or use another key.",
        False,
    ),
    (
        "rate_limit",
        r"rate.?limit|too.many.requests|resource.{0,10}exhausted|quota exceeded|\b429\b|"
        r"concurrent.{0,20}limit",
        "The voice service is overloaded.",
        "{title} limits how much may be asked at once: wait, or raise the account's limits.",
        True,
    ),
    (
        "unknown_model",
        r"model.?not.?found|models? .{0,80}(?:does not exist|not found)|no such model|"
        r"is not found for api version|not supported for bidi|invalid model|unknown model|\b404\b",
        "The voice service does not know the model that it was asked for.",
        "{title} does not know the model: correct its name in .env.local, or remove the line. A "
        "server of your own may have to fetch it first, as by `ollama pull`.",
        False,
    ),
    (
        "wrong_key",
        r"api.?key (?:not valid|expired|was reported)|unregistered callers|invalid.?api.?key|"
        r"incorrect api key|api_key_invalid|invalid_auth|"
        r"account.{0,20}deactivated|access_not_enabled|"
        r"unauthenticated|unauthorized|permission.?denied|forbidden|\b401\b|\b403\b|credentials",
        "The voice service did not accept our key.",
        "{title} refused the key: copy it again into .env.local and restart.",
        False,
    ),
    (
        "fault",
        r"server_error|an internal error|internal server error|overloaded|service unavailable|"
        r"\b50[0-3]\b",
        "The voice service has a fault of its own.",
        "{title} could not answer for a reason of its own: see the provider's status page.",
        True,
    ),
    (
        "silent",
        r"time.?d? ?out|timeout|no answer for",
        "The voice service does not answer.",
        "{title} did not answer in time: check the network and the provider's status page.",
        True,
    ),
    (
        "malformed",
        r"json|malformed|unexpected (?:message|event|format)|validation error|decode|"
        r"invalid frame|protocol error|\b1002\b|\b1007\b",
        "The voice service sent something that makes no sense.",
        "{title} sent a reply that could not be read; the log has it.",
        True,
    ),
)

_CLOSED = LineFailure(
    "closed",
    "The connection to the voice service broke.",
    "{title}: the connection was closed. Check the network and the provider's status page.",
    True,
)


_UNUSABLE = LineFailure(
    "unusable",
    "The voice service is not set up where this call is played.",
    "The engine {title} cannot be used there: {error}",
    False,
)

_WORDLESS = LineFailure(
    "wordless",
    "The voice service answered without a word that can be spoken.",
    "{title}: the text model's answer had nothing to be spoken in it, only thinking aloud or "
    "signs. Switch its thinking off, or set another model in LLM_MODEL.",
    True,
)

_GETTING_READY = LineFailure(
    "getting_ready",
    "The text model is still getting ready, which may take a minute.",
    "{title}: the server loads the model, or reads the persona for the first time. Have it keep "
    "the model in memory: Ollama does with OLLAMA_KEEP_ALIVE=-1.",
    True,
)

_UNSPOKEN = LineFailure(
    "unspoken",
    "Part of what the customer said could not be spoken. Read it in the conversation.",
    "The offline voice could not speak it: {error}. Change the words of that line in the persona.",
    False,
)

_VOICELESS = LineFailure(
    "voiceless",
    "The customer's voice does not work just now. Read their lines; you can go on.",
    "The offline voice does not work: {error}. Open the page Doctor.",
    False,
)

_DEAF = LineFailure(
    "deaf",
    "The customer cannot hear you just now. Type your turns instead.",
    "The offline recogniser does not work: {error}. Open the page Doctor.",
    False,
)

_GOING_ON = (_UNSPOKEN, _VOICELESS, _DEAF)
_OWN = (_UNUSABLE, _WORDLESS, _GETTING_READY, *_GOING_ON)
GOES_ON = frozenset(failure.code for failure in _GOING_ON)
"""Codes of troubles in which the line stays as it is, and the call goes on."""


def is_past(code: str, speaker: str, source: str) -> bool:
    """Whether a trouble in which the call goes on is over with that turn: the trainee has gone on
    after a line that was only shown, or has been heard again."""
    if code not in GOES_ON or speaker != "trainee":
        return False
    return code != _DEAF.code or source == "voice"


def explain(title: str, error: BaseException | str | None) -> LineFailure:
    """The failure behind an exception of a plugin; ``title`` is the engine's.

    An exception of our own may bring it along, as its ``failure``.
    """
    own = getattr(error, "failure", None)
    if isinstance(own, LineFailure):
        return own
    said = _said(error)
    for code, pattern, words, remedy, retry in _RULES:
        if re.search(pattern, said, re.IGNORECASE):
            return LineFailure(code, words, remedy.format(title=title), retry)
    return LineFailure(
        _CLOSED.code, _CLOSED.words, _CLOSED.remedy.format(title=title), _CLOSED.retry
    )


def failure_words(code: str) -> str:
    """What the failure of that code means for a trainee."""
    words = {rule[0]: rule[2] for rule in _RULES} | {each.code: each.words for each in _OWN}
    return words.get(code, _CLOSED.words)


def unusable(title: str, error: Exception) -> LineFailure:
    """An engine that cannot even be made."""
    return replace(_UNUSABLE, remedy=_UNUSABLE.remedy.format(title=title, error=error))


def wordless(title: str) -> LineFailure:
    """An answer of a text model of which nothing can be spoken."""
    return replace(_WORDLESS, remedy=_WORDLESS.remedy.format(title=title))


def getting_ready(title: str) -> LineFailure:
    """A text model on a server of one's own that takes its time for the first answer."""
    return replace(_GETTING_READY, remedy=_GETTING_READY.remedy.format(title=title))


def unspoken(error: str) -> LineFailure:
    """Some words that the offline voice cannot speak."""
    return _with(_UNSPOKEN, error)


def voiceless(error: str) -> LineFailure:
    """The offline voice does not work now."""
    return _with(_VOICELESS, error)


def deaf(error: str) -> LineFailure:
    """The offline recogniser does not work now."""
    return _with(_DEAF, error)


def _with(failure: LineFailure, error: str) -> LineFailure:
    return replace(failure, remedy=failure.remedy.format(error=error.rstrip(".")))


def no_answer(title: str, seconds: float) -> LineFailure:
    """The provider has said nothing for that long."""
    return explain(title, f"no answer for {seconds:g} s")


def _said(error: BaseException | str | None) -> str:
    """The texts of an exception and of those that it came from."""
    if not isinstance(error, BaseException):
        return error or ""
    parts: list[str] = []
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        status = getattr(each, "status_code", None)
        # -1 stands for "no status" in the framework's errors.
        code = f" {status}" if isinstance(status, int) and status > 0 else ""
        parts.append(f"{type(each).__name__}{code}: {each} {getattr(each, 'body', '') or ''}")
        each = each.__cause__ or each.__context__
    return " | ".join(parts)
