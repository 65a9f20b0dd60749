"""What a process tells its console: a provider's failure in one line, not in tracebacks.

A refused key or a socket that closed is nothing to debug. The plugins of LiveKit print its
traceback three or four times over; what happened, and what to do about it, is told once and in
words by ``agent.worker.engine_session``.
"""

import logging
from collections.abc import Iterator
from traceback import walk_tb
from types import FrameType

FORMAT = "%(asctime)s %(name)s: %(message)s"

log = logging.getLogger("rehearsal.providers")
"""At level DEBUG, the tracebacks of providers' failures are printed as well."""

_OURS = frozenset(("agent", "app", "data", "personas", "ui"))
"""Packages whose failures are never a provider's alone: nobody else tells of them."""
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
    """A filter: whether the record is to be printed, being no provider's failure.

    A plugin's task that nobody waited for is printed in one line; a task of ours whole, whatever
    it failed by.
    """
    error = record.exc_info[1] if record.exc_info else None
    if error is None or log.isEnabledFor(logging.DEBUG) or not _of_a_provider(error):
        return True
    modules = [_module(frame) for frame, _ in walk_tb(error.__traceback__)]
    match record.name.partition(".")[0]:
        case "livekit":
            return bool(modules) and _package(modules[-1]) in _OURS
        case "asyncio" if modules and _package(modules[0]) in _LINE | {"livekit"}:
            what = record.getMessage().partition("\n")[0]
            record.msg, record.args = f"{what} ({modules[0]}: {error!r})", ()
            record.exc_info = record.exc_text = None
    return True


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _package(module: str) -> str:
    return module.partition(".")[0]


def _of_a_provider(error: BaseException) -> bool:
    chain = list(_chain(error))
    return any(_is_line(each) for each in chain) and not any(isinstance(e, _BUGS) for e in chain)


def _is_line(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    module = type(error).__module__
    if _package(module) in _LINE or module == "livekit.agents._exceptions":
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
