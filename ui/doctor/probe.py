"""The browser's part of the doctor, as an element: see ``doctor.js``."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from nicegui import ui

from ui.auth.proxy import prefix
from ui.call.voice_call import SDK_PATH, VOICE

Facts = Mapping[str, Any]


class DoctorProbe(ui.element, component="doctor.js", esm=VOICE):
    """Invisible; what the browser finds out goes to ``on_fact``, as (kind, facts)."""

    def __init__(self, on_fact: Callable[[str, Facts], None]) -> None:
        super().__init__()
        self.props["sdk_url"] = prefix() + SDK_PATH
        self.on("fact", lambda event: on_fact(str(event.args.get("kind", "")), event.args))

    def on_click(
        self,
        button: ui.element,
        method: Literal["test_microphone", "play_tone", "test_echo"],
    ) -> None:
        """Let that button call the method inside the user's gesture."""
        button.on("click", js_handler=f"() => getElement({self.id}).{method}()")

    def find_path(self, url: str, token: str) -> None:
        """Join a room for a moment; a ``path`` fact follows."""
        self.run_method("find_path", url, token)
