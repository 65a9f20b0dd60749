"""An author hears a customer's voice in the editor or the form, and chooses it there."""

import asyncio
import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from agent.speech.speaking.delivery import VoiceSettings
from agent.speech.speaking.preview import KEPT, LIMIT, NotHeard, Sounds, VoicePreview
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from personas.model import Persona
from personas.parse import examine
from tests.support.clock import until
from tests.support.editor_world import author, one, press, write, written
from tests.support.form_answer import fill
from tests.support.studio import Make, World, log_in, persona_text

NO_MODELS = SpeakerModels(Path("nowhere"))
FAKE = ("-m", "tests.support.fakes.voice", "b-a-d")
BROKEN = ("-c", "raise SystemExit('no voice here')")


@pytest.fixture
def voices(world: World) -> Iterator[Speaking]:
    """The calls' voices, whose process makes 1,000 samples for each word."""
    world.speaking = Speaking(world.speakers, FAKE, FAKE)
    yield world.speaking
    world.speaking.close()


@pytest.fixture
async def user(make: Make) -> User:
    """An author in the editor."""
    return await author(make)


def panel(user: User) -> None:
    user.find(marker="hear-voice").click()


def reopened(user: User) -> list[float]:
    """What the panel shows when it is opened now; it is closed again."""
    panel(user)
    found = shown(user)
    user.find(marker="voice-close").click()
    return found


def value(user: User, marker: str) -> object:
    (element,) = user.find(marker=marker).elements
    return getattr(element, "value")  # noqa: B009


def slide(user: User, name: str, number: object) -> None:
    """As the browser tells of a slider."""
    user.find(marker=f"voice-{name}").trigger("input", str(number))


def shown(user: User) -> list[float]:
    """Size, tone and pace, as the panel shows them."""
    numbers = (one(user, TextElement, marker=f"shown-{name}") for name in ("size", "tone", "pace"))
    return [float(number.text) for number in numbers]


async def heard(user: User) -> str:
    """The address of the sound, once there is one."""
    await user.should_see(kind=ui.audio)
    return str(one(user, ui.audio).props["src"])


def persona(text: str) -> Persona:
    found = examine(text, "ann-lee").persona
    assert found is not None
    return found


async def test_a_line_is_made_and_fetched(make: Make, user: User, voices: Speaking) -> None:
    panel(user)
    assert value(user, "voice-line") == "My parcel is broken."
    assert value(user, "voice-mood") == 7
    user.find(marker="voice-play").click()
    sound = await heard(user)
    answer = await user.http_client.get(sound)
    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
    assert np.count_nonzero(pcm) == 4_000

    part = await user.http_client.get(sound, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, answer.content[4:8])
    whole = len(answer.content)
    assert part.headers["content-range"] == f"bytes 4-7/{whole}"
    rest = await user.http_client.get(sound, headers={"Range": f"bytes={whole - 2}-"})
    assert (rest.status_code, rest.content) == (206, answer.content[-2:])
    beyond = await user.http_client.get(sound, headers={"Range": f"bytes={whole}-"})
    assert beyond.status_code == 416

    trainee, stranger = make(), make()
    await log_in(trainee)
    assert (await trainee.http_client.get(sound)).status_code == 403
    assert (await stranger.http_client.get(sound)).status_code == 401

    user.find(marker="voice-close").click()
    assert (await user.http_client.get(sound)).status_code == 404


async def test_what_was_chosen_goes_into_the_text(world: World, user: User) -> None:
    before = written(user)
    panel(user)
    slide(user, "size", 0.82)
    slide(user, "pace", 1.1)
    for never in ("9", "nan", "-inf", "wide"):
        slide(user, "tone", never)
    size, tone, pace = shown(user)
    assert (size, pace) == (0.82, 1.1)
    user.find(marker="voice-use").click()
    await user.should_not_see(marker="voice-use")
    line = f"voice: {{offline: {{speaker: heart, size: 0.82, tone: {tone:g}, pace: 1.1}}}}\n"
    assert written(user) == before.replace("language: en-US\n", f"language: en-US\n{line}")
    await user.should_see("Unsaved changes")
    assert "voice:" not in (world.personas / "ann-lee.md").read_text("utf-8")
    press(user, "Save")
    await user.should_see("Saved")
    saved = persona((world.personas / "ann-lee.md").read_text("utf-8"))
    assert saved.voice["offline"]["size"] == 0.82

    # What is saved is read by the panel once the editor has read it.
    await until(lambda: reopened(user) == [0.82, tone, 1.1])


async def test_back_to_the_voice_that_fits_the_text(world: World, make: Make) -> None:
    fits = VoicePreview(lambda: None, "offline", NO_MODELS).by_text(persona(persona_text()))
    voice = "voice: {offline: {speaker: heart, size: 1.3, tone: 1.9, pace: 0.6}}\n---\n# Persona"
    world.write("ann-lee", persona_text().replace("---\n# Persona", voice))
    world.library.look("ann-lee", author="someone")
    user = await author(make)
    panel(user)
    assert shown(user) == [1.3, 1.9, 0.6]
    user.find(marker="voice-reset").click()
    await user.should_see("This is the voice that fits the text.")
    assert shown(user) == [fits.size, fits.tone, fits.pace]


@pytest.mark.parametrize(
    ("line", "words"),
    [("a" * 301, "shorten it to 300"), (" \U0001f600 ", "write some words")],
)
async def test_lines_that_are_refused(user: User, voices: Speaking, line: str, words: str) -> None:
    panel(user)
    user.find(marker="voice-line").clear().type(line)
    user.find(marker="voice-play").click()
    await user.should_see(words)
    await user.should_not_see(kind=ui.audio)
    assert voices.english.health.deaths == 0


async def test_before_the_voices_are_loaded(user: User) -> None:
    panel(user)
    user.find(marker="voice-play").click()
    await user.should_see("still being loaded; try again")


async def test_a_voice_that_does_not_work_says_so(world: World, user: User) -> None:
    world.speaking = Speaking(world.speakers, BROKEN, BROKEN)
    panel(user)
    user.find(marker="voice-play").click()
    await user.should_see("could not be spoken")
    await user.should_see("The doctor says what is missing.")
    world.speaking.close()


async def test_speakers_that_are_not_here_are_named(user: User, voices: Speaking) -> None:
    panel(user)
    await user.should_see("Emma, a British woman (not on this machine)")
    await user.should_see("Heart, an American woman")
    # A file may name one all the same.
    user.find(marker="voice-speaker").trigger("change", "emma")
    user.find(marker="voice-play").click()
    await user.should_see("The speaker emma is not on this machine; choose another one,")


async def test_other_languages_have_the_voice_of_espeak(
    world: World, make: Make, voices: Speaking
) -> None:
    world.write("ann-lee", persona_text(language="th-TH"))
    world.library.look("ann-lee", author="someone")
    user = await author(make)
    panel(user)
    await user.should_see("This customer speaks Thai. espeak-ng says the lines")
    await user.should_not_see(marker="voice-size")
    await user.should_not_see(marker="voice-use")
    user.find(marker="voice-play").click()
    assert (await user.http_client.get(await heard(user))).status_code == 200
    assert voices.others.health.state == "up"


async def test_one_line_at_a_time(
    user: User, voices: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    go_on = asyncio.Event()

    async def wav(
        self: VoicePreview, persona: Persona, text: str, mood: int, voice: VoiceSettings | None
    ) -> bytes:
        asked.append(text)
        await go_on.wait()
        return b"RIFF"

    monkeypatch.setattr(VoicePreview, "wav", wav)
    panel(user)
    button = one(user, ui.button, marker="voice-play")
    user.find(marker="voice-play").click()
    await until(lambda: asked == ["My parcel is broken."])
    assert not button.enabled
    go_on.set()
    await heard(user)
    assert (button.enabled, asked) == (True, ["My parcel is broken."])


async def test_closing_the_dialog_ends_what_is_being_made(
    user: User, voices: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    async def wav(self: VoicePreview, *given: object) -> bytes:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")
        return b""

    monkeypatch.setattr(VoicePreview, "wav", wav)
    panel(user)
    user.find(marker="voice-play").click()
    await until(lambda: not one(user, ui.button, marker="voice-play").enabled)
    user.find(marker="voice-close").click()
    await until(lambda: ended == ["ended"])
    await user.should_not_see(marker="voice-play")


async def test_front_matter_that_cannot_be_written_to_is_told(user: User) -> None:
    panel(user)
    broken = written(user).replace("difficulty: easy", "difficulty: [easy")
    write(user, broken)
    user.find(marker="voice-use").click()
    await user.should_see("Mend the lines between the two ---")
    assert written(user) == broken


async def test_the_form_takes_a_voice_into_the_new_file(world: World, make: Make) -> None:
    user = make()
    await log_in(user, "author")
    await user.open("/studio/new")
    fill(user)
    await user.should_see("Now: the one that fits.")
    panel(user)
    assert value(user, "voice-line") == 'Hello? They said "tomorrow"!'
    slide(user, "tone", 0.7)
    user.find(marker="voice-use").click()
    await user.should_see("Now: the one that you chose.")
    await user.open("/studio/new")  # as after a reload
    await user.should_see("Now: the one that you chose.")
    user.find(marker="file-name").clear().type("dana-fox")
    user.find(marker="create").click()
    await user.should_see("dana-fox.md")
    made = persona((world.personas / "dana-fox.md").read_text("utf-8"))
    assert made.voice["offline"]["tone"] == 0.7


async def test_a_form_without_a_language_or_name_can_be_heard(
    world: World, make: Make, voices: Speaking
) -> None:
    user = make()
    await log_in(user, "author")
    await user.open("/studio/new")
    panel(user)
    user.find(marker="voice-play").click()
    await heard(user)


async def test_a_line_that_takes_too_long_is_told(
    world: World, voices: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.speech.speaking.preview.LIMIT", 0.0)
    preview = VoicePreview(lambda: voices, "offline", NO_MODELS)
    with pytest.raises(NotHeard, match="Try again when fewer calls"):
        await preview.wav(persona(persona_text()), "Hello.", 4)
    assert LIMIT > 0


async def test_a_long_sound_is_cut_off(
    world: World, voices: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.speech.speaking.preview.MOST", 1.0)
    preview = VoicePreview(lambda: voices, "offline", NO_MODELS)
    wav = await preview.wav(persona(persona_text()), "a " * 149, 4)
    assert 1.0 <= len(wav) / 2 / 24_000 < 1.5


async def test_where_workers_have_the_voices(voices: Speaking) -> None:
    preview = VoicePreview(lambda: voices, "offline", NO_MODELS, elsewhere=True)
    with pytest.raises(NotHeard, match=r"app\.py say"):
        await preview.wav(persona(persona_text()), "Hello.", 4)


def test_only_the_newest_sounds_are_kept() -> None:
    sounds = Sounds()
    names = [sounds.put(bytes([number])) for number in range(KEPT + 1)]
    assert sounds.get(names[0]) is None
    assert [sounds.get(name) for name in names[1:]] == [bytes([n]) for n in range(1, KEPT + 1)]
