"""A line in a voice that somebody is choosing: a short WAV file in memory."""

import asyncio
import io
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.platform.process.requests import ChildTrouble
from agent.speech.speaking.delivery import VoiceSettings, in_voice, voice_settings
from agent.speech.speaking.speakable import speakable
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speakers import SPEAKERS
from personas.model import Persona

if TYPE_CHECKING:
    from agent.speech.speaking.speaking import Speaking

log = logging.getLogger(__name__)

LONGEST = 300
"""Characters of a line: some 20 seconds, for which the process that speaks works half a second."""
MOST = 45.0
"""Seconds of sound; what is longer, as a line of nothing but digits, is cut off there."""
KEPT = 16
"""Sounds that are kept, of at most 2.2 MB each; of more, the oldest are forgotten."""
LIMIT = 20.0
"""Seconds that a line may take, with the wait for those of others."""
_DOCTOR = "The doctor says what is missing."


class NotHeard(Exception):
    """There is no sound; the text is for a person and names the remedy."""


class Sounds:
    """WAV files by an address that nobody can guess."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def put(self, wav: bytes) -> str:
        """Keep a sound; returns its name."""
        name = secrets.token_urlsafe(16)
        self._kept[name] = wav
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> bytes | None:
        """The sound of that name, while it is kept."""
        return self._kept.get(name)

    def drop(self, name: str) -> None:
        """Forget a sound."""
        self._kept.pop(name, None)


class VoicePreview:
    """Speaks lines for authors, one after another, so that a call's next sentence waits for one of
    theirs at most. For one event loop.

    ``speaking`` gives the voices of the calls, None while they are not up; ``key`` is where a
    persona's ``voice:`` describes them, ``models`` are the further speakers. ``elsewhere``: calls
    are played by workers on other machines, and so are their voices. ``sounds`` are those that
    browsers may still fetch.
    """

    def __init__(
        self,
        speaking: "Callable[[], Speaking | None]",
        key: str,
        models: SpeakerModels,
        *,
        elsewhere: bool = False,
    ) -> None:
        self.key = key
        self.sounds = Sounds()
        self._speaking = speaking
        self._models = models
        self._elsewhere = elsewhere
        self._turn = asyncio.Lock()

    def speakers(self) -> tuple[str, ...]:
        """The names of the English speakers that can be heard here."""
        return tuple(filter(self._models.here, SPEAKERS))

    def of(self, persona: Persona) -> VoiceSettings:
        """The voice that the persona has."""
        return voice_settings(persona, self.key)

    def by_text(self, persona: Persona) -> VoiceSettings:
        """The voice that it would have if its file named none."""
        return voice_settings(in_voice(persona, self.key, None), self.key)

    async def wav(
        self, persona: Persona, text: str, intensity: int, settings: VoiceSettings | None = None
    ) -> bytes:
        """The line at that mood (0-10), in that voice instead of the persona's own; raises
        NotHeard."""
        voices = self._ready(text, settings)
        if settings is not None:
            persona = in_voice(persona, self.key, settings)
        # With the voices, LiveKit's modules are loaded; before, a page would wait for them.
        from agent.speech.speaking.say import spoken, write_wav

        try:
            async with asyncio.timeout(LIMIT), self._turn:
                pcm = await spoken(voices, persona, self.key, text, intensity, most=MOST)
        except TimeoutError:
            raise NotHeard(
                f"The voice has not spoken within {LIMIT:.0f} seconds. Try again when fewer calls "
                "go on."
            ) from None
        except ChildTrouble as trouble:
            why = str(trouble).removesuffix(".")
            raise NotHeard(f"This line could not be spoken: {why}. {_DOCTOR}") from None
        except Exception:
            log.exception("a line could not be spoken for an author")
            raise NotHeard(f"This line could not be spoken. {_DOCTOR}") from None
        target = io.BytesIO()
        write_wav(target, pcm)
        return target.getvalue()

    def _ready(self, text: str, settings: VoiceSettings | None) -> "Speaking":
        if len(text) > LONGEST:
            raise NotHeard(
                f"The line has {len(text)} characters; shorten it to {LONGEST}, which is enough to "
                "hear a voice."
            )
        if not speakable(text):
            raise NotHeard("There is nothing to say; write some words.")
        if settings is not None and settings.speaker not in self.speakers():
            raise NotHeard(
                f"The speaker {settings.speaker} is not on this machine; choose another one, or "
                "have an admin fetch it under Settings."
            )
        if self._elsewhere:
            raise NotHeard(
                "Here no voice is loaded: calls are played by workers on other machines. "
                "`app.py say` speaks a line on one of those."
            )
        voices = self._speaking()
        if voices is None:
            raise NotHeard("The voices are still being loaded; try again in a few seconds.")
        return voices
