"""What the code uses of other packages that is not theirs to promise.

Versions are pinned, so that it works; a new one may rename it without a word. Each use is in
``USES`` with what it is for. When a test here fails, a package was updated: read its new source,
find what took the place of the missing part, and change our file and this table.
"""

import ast
import re
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.places import ROOT

PACKAGES = Path(sysconfig.get_paths()["purelib"])


class Use(NamedTuple):
    """Private members of the class ``owner`` in ``module`` of a package that ``ours`` uses."""

    ours: str
    module: str
    owner: str
    names: str
    why: str

    @property
    def id(self) -> str:
        return f"{self.ours}-{self.owner}"


OPENAI = "livekit/agents/llm/_realtime/openai.py"
USES = [
    Use(
        "agent/worker/worker.py", "livekit/agents/worker.py", "AgentServer", "_run_ws",
        "the worker's state: the framework has no event for a lost connection",
    ),
    Use(
        "agent/worker/ffi_queue.py", "livekit/rtc/_ffi_client.py", "FfiQueue",
        "_lock _subscribers", "a loop that has closed is forgotten, instead of logged under a lock",
    ),
    Use(
        "agent/worker/loop_samples.py", "livekit/agents/telemetry/loop_monitor.py",
        "EventLoopMonitor", "_sample_loop_thread", "no search for garbage while threads are listed",
    ),
    Use(
        "agent/worker/session_io.py", "livekit/agents/voice/room_io/room_io.py", "RoomIO",
        "_audio_output _init_atask",
        "a voice that is being published is waited for before it is closed",
    ),
    Use(
        "agent/worker/session_io.py", "livekit/agents/voice/room_io/_output.py",
        "_ParticipantAudioOutput", "_lock _publication",
        "a voice that is being published is waited for before it is closed",
    ),
    Use(
        "agent/worker/recording/taps.py", "livekit/agents/voice/room_io/_output.py",
        "_ParticipantAudioOutput", "_audio_source",
        "a recording has what is sent, when it is sent; what is told of it comes later",
    ),
    Use(
        "agent/engines/persona_agent.py", "livekit/agents/voice/agent.py", "Agent", "_chat_ctx",
        "the turns so far, told before the agent begins",
    ),
    Use(
        "agent/engines/openai/connection.py", OPENAI, "RealtimeSession",
        "_chat_ctx_event_futures _current_generation _close_current_generation _is_fatal_error"
        " _emit_error _create_ws_conn _opts _realtime_model",
        "a failure that costs an answer ends the connection with its reason",
    ),
    Use(
        "agent/engines/openai/connection.py", OPENAI, "RealtimeModel",
        "_sessions _ensure_http_session", "its sessions are of our own class",
    ),
    Use(
        "agent/providers/plugins.py", "livekit/plugins/openai/stt.py", "STT", "_opts _client",
        "any OpenAI-compatible server is asked for plain text",
    ),
    Use(
        "agent/providers/plugins.py", "livekit/plugins/google/llm.py", "LLM", "_client",
        "another address, and no retries of its own",
    ),
    Use(
        "agent/providers/plugins.py", "livekit/plugins/google/beta/gemini_tts.py", "TTS", "_client",
        "another address, and no retries of its own",
    ),
    *(
        Use(
            "agent/providers/refusals.py", f"livekit/plugins/deepgram/{module}.py", owner,
            "_ensure_session", "its own words for a refused connection",
        )
        for module, owner in (("stt", "STT"), ("stt_v2", "STTv2"), ("tts", "TTS"))
    ),
    *(
        Use(
            "agent/providers/refusals.py", f"livekit/plugins/deepgram/{module}.py", owner,
            "_process_stream_event", "a message that could be read is a sign of life",
        )
        for module, owner in (("stt", "SpeechStream"), ("stt_v2", "SpeechStreamv2"))
    ),
    Use(
        "agent/speech/speaking/local_tts.py", "livekit/agents/tts/tts.py", "TTS",
        "_synthesize_with_stream", "what every plugin's voice uses",
    ),
    Use(
        "agent/speech/speaking/local_tts.py", "livekit/agents/tts/tts.py", "SynthesizeStream",
        "_input_ch _pushed_text _mark_started _emit_error", "what every plugin's voice uses",
    ),
    Use(
        "agent/speech/hearing/stream.py", "livekit/agents/stt/stt.py", "RecognizeStream",
        "_input_ch _event_ch", "what every plugin's recogniser uses",
    ),
    Use(
        "ui/auth/access.py", "nicegui/storage.py", "Storage", "_users _create_user_storage",
        "a login gives the browser another name and keeps what it had",
    ),
    Use(
        "ui/auth/browser_storage.py", "nicegui/storage.py", "Storage", "_users",
        "what is kept of a browser can be deleted",
    ),
    Use(
        "ui/studio/text_pane.py", "nicegui/elements/codemirror/codemirror.py", "CodeMirror",
        "_encode_codepoints _update_codepoints", "long texts in time, and no needless update",
    ),
    Use(
        "ui/studio/text_pane.py", "nicegui/elements/mixins/value_element.py", "ValueElement",
        "_send_update_on_value_change", "what the browser has typed is not sent back",
    ),
]  # fmt: skip

PRIVATE = re.compile(r"_[a-z]")
DOCUMENTED = {"_asdict", "_exit", "_fields", "_handle", "_replace"}
"""Of the standard library, in its documentation; ``_handle`` is how a process is named to Windows,
and ``subprocess`` has had it since Python 3.3."""


@cache
def members(module: str) -> dict[str, set[str]]:
    """Each class of that module of a package, with what it defines or sets on itself."""
    tree = ast.parse((PACKAGES / module).read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found[node.name] = set(_defined(ast.walk(node)))
    return found


def _defined(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What is defined in them: functions, classes, variables, attributes of ``self``."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("self", "cls")
        ):
            yield node.attr


@pytest.mark.parametrize("use", USES, ids=[use.id for use in USES])
def test_what_is_used_of_a_package_is_still_there(use: Use) -> None:
    package = use.module.split("/")[0]
    where = f"{use.ours} uses it: {use.why}. Read the new source of {package}, then change both."
    assert (PACKAGES / use.module).exists(), f"{use.module} is gone. {where}"
    found = members(use.module)
    assert use.owner in found, f"{use.module} has no class {use.owner} any more. {where}"
    for name in use.names.split():
        assert name in found[use.owner], f"{use.owner} has no {name} any more. {where}"


@pytest.mark.parametrize("use", USES, ids=[use.id for use in USES])
def test_the_table_names_only_what_is_used(use: Use) -> None:
    text = (ROOT / use.ours).read_text(encoding="utf-8")
    for name in use.names.split():
        assert re.search(rf"\b{name}\b", text), f"{use.ours} does without {name}: take it out here"


def test_no_use_is_missing_in_the_table() -> None:
    """A private name that none of our own code defines is somebody else's."""
    files = [path for top in ("agent", "data", "personas", "ui") for path in _sources(top)]
    known, used = set(DOCUMENTED), []
    listed = {(use.ours, name) for use in USES for name in use.names.split()}
    for path in files:
        place = path.relative_to(ROOT).as_posix()
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        known.update(_defined(nodes))
        used += [
            (place, node.attr, node.lineno)
            for node in nodes
            if isinstance(node, ast.Attribute) and PRIVATE.match(node.attr)
        ]
    found = [
        f"{place}:{line} uses {name}"
        for place, name, line in used
        if name not in known and (place, name) not in listed
    ]
    assert not found, "of other packages, and not in the table: " + ", ".join(found)


def _sources(top: str) -> list[Path]:
    return sorted((ROOT / top).rglob("*.py"))
