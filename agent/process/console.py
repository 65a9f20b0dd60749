"""What a process tells its console: a provider's failure in one line, not in tracebacks.

A refused key or a socket that closed is nothing to debug. The plugins of LiveKit print its
traceback three or four times over; what happened, and what to do about it, is told once and in
words by ``agent.call.performance``.
"""

import logging
from collections.abc import Iterator

FORMAT = "%(asctime)s %(name)s: %(message)s"

log = logging.getLogger("rehearsal.providers")
"""At level DEBUG, the tracebacks of providers' failures are printed as well."""

_PLUGINS = ("livekit", "asyncio")
"""Loggers that print tracebacks of failures which are told elsewhere."""
_LINE = frozenset(
    (
        *("aiohttp", "google", "h11", "httpcore", "httpcore2", "httpx", "httpx2", "openai"),
        *("ssl", "websockets"),
    )
)
"""Packages whose exceptions come from the line to a provider, or from its other end."""
_BUGS = (
    *(AssertionError, AttributeError, ImportError, LookupError, NameError, NotImplementedError),
    TypeError,
)
"""What no provider can do to us, except by a reply that makes no sense; its traceback is needed."""


def start_console(*, tracebacks: bool = False) -> None:
    """Print warnings of everybody; ``tracebacks`` prints those of providers' failures too."""
    logging.basicConfig(level=logging.WARNING, format=FORMAT)
    for handler in logging.getLogger().handlers:
        handler.addFilter(told_in_words)
    if tracebacks:
        log.setLevel(logging.DEBUG)


def told_in_words(record: logging.LogRecord) -> bool:
    """A filter: whether the record is to be printed, being no provider's failure."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or record.name.partition(".")[0] not in _PLUGINS:
        return True
    return log.isEnabledFor(logging.DEBUG) or not _of_a_provider(error)


def _of_a_provider(error: BaseException) -> bool:
    chain = list(_chain(error))
    return any(_is_line(each) for each in chain) and not any(isinstance(e, _BUGS) for e in chain)


def _is_line(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    module = type(error).__module__
    if module.partition(".")[0] in _LINE or module == "livekit.agents._exceptions":
        return True
    # What still goes to a plugin's stream after its provider has refused.
    return isinstance(error, RuntimeError) and str(error).endswith("is closed")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it came from."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
