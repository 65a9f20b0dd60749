"""espeak-ng's process: lines in, sound out. A text may end it, and no call with it."""

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.serving import Served, connect
from agent.speech.speaking.espeak import Espeak, Manner, VoiceError, enter_data_folder
from agent.speech.speaking.speakable import Word


def speak(espeak: Espeak, served: Served, frame: Frame) -> None:
    """Answer one request: ``text`` and the fields of ``Manner``; pieces of PCM, each with the
    ``words`` that begin in it (start, length, seconds)."""
    values = dict(frame.head)
    text = str(values.pop("text"))

    def take(pcm: bytes, words: list[Word]) -> bool:
        told = [[word.start, word.length, word.at] for word in words]
        served.tell(Kind.PIECE, frame.request, {"words": told} if told else None, pcm)
        return not served.cancelled(frame.request)

    try:
        espeak.say(text, Manner(**{**values, "instead": tuple(values["instead"])}), take)
    except VoiceError as error:
        served.tell(Kind.FAILED, frame.request, {"error": str(error)})
    else:
        served.tell(Kind.DONE, frame.request)


def main() -> None:
    """Serve until the app is gone."""
    served = connect()
    enter_data_folder()
    espeak = Espeak()
    for frame in served.frames():
        if frame.kind is Kind.ASK:
            speak(espeak, served, frame)


if __name__ == "__main__":
    main()
