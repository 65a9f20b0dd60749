"""What built-in trainees say by themselves, in the languages that this machine reads."""

from dataclasses import dataclass

from personas.languages import is_read
from personas.model import Persona


@dataclass(frozen=True, slots=True)
class TraineeWords:
    """Lines of trainees; of each the first ones are said when nothing is varied.

    ``polite`` are words in front of a line. ``lost`` are what somebody says who has nothing to say.
    """

    hello: tuple[str, ...]
    goodbye: tuple[str, ...]
    polite: tuple[str, ...]
    rude: tuple[str, ...]
    lost: tuple[str, ...]


def words_for(persona: Persona) -> TraineeWords:
    """The words for a persona's language; of a language that is not read only what is no word."""
    if not is_read(persona.language):
        return _ANY
    return _THAI if persona.language.lower().startswith("th") else _ENGLISH


_ENGLISH = TraineeWords(
    hello=(
        "Good morning, thank you for calling. My name is Alex, how can I help you?",
        "Hello, you're speaking with Alex. What can I do for you?",
        "Good afternoon, this is Alex. How can I help you today?",
        "Hi, thanks for calling. I'm Alex, how may I help?",
    ),
    goodbye=(
        "Thank you for your call. Goodbye.",
        "Thanks for calling, goodbye.",
        "Have a nice day. Goodbye.",
    ),
    polite=("All right.", "Of course.", "Thank you.", "Sure.", "Okay."),
    rude=(
        "What do you want now?",
        "Shut up, you stupid idiot.",
        "I don't care about your problem.",
        "You people are so annoying, stop wasting my time.",
        "Get lost.",
    ),
    lost=(
        "Um, hello.",
        "Well, hmm.",
        "Let me think.",
        "I just started here.",
        "Okay, um, right.",
        "Hmm, interesting.",
        "Yeah, well, you know how it goes.",
        "So, yeah.",
    ),
)
_THAI = TraineeWords(
    hello=(
        "สวัสดีค่ะ ดิฉันชื่อมะลิ ยินดีให้บริการค่ะ",
        "สวัสดีค่ะ มะลิรับสายค่ะ ยินดีให้บริการค่ะ",
        "สวัสดีค่ะ ดิฉันมะลิ มีอะไรให้ช่วยไหมคะ",
    ),
    goodbye=("ขอบคุณที่โทรมานะคะ สวัสดีค่ะ", "ขอบคุณมากค่ะ สวัสดีค่ะ"),
    polite=("ค่ะ", "ได้ค่ะ", "ขอบคุณค่ะ"),
    rude=(
        "อะไรอีก",
        "หุบปากไปเลย โง่จริง ๆ",
        "น่ารำคาญ ไม่สนหรอก",
        "ไร้สาระ",
        "ไปให้พ้น",
    ),
    lost=(
        "เอ่อ ฮัลโหล",
        "อืม",
        "ขอคิดก่อน",
        "เพิ่งมาทำงานใหม่",
        "เอ่อ โอเค",
        "อืม น่าสนใจดี",
        "ก็นะ",
        "เอ่อ ก็ตามนั้น",
    ),
)
_ANY = TraineeWords(
    hello=(),
    goodbye=(),
    polite=(),
    rude=(),
    lost=("Hm.", "Hmm …", "Eh …", "Mhm.", "Oh.", "Hm, hm."),
)
