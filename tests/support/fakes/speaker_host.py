"""A host on loopback with the model of one speaker, for whom a small file is published."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.speech.speaking import speaker_models

MODEL = b"a model" * 20_000
FILE = "bf_emma.int8.onnx"


class SpeakerHost:
    """Serves emma; fenrir is published, too, but not here. ``cut`` are the bytes after which the
    connection ends; ``go_on`` is waited for after the first of them."""

    def __init__(self) -> None:
        self.content = MODEL
        self.cut = len(MODEL)
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                if self.path != f"/voices/{FILE}":
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(host.content)))
                self.end_headers()
                first = min(host.cut, len(host.content) * 3 // 4)
                self.wfile.write(host.content[:first])
                host.go_on.wait(60)
                self.wfile.write(host.content[first : host.cut])

            def log_message(self, *given: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/voices"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def speaker_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeakerHost]:
    """A host, and what its author has published."""
    published = {"file": FILE, "bytes": len(MODEL), "sha256": hashlib.sha256(MODEL).hexdigest()}
    absent = {**published, "file": "am_fenrir.onnx"}
    voices = {"emma": published, "fenrir": absent}
    monkeypatch.setattr(speaker_models, "_voices", lambda: voices)
    made = SpeakerHost()
    try:
        yield made
    finally:
        made.close()
