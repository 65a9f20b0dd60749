"""How a worker elsewhere shows the app that it is one: by the LiveKit secret that both have."""

from datetime import timedelta

from livekit.api import AccessToken, TokenVerifier

from agent.platform.server.endpoint import Endpoint

LIFE = timedelta(minutes=1)
"""Only the sign-on needs it."""
_MARK = {"rehearsal": "worker"}


def worker_token(endpoint: Endpoint, worker: str) -> str:
    """A token that opens no room."""
    token = AccessToken(endpoint.key, endpoint.secret).with_identity(worker).with_ttl(LIFE)
    return token.with_attributes(_MARK).to_jwt()


def is_worker(endpoint: Endpoint, token: str) -> bool:
    """Whether a worker made that token; those of trainees, of the same secret, do not count."""
    try:
        claims = TokenVerifier(endpoint.key, endpoint.secret).verify(token)
    except Exception:  # whatever is wrong with it, it is no worker's
        return False
    return (claims.attributes or {}) == _MARK
