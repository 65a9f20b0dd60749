"""Both voices of a call in the browser of somebody who listens, as an element: ``listening.js``.

For tests the page keeps ``window.__listening``.
"""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from ui.auth.proxy import prefix
from ui.call.voice_call import SDK_PATH, VOICE, BrowserEvent, parse_event


class Listening(ui.element, component="listening.js", esm=VOICE):
    """Invisible; ``on_event`` is told of connection and playback.

    The levels move whatever has ``data-level``: ``mic`` is the trainee's, ``persona`` the other.
    """

    def __init__(
        self, on_event: Callable[[BrowserEvent], None], *, reconnect_timeout: float
    ) -> None:
        super().__init__()
        self.props["reconnect_timeout"] = reconnect_timeout
        self.props["sdk_url"] = prefix() + SDK_PATH
        self._on_event = on_event
        self.on("voice", lambda event: self._receive(event.args))

    def connect(self, url: str, token: str) -> None:
        """Join the room, to hear it."""
        self.run_method("connect", url, token)

    def disconnect(self) -> None:
        """Leave the room."""
        self.run_method("disconnect")

    def on_click(self, button: ui.element, method: str) -> None:
        """Let that button call a method of the element inside the user's gesture."""
        button.on("click", js_handler=f"() => getElement({self.id}).{method}()")

    def _receive(self, args: dict[str, Any]) -> None:
        event = parse_event(args)
        if event is not None:
            self._on_event(event)
