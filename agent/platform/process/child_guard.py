"""The guard of one child process, run as a script of its own: no app, no child.

Usage: ``python -I -S child_guard.py normal|low INPUT PROGRAM [ARGUMENT…]``. It holds the other end
of a pipe from the app as its standard input. A byte on it asks for a stop; its end means that the
app is gone, however it died, and the whole process group of the child is killed. On Linux the
kernel also kills the child when the guard itself is killed. ``INPUT`` is the open file that the
child gets as its standard input, ``-`` for none. POSIX only; Windows has job objects.
"""

import os
import select
import signal
import sys
import time
from contextlib import suppress

TYPE_CHECKING = False  # importing typing would double the start-up time
if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.4  # seconds between the two SIGTERMs, and between the second and SIGKILL
SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(priority: str, source: str, args: list[str]) -> int:
    """Run the child until it ends or has to; its exit code, 128 + N when signal N ended it."""
    wake = _wake_on_signals()
    die_with_parent = _parent_death_signal()
    guard = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(args, priority, source, guard, die_with_parent)
    if source != "-":
        os.close(int(source))  # so that the app notices when the child takes no more
    _own_group(pid)
    code = _watch(pid, wake)
    _signal(pid, signal.SIGKILL)  # whatever the child left in its group
    return code if code >= 0 else 128 - code


def _wake_on_signals() -> int:
    """Turn the signals into bytes on a pipe and return its read end."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)
    return reader


def _parent_death_signal() -> "Callable[[], object] | None":
    """Linux: a function that has the kernel kill the caller when its parent dies; else None.

    Looked up before the fork; the guard has one thread, which the kernel takes as the parent.
    """
    if sys.platform != "linux":
        return None
    try:
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
    return lambda: prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG = 1


def _become(
    args: list[str],
    priority: str,
    source: str,
    guard: int,
    die_with_parent: "Callable[[], object] | None",
) -> None:
    """In the fork: turn into the child, first telling its pid on the output."""
    try:
        _own_group(0)
        if die_with_parent is not None:
            die_with_parent()
        if os.getppid() != guard:
            os._exit(137)  # the guard died before the kernel was told
        if priority == "low":
            os.nice(10)
        for number in (*SIGNALS, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        # The guard's own pipe from the app is not the child's.
        given = os.open(os.devnull, os.O_RDONLY) if source == "-" else int(source)
        os.dup2(given, 0)
        os.close(given)
        os.write(1, b"pid %d\n" % os.getpid())
        os.execvp(args[0], args)
    except OSError as error:
        os.write(2, f"cannot start {args[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _own_group(pid: int) -> None:
    """Give the child a process group; done on both sides of the fork, so neither waits."""
    with suppress(OSError):  # the other side was first
        os.setpgid(pid, 0)


def _watch(pid: int, wake: int) -> int:
    """Wait for the child's end, a request to stop, or the end of the app."""
    stopping = 0  # SIGTERMs sent
    due = None  # when the next signal is
    while True:
        ready, _, _ = select.select([0, wake], [], [], None if due is None else _left(due))
        asked = 0 in ready
        if asked and not os.read(0, 64):
            return _kill(pid)
        if wake in ready:
            numbers = os.read(wake, 64)
            asked = asked or any(n != signal.SIGCHLD for n in numbers)
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
        if due is not None and time.monotonic() >= due and stopping == 2:
            return _kill(pid)
        if (asked and not stopping) or (due is not None and time.monotonic() >= due):
            _signal(pid, signal.SIGTERM)
            stopping += 1
            due = time.monotonic() + PAUSE


def _left(due: float) -> float:
    return max(0.0, due - time.monotonic())


def _kill(pid: int) -> int:
    _signal(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _signal(group: int, number: int) -> None:
    with suppress(OSError):  # it has ended already
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
