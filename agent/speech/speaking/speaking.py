"""The voices of this machine: hibari speaks English, espeak-ng every other language."""

from collections.abc import Iterable, Mapping, Sequence

from agent.platform.process.pace import Health
from agent.platform.process.replies import Reply
from agent.speech.speaking.delivery import Delivery, delivery, instead_of
from agent.speech.speaking.espeak import Manner
from agent.speech.speaking.espeak_manner import manner
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.voice_child import VoiceChild
from personas.model import Persona

HIBARI = ("-m", "agent.speech.speaking.neural_process")
ESPEAK = ("-m", "agent.speech.speaking.espeak_process")
_ENGLISH = "en"


class Speaking:
    """Speaks for all calls of this process; built once. For any thread.

    ``models`` are those of the English voice's further speakers. The other two are for tests: the
    commands of the processes.
    """

    def __init__(
        self,
        models: SpeakerModels,
        hibari: Sequence[str] = HIBARI,
        espeak: Sequence[str] = ESPEAK,
    ) -> None:
        self.models = models
        self.english = VoiceChild("the English voice", (*hibari, str(models.folder)))
        self.others = VoiceChild("the voice of other languages", espeak)

    @property
    def health(self) -> Mapping[str, Health]:
        """How its processes are, by whose they are."""
        return {"voice": self.english.health, "espeak": self.others.health}

    def start(self) -> None:
        """Start the English voice's process, without waiting for it."""
        self.english.start()

    def warm(self, languages: Iterable[str] = ()) -> None:
        """Have each voice speak once that these need; blocks. Raises ChildTrouble when one cannot.

        English is always made ready; another voice only for a language that is spoken.
        """
        if not all(map(is_english, languages)):
            self.others.start()
        self.english.warm(Delivery())

    def manner(self, persona: Persona, key: str, intensity: int) -> Delivery | Manner:
        """How the persona speaks in its own language at that mood (0-10)."""
        if is_english(persona.language):
            how = delivery(persona, key, intensity)
            return how if self.models.here(how.speaker) else instead_of(how)
        return manner(persona, key, intensity)

    def want(self, personas: Iterable[Persona], key: str) -> None:
        """Fetch the speakers that these name and that are not here, in the background."""
        english = (persona for persona in personas if is_english(persona.language))
        self.models.want(delivery(each, key, each.intensity).speaker for each in english)

    def say(self, text: str, how: Delivery | Manner) -> Reply:
        """The sound of a text on the running loop, piece by piece; raises ChildTrouble."""
        return self._child(how).say(text, how)

    def broke_down(self, text: str, how: Delivery | Manner) -> None:
        """The process died over that text: it is not tried again."""
        self._child(how).broke_down(text)

    def close(self) -> None:
        """End the processes."""
        self.english.close()
        self.others.close()

    def _child(self, how: Delivery | Manner) -> VoiceChild:
        return self.english if isinstance(how, Delivery) else self.others


def is_english(language: str) -> bool:
    """Whether hibari speaks this language (BCP 47)."""
    return language.partition("-")[0].lower() == _ENGLISH
