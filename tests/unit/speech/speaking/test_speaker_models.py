"""Further speakers, fetched from a host on loopback."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hibari import tts

from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.neural import Synthesiser
from agent.speech.speaking.speaker_models import SpeakerModels, SpeakerProblem
from agent.speech.speaking.speaking import Speaking
from tests.support.clock import until
from tests.support.fakes.speaker_host import FILE, MODEL, SpeakerHost, speaker_host
from tests.support.personas import make_persona
from tests.support.places import ROOT


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeakerHost]:
    with speaker_host(monkeypatch) as made:
        yield made


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_speaker_is_fetched_once(host: SpeakerHost, tmp_path: Path) -> None:
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
        (MODEL, 1_000, "cut off: 1,000 of 140,000 bytes"),
        (MODEL + b"more", len(MODEL) + 4, "more than was published"),
        (b"", 0, "cut off: 0 of"),
    ],
    ids=["another", "cut off", "too long", "empty"],
)
def test_what_is_not_as_published_is_not_taken(
    host: SpeakerHost, tmp_path: Path, content: bytes, cut: int, words: str
) -> None:
    host.content, host.cut = content, cut
    models = SpeakerModels(tmp_path, host.url)
    with pytest.raises(SpeakerProblem, match=words):
        models.fetch("emma")
    assert not models.here("emma")
    assert left(tmp_path) == []


KILLED = """
import sys
from pathlib import Path
from agent.speech.speaking import speaker_models
url, folder, file, size = sys.argv[1:]
voice = {"file": file, "bytes": int(size), "sha256": ""}
speaker_models._voices = lambda: {"emma": voice}
speaker_models.SpeakerModels(Path(folder), url).fetch("emma")
"""


async def test_who_is_killed_while_fetching_leaves_nothing(
    host: SpeakerHost, tmp_path: Path
) -> None:
    host.go_on.clear()
    run = (sys.executable, "-c", KILLED, host.url, str(tmp_path), FILE, str(len(MODEL)))
    process = await asyncio.create_subprocess_exec(*run, cwd=ROOT)
    try:
        await until(lambda: host.asked)
    finally:
        process.kill()
        await process.wait()
    assert left(tmp_path) == []


def test_what_a_killed_writer_left_of_a_model_goes_when_it_is_fetched(
    host: SpeakerHost, tmp_path: Path
) -> None:
    (tmp_path / f".{Path(FILE).stem}-abcdefgh.tmp").write_bytes(b"half")
    (tmp_path / ".notes-abcdefgh.tmp").write_bytes(b"somebody else's")
    SpeakerModels(tmp_path, host.url).fetch("emma")
    assert left(tmp_path) == [".notes-abcdefgh.tmp", FILE]


def test_a_host_without_it_and_no_host_are_told(host: SpeakerHost, tmp_path: Path) -> None:
    with pytest.raises(SpeakerProblem, match=r"HTTP 404.*REHEARSAL_VOICE_MODELS_URL"):
        SpeakerModels(tmp_path, host.url).fetch("fenrir")
    with pytest.raises(SpeakerProblem, match=r"could not be reached.*Check the network"):
        SpeakerModels(tmp_path, "http://127.0.0.1:9").fetch("emma")
    assert left(tmp_path) == []


def test_without_its_model_the_bundled_speaker_speaks_near_to_it(tmp_path: Path) -> None:
    voices = Speaking(SpeakerModels(tmp_path))
    persona = replace(
        make_persona(intensity=4), voice={"offline": {"speaker": "fenrir", "pace": 1.1}}
    )
    how = voices.manner(persona, "offline", 4)
    assert isinstance(how, Delivery)
    assert (how.speaker, how.pace) == ("heart", 1.1)
    assert how.size * how.tone < 0.75
    voices.close()


async def test_what_a_file_names_is_fetched_in_the_background(
    host: SpeakerHost, tmp_path: Path
) -> None:
    models = SpeakerModels(tmp_path, host.url)
    models.want(["emma", "fenrir", "heart", "nobody"])
    await until(lambda: models.here("emma") and models.problem("fenrir") is not None)
    models.want(["emma", "fenrir"])
    assert sorted(host.asked) == ["/voices/am_fenrir.onnx", f"/voices/{FILE}"]
    problem = models.problem("fenrir")
    assert problem is not None
    assert "HTTP 404" in problem.found
    # The doctor, a process of its own, reads the same, shortly after.
    await until(lambda: SpeakerModels(tmp_path).problem("fenrir") is not None)
    noted = SpeakerModels(tmp_path).problem("fenrir")
    assert noted is not None
    assert (noted.found, noted.fix) == (problem.found, problem.fix)


async def test_a_new_try_shows_how_far_it_is_and_forgets_the_problem(
    host: SpeakerHost, tmp_path: Path
) -> None:
    models = SpeakerModels(tmp_path, host.url)
    host.content = b"b" + MODEL[1:]
    models.want(["emma"])
    await until(lambda: models.problem("emma") is not None)
    host.content = MODEL
    host.go_on.clear()
    models.want(["emma"])  # too soon
    assert models.received("emma") is None
    models.want(["emma"], again=True)
    models.want(["emma"], again=True)  # it is going on
    await until(lambda: bool(models.received("emma")))
    assert models.problem("emma") is None
    host.go_on.set()
    await until(lambda: models.here("emma") and models.received("emma") is None)
    assert (len(host.asked), models.size("emma")) == (2, len(MODEL))
    assert left(tmp_path) == [FILE]


def test_a_folder_that_takes_nothing_is_told(host: SpeakerHost, tmp_path: Path) -> None:
    (tmp_path / "voices").write_text("no folder")
    with pytest.raises(SpeakerProblem, match=r"could not be kept in .*voices: .*Make room"):
        SpeakerModels(tmp_path / "voices", host.url).fetch("emma")


def test_a_fetched_speaker_speaks_by_her_own_model_and_rules(tmp_path: Path) -> None:
    """Its file stands in the folder; here it is the bundled one under her name."""
    bundled = Path(tts.ASSETS) / "hibari.onnx"
    (tmp_path / FILE).write_bytes(bundled.read_bytes())
    synthesiser = Synthesiser(tmp_path)
    [(british, _)] = synthesiser.say("A tomato bath.", Delivery(speaker="emma"))
    [(american, _)] = synthesiser.say("A tomato bath.", Delivery())
    assert len(british) > 20_000
    assert british != american
