"""Further speakers, fetched from a host on loopback."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hibari import tts

from agent.speech.speaking import speaker_models
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.neural import Synthesiser
from agent.speech.speaking.speaker_models import SpeakerModels, SpeakerProblem
from agent.speech.speaking.speaking import Speaking
from tests.support.clock import until
from tests.support.personas import make_persona

MODEL = b"a model" * 20_000
FILE = "bf_emma.int8.onnx"


class Host:
    """Serves one file; ``cut`` are the bytes after which the connection ends."""

    def __init__(self) -> None:
        self.content = MODEL
        self.cut = len(MODEL)
        self.asked: list[str] = []
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
                self.wfile.write(host.content[: host.cut])

            def log_message(self, *given: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/voices"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    published = {"file": FILE, "bytes": len(MODEL), "sha256": hashlib.sha256(MODEL).hexdigest()}
    absent = {**published, "file": "am_fenrir.onnx"}
    voices = {"emma": published, "fenrir": absent}
    monkeypatch.setattr(speaker_models, "_voices", lambda: voices)
    made = Host()
    yield made
    made.close()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_speaker_is_fetched_once(host: Host, tmp_path: Path) -> None:
    models = SpeakerModels(tmp_path, host.url)
    assert not models.here("emma")
    models.fetch("emma")
    models.fetch("emma")
    assert models.here("emma")
    assert (tmp_path / FILE).read_bytes() == MODEL
    assert (host.asked, left(tmp_path)) == ([f"/voices/{FILE}"], [FILE])


@pytest.mark.parametrize(
    ("content", "cut", "words"),
    [
        (b"b" + MODEL[1:], len(MODEL), "SHA-256"),
        (MODEL, 1_000, "bytes came"),
        (MODEL + b"more", len(MODEL) + 4, "bytes came"),
        (b"", 0, "bytes came"),
    ],
    ids=["another", "cut off", "too long", "empty"],
)
def test_what_is_not_as_published_is_not_taken(
    host: Host, tmp_path: Path, content: bytes, cut: int, words: str
) -> None:
    host.content, host.cut = content, cut
    models = SpeakerModels(tmp_path, host.url)
    with pytest.raises(SpeakerProblem, match=words):
        models.fetch("emma")
    assert not models.here("emma")
    assert left(tmp_path) == []


def test_a_host_without_it_and_no_host_are_told(host: Host, tmp_path: Path) -> None:
    with pytest.raises(SpeakerProblem, match="404"):
        SpeakerModels(tmp_path, host.url).fetch("fenrir")
    with pytest.raises(SpeakerProblem, match="heart speaks"):
        SpeakerModels(tmp_path, "http://127.0.0.1:9").fetch("emma")
    assert left(tmp_path) == []


def test_without_its_model_the_bundled_speaker_speaks_near_to_it(tmp_path: Path) -> None:
    voices = Speaking(tmp_path)
    persona = replace(
        make_persona(intensity=4), voice={"offline": {"speaker": "fenrir", "pace": 1.1}}
    )
    how = voices.manner(persona, "offline", 4)
    assert isinstance(how, Delivery)
    assert (how.speaker, how.pace) == ("heart", 1.1)
    assert how.size * how.tone < 0.75
    voices.close()


async def test_what_a_file_names_is_fetched_in_the_background(host: Host, tmp_path: Path) -> None:
    models = SpeakerModels(tmp_path, host.url)
    models.want(["emma", "fenrir", "heart", "nobody"])
    await until(lambda: models.here("emma") and "fenrir" in models.problems)
    models.want(["emma", "fenrir"])
    assert sorted(host.asked) == ["/voices/am_fenrir.onnx", f"/voices/{FILE}"]
    assert "heart speaks" in models.problems["fenrir"]


def test_a_fetched_speaker_speaks_by_her_own_model_and_rules(tmp_path: Path) -> None:
    """Its file stands in the folder; here it is the bundled one under her name."""
    bundled = Path(tts.ASSETS) / "hibari.onnx"
    (tmp_path / FILE).write_bytes(bundled.read_bytes())
    synthesiser = Synthesiser(tmp_path)
    [(british, _)] = synthesiser.say("A tomato bath.", Delivery(speaker="emma"))
    [(american, _)] = synthesiser.say("A tomato bath.", Delivery())
    assert len(british) > 20_000
    assert british != american
