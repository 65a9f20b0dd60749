"""What providers really say, as the plugins' exceptions carry it, and what is made of it."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp
import pytest
from livekit.agents import APIConnectionError, APIError, APIStatusError, APITimeoutError, llm
from openai.types.realtime import RealtimeError
from openai.types.realtime.realtime_response_status import Error
from yarl import URL

from agent.providers.line_failure import explain, failure_words, no_answer

TITLE = "OpenAI Realtime"
LASTING = {"region", "no_quota", "unknown_model", "wrong_key"}
"""What another attempt cannot help."""


def caused(error: Exception, cause: BaseException) -> Exception:
    """The error, raised from that cause."""
    error.__cause__ = cause
    return error


def handshake(status: int) -> aiohttp.WSServerHandshakeError:
    """A refused upgrade."""
    url = URL("https://provider.example/v1")
    info = SimpleNamespace(real_url=url)
    message = "Invalid response status"
    return aiohttp.WSServerHandshakeError(info, (), status=status, message=message)  # type: ignore[arg-type]


def event(kind: str, code: str | None, message: str) -> APIError:
    """An ``error`` event of OpenAI Realtime."""
    body = RealtimeError(type=kind, code=code, message=message)
    return APIError("OpenAI Realtime API returned an error", body=body, retryable=False)


def response(kind: str, code: str | None, message: str) -> APIError:
    """A response of OpenAI Realtime that failed."""
    body = Error(type=kind, code=code, message=message)
    text = f"OpenAI Realtime API response failed with error type: {kind}"
    return APIError(text, body=body, retryable=False)


def openai(status: int, kind: str, code: str | None, message: str) -> APIStatusError:
    """An HTTP error of OpenAI, or of what speaks like it."""
    body = {"message": message, "type": kind, "param": None, "code": code}
    return APIStatusError(
        f"Error code: {status} - {{'error': {body}}}",
        status_code=status,
        request_id="req_1",
        body=body,
    )


def gemini(status: int, name: str, message: str) -> APIStatusError:
    """An HTTP error of the Gemini API."""
    body = {"error": {"code": status, "message": message, "status": name}}
    return APIStatusError(f"gemini llm: {message}", status_code=status, body=json.dumps(body))


def closed_socket(code: int, reason: str) -> Exception:
    """A websocket of Gemini Live that was closed, as google-genai tells it."""
    return caused(
        APIConnectionError("Failed to connect to Gemini Live"),
        RuntimeError(f"{code} None. {reason}"),
    )


def deepgram(status: int, code: str, message: str) -> APIStatusError:
    """An HTTP error of Deepgram."""
    return APIStatusError(message, status_code=status, body={"err_code": code, "err_msg": message})


KNOWN: tuple[tuple[str, Exception], ...] = (
    (
        "wrong_key",
        event(
            "invalid_request_error",
            "invalid_api_key",
            "Incorrect API key provided: sk-pr***1234. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
        ),
    ),
    ("wrong_key", openai(401, "invalid_request_error", "invalid_api_key", "Incorrect API key")),
    ("wrong_key", caused(APIConnectionError("client connection error"), handshake(401))),
    ("wrong_key", caused(APIConnectionError("client connection error"), handshake(403))),
    (
        "wrong_key",
        event(
            "invalid_request_error",
            "access_not_enabled",
            "Your organization does not have access to the Realtime API.",
        ),
    ),
    (
        "wrong_key",
        openai(401, "invalid_request_error", "account_deactivated", "Account deactivated."),
    ),
    (
        "wrong_key",
        gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    ),
    ("wrong_key", closed_socket(1007, "API key not valid. Please pass a valid API key.")),
    ("wrong_key", gemini(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.")),
    ("wrong_key", gemini(403, "PERMISSION_DENIED", "The caller does not have permission")),
    ("wrong_key", closed_socket(1008, "Your API key was reported as leaked. Use another one.")),
    ("wrong_key", deepgram(401, "INVALID_AUTH", "Invalid credentials.")),
    ("wrong_key", deepgram(403, "INSUFFICIENT_PERMISSIONS", "Insufficient permissions.")),
    (
        "no_quota",
        response(
            "insufficient_quota",
            "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
    ),
    (
        "no_quota",
        openai(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota"),
    ),
    (
        "no_quota",
        openai(
            400, "invalid_request_error", "billing_hard_limit_reached", "Billing hard limit reached"
        ),
    ),
    (
        "no_quota",
        closed_socket(1011, "You exceeded your current quota, please check your plan and billing"),
    ),
    (
        "no_quota",
        gemini(403, "PERMISSION_DENIED", "This method requires billing to be enabled"),
    ),
    (
        "no_quota",
        deepgram(
            402,
            "ASR_PAYMENT_REQUIRED",
            "Project does not have enough credits for an ASR request and no overage agreement.",
        ),
    ),
    (
        "rate_limit",
        response(
            "invalid_request_error",
            "rate_limit_exceeded",
            "Rate limit reached for gpt-realtime in organization org-1 on tokens per min (TPM): "
            "Limit 40000, Used 40000, Requested 500. Please try again in 750ms. You can increase "
            "your rate limit by adding a payment method to your account at "
            "https://platform.openai.com/account/billing.",
        ),
    ),
    ("rate_limit", gemini(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted.")),
    ("rate_limit", closed_socket(1011, "Resource has been exhausted (e.g. check quota).")),
    (
        "rate_limit",
        gemini(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests per minute'"),
    ),
    ("rate_limit", deepgram(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later")),
    ("rate_limit", caused(APIConnectionError("failed to connect to deepgram"), handshake(429))),
    (
        "region",
        openai(
            403,
            "request_forbidden",
            "unsupported_country_region_territory",
            "Country, region, or territory not supported",
        ),
    ),
    (
        "region",
        gemini(400, "FAILED_PRECONDITION", "User location is not supported."),
    ),
    ("region", closed_socket(1007, "User location is not supported for the API use.")),
    (
        "unknown_model",
        response(
            "invalid_request_error",
            "model_not_found",
            "The model `gpt-nothing` does not exist or you do not have access to it.",
        ),
    ),
    (
        "unknown_model",
        openai(403, "invalid_request_error", "model_not_found", "Project has no access to model"),
    ),
    (
        "unknown_model",
        closed_socket(
            1008,
            "models/gemini-nothing is not found for API version v1beta, or is not supported for "
            "bidiGenerateContent. Call ListModels",
        ),
    ),
    (
        "unknown_model",
        gemini(404, "NOT_FOUND", "models/gemini-nothing is not found for API version v1beta"),
    ),
    ("unknown_model", openai(404, "api_error", None, 'model "llama9" not found, try pulling it')),
    (
        "unknown_model",
        deepgram(400, "Bad Request", "No such model/language/tier combination found."),
    ),
    (
        "fault",
        response(
            "server_error",
            None,
            "The server had an error while processing your request. Sorry about that!",
        ),
    ),
    ("fault", gemini(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")),
    ("fault", gemini(500, "INTERNAL", "An internal error has occurred. Please retry.")),
    ("silent", APITimeoutError()),
    ("silent", APIConnectionError("OpenAI Realtime API connection timed out")),
    ("silent", caused(APIConnectionError("Connection error."), TimeoutError())),
    ("silent", llm.RealtimeError("generate_reply timed out.")),
    ("malformed", json.JSONDecodeError("Expecting value", "{", 1)),
    ("malformed", closed_socket(1007, "Request contains an invalid argument.")),
    (
        "closed",
        caused(
            APIConnectionError("OpenAI Realtime API client connection error"),
            aiohttp.ClientConnectionError("Cannot connect to host provider.example:443"),
        ),
    ),
    ("closed", APIConnectionError("OpenAI Realtime API connection closed unexpectedly")),
    (
        "closed",
        event("invalid_request_error", "session_expired", "Your session hit the maximum duration"),
    ),
    ("closed", closed_socket(1008, "Operation is not implemented, or supported, or enabled.")),
    ("closed", closed_socket(1011, "Internal error occurred.")),
    (
        "closed",
        APIStatusError(
            "deepgram connection closed unexpectedly", status_code=1011, body="NET-0001 no audio"
        ),
    ),
    ("closed", ConnectionResetError("Connection lost")),
)


@pytest.mark.parametrize(
    ("code", "error"), KNOWN, ids=[f"{n}-{code}" for n, (code, _) in enumerate(KNOWN)]
)
def test_what_a_provider_says_is_understood(code: str, error: Exception) -> None:
    failure = explain(TITLE, error)
    assert failure.code == code
    assert failure.retry == (code not in LASTING)
    assert failure.words == failure_words(code)
    assert failure.remedy.startswith(TITLE)
    assert "{" not in failure.words + failure.remedy


def test_nothing_of_what_was_said_is_shown() -> None:
    """Providers repeat parts of the key."""
    for _, error in KNOWN:
        failure = explain(TITLE, error)
        assert "sk-" not in failure.words + failure.remedy


@pytest.mark.parametrize("error", [None, "", Exception(), APIConnectionError()])
def test_an_end_without_a_reason_is_a_closed_connection(error: Exception | str | None) -> None:
    assert explain(TITLE, error).code == "closed"


def test_a_silence_has_its_words() -> None:
    failure = no_answer(TITLE, 10.0)
    assert (failure.code, failure.retry) == ("silent", True)


def test_the_reason_may_lie_deep() -> None:
    deep = caused(APIConnectionError("outer"), caused(OSError("middle"), handshake(401)))
    assert explain(TITLE, deep).code == "wrong_key"


def test_causes_that_go_round_in_a_circle_end() -> None:
    first, second = OSError("one"), OSError("two")
    first.__cause__, second.__cause__ = second, first
    assert explain(TITLE, first).code == "closed"


def test_a_context_counts_where_no_cause_is_named() -> None:
    def fail() -> None:
        try:
            raise handshake(401)
        except aiohttp.ClientError:
            raise APIConnectionError  # noqa: B904 - as some plugins do

    assert explain(TITLE, raised(fail)).code == "wrong_key"


def raised(action: Callable[[], None]) -> Exception:
    """What it raises."""
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError
