"""Whether espeak-ng speaks and pocketsphinx hears; each raises when it does not.

For a process of its own: the synthesiser keeps one state for a whole process and the recogniser
holds Python's lock, so neither may be tried beside live calls.
"""


def speak() -> None:
    """Render a few words."""
    from agent.speech.voice import Espeak, Manner, enter_data_folder

    enter_data_folder()
    if not any(Espeak().render("Good morning.", Manner())):
        raise RuntimeError("it makes no sound")


def hear() -> None:
    """Decode a second of silence."""
    from pocketsphinx import Decoder

    decoder = Decoder(lm=None, keyphrase="thank you", kws_threshold=1e-20, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(bytes(32_000), False, False)
    decoder.end_utt()
