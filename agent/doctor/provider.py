"""What a provider's answer to the one cheap request means; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from agent.doctor.check import plain
from agent.doctor.http import Answer
from agent.providers.line_failure import explain
from agent.providers.provider_request import ProviderRequest


@dataclass(frozen=True, slots=True)
class Outcome:
    """``code`` is "" when all is well, else as in ``agent.providers.line_failure``, or
    ``unreachable``, ``down``, ``no_list`` or ``unlisted_model``, of which the last two may still
    work."""

    code: str
    found: str
    fix: str = ""

    @property
    def harmless(self) -> bool:
        """Whether a call may work all the same."""
        return self.code in ("", "no_list", "unlisted_model", "rate_limit")


_SERVICE = "Check the network (firewall, proxy), and the provider's status page."
_WORDS = {
    "wrong_key": "refuses the key",
    "no_quota": "says that the account has no quota left",
    "rate_limit": "takes the key, but limits how often it may be asked",
    "region": "refuses this country or region",
}


def judge(ask: ProviderRequest, answer: Answer) -> Outcome:
    """What the list of models says about key and model."""
    if answer.trouble:
        return _unreachable(ask, answer)
    if answer.status == 200:
        return _model(ask, answer.text)
    if ask.who == "compatible" and answer.status in (404, 405):
        return _no_list(ask)
    return refusal(ask, answer)


def refusal(ask: ProviderRequest, answer: Answer) -> Outcome:
    """What an answer other than 200 means."""
    failure = explain(ask.title, f"{answer.status} {answer.text}")
    if failure.code in _WORDS:
        return Outcome(failure.code, f"{ask.title} {_WORDS[failure.code]}.", failure.remedy)
    if answer.status >= 500:
        found = f"{ask.title} has trouble of its own (status {answer.status})."
        return Outcome("down", found, "Try again in some minutes; see the provider's status page.")
    found = f"{ask.title} answers with {answer.status}: {plain(answer.text, ask.api_key)}"
    fix = f"Check the address {ask.base_url} in .env.local: for most servers it ends in /v1."
    return Outcome("malformed", found, fix)


def _unreachable(ask: ProviderRequest, answer: Answer) -> Outcome:
    host, name = urlsplit(ask.base_url).netloc, urlsplit(ask.base_url).hostname
    words = {
        "dns": f"No server of the name {name} is known, or there is no network.",
        "refused": f"Nothing listens at {host}.",
        "timeout": f"{host} does not answer in time.",
        "certificate": f"The certificate of {host} is not trusted.",
        "no_tls": f"{host} does not speak TLS, but its address begins with https://.",
    }
    found = words.get(answer.trouble, f"{host} cannot be reached: {plain(answer.detail)}")
    fix = _SERVICE
    if ask.who == "compatible":
        fix = f"Start that server, or correct its address ({ask.base_url}) in .env.local."
    return Outcome("unreachable", found, fix)


def _no_list(ask: ProviderRequest) -> Outcome:
    found = f"{ask.title} answers, but has no list of models, so {ask.model} could not be looked up"
    fix = f"If calls fail, check the address: it should end in /v1 ({ask.base_url})."
    return Outcome("no_list", f"{found}.", fix)


def _model(ask: ProviderRequest, text: str) -> Outcome:
    try:
        models = listed(ask, json.loads(text))
    except (ValueError, TypeError, AttributeError, KeyError):
        fix = f"Check that {ask.base_url} is the address of the provider's interface."
        return Outcome("malformed", f"{ask.title} sent a list that makes no sense.", fix)
    wanted = ask.model.removeprefix("models/")
    name = next((each for each in models if _same(ask, each, wanted)), "")
    if name and (not ask.able or not models[name] or ask.able in models[name]):
        return Outcome("", f"{ask.title} takes the key and knows {wanted}.")
    near = _near(wanted, [each for each, can in models.items() if not ask.able or ask.able in can])
    fix = f"Set {ask.setting} to {near} in .env.local, and restart."
    if ask.who == "compatible":
        fix = fix.removesuffix(".") + f"; or have that server fetch {wanted}."
    if name:
        return Outcome("unknown_model", f"{ask.title} knows {wanted}, but not for live talk.", fix)
    if ask.sure:
        return Outcome("unknown_model", f"{ask.title} does not know the model {wanted}.", fix)
    found = f"{ask.title} answers, but does not list the model {wanted}."
    return Outcome("unlisted_model", found, f"If calls fail: {fix}")


def listed(ask: ProviderRequest, value: Any) -> Mapping[str, Sequence[str]]:
    """The names of the models in a list, and what each can do (nothing when it is not told).

    Raises ValueError, TypeError, AttributeError or KeyError when it is no such list.
    """
    if ask.who == "google":
        return {
            str(each["name"]).removeprefix("models/"): each.get("supportedGenerationMethods", ())
            for each in value["models"]
        }
    if ask.who == "deepgram":
        each = [*value.get("stt", ()), *value.get("tts", ())]
        return {str(one.get("canonical_name") or one["name"]): () for one in each}
    return {str(each["id"]): () for each in value["data"]}


def _same(ask: ProviderRequest, listed: str, wanted: str) -> bool:
    if ask.who == "deepgram":
        return listed == wanted or listed.startswith(f"{wanted}-")
    # Ollama lists "llama3.2:latest" and takes "llama3.2".
    return listed == wanted or (ask.who == "compatible" and listed == f"{wanted}:latest")


def _near(wanted: str, names: Sequence[str]) -> str:
    near = get_close_matches(wanted, names, 3, 0.5) or sorted(names)[:3]
    return " or ".join(near) if near else "a model that it has"
