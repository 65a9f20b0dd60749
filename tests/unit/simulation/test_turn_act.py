"""What a turn is beside all rules, and whether words only ask."""

import pytest

from agent.simulation.observing.asking import is_asked
from agent.simulation.observing.keywords import is_keywords
from agent.simulation.observing.observer import LexicalObserver
from agent.simulation.observing.turn_act import forgives, settles
from tests.support.personas import make_persona

OBSERVER = LexicalObserver(make_persona())


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("Thanks for your time, goodbye.", "goodbye"),
        ("All done then. Have a great day!", "goodbye"),
        ("Thank you, Ms. Vance. Have a good flight, and good night.", "goodbye"),
        ("Thank you for calling Nordlink, how can I help you?", "story"),
        ("Before we say goodbye I need your name.", "detail"),
        ("Let me check one more thing before you say bye.", "pause"),
        ("Is there anything else I can do for you?", "more"),
        ("How are you doing today?", "wellbeing"),
        ("How are you connected to the router?", "detail"),
        ("What seems to be the problem?", "story"),
        ("What's the weather like?", "detail"),
        ("What's your email address?", "detail"),
        ("Would you like me to send a technician?", "offer"),
        ("Could you move a little closer to the window?", "request"),
        ("Can you hear me now?", "check"),
        ("Thanks, and have a good practice!", "goodbye"),
        ("You have a nice voice, sir.", ""),
        ("You have a nice evening, sir.", "goodbye"),
        ("Good afternoon, thanks for calling Nordlink support.", ""),
        ("What did you want again?", "story"),
        ("Why are you calling?", "story"),
        ("What do you want for it?", "detail"),
        ("Sorry, could you say that again?", "repeat"),
        ("I didn't quite catch that.", "repeat"),
        ("Could you speak up, please?", "repeat"),
        ("ช่วยพูดดังขึ้นอีกนิดได้ไหมคะ", "repeat"),
        ("Sorry, that was rude of me.", "regret"),
        ("I'm sorry, I shouldn't have said that.", "regret"),
        ("That was wrong of you.", ""),
        ("Sorry, I was a jerk just now.", "regret"),
        ("I'm sorry, I was being unfair.", "regret"),
        ("I'm sorry that you were rude.", ""),
        ("I'll take care of all of it myself tonight.", ""),
        ("I have a good offer for you.", ""),
        ("So you're a teacher, are you?", "personal"),
        ("Those questions are there to protect your account.", ""),
        ("What's your daughter's name?", "personal"),
        ("Did you have your dinner already?", "personal"),
        ("Is that all?", "more"),
        ("How many kids do you have?", "personal"),
        ("Are you happy with that?", "offer"),
        ("Are you a robot?", "out_of_role"),
        ("Do you have any children?", "personal"),
        ("Have you got a dog?", "personal"),
        ("How old are you, if I may ask?", "personal"),
        ("What do you do for a living?", "personal"),
        ("What does your husband say?", "personal"),
        ("Do you have a router there?", ""),
        ("What else did the message say?", "detail"),
        ("Are you using the old cable?", ""),
        ("ได้ยินดิฉันชัดไหมคะ", "check"),
        ("วันนี้เป็นอย่างไรบ้างคะ", "wellbeing"),
        ("รบกวนพูดช้าลงนิดนึงได้ไหมคะ", "request"),
        ("เป็นบัตรของธนาคารไหนคะ", "detail"),
        ("Just a moment, please.", "pause"),
        ("Give me a second.", "pause"),
        ("Tell me a joke.", "detail"),
        ("Lovely evening, isn't it?", "remark"),
        ("What a day, huh?", "remark"),
        ("Unplug it and plug it back in.", "request"),
        ("Go to the blue one.", "request"),
        ("Look, I can't.", ""),
        ("Go ahead.", ""),
        ("Still there?", "check"),
        ("Right then, that's me done. All the best!", "goodbye"),
        ("Cool. Talk soon!", "goodbye"),
        ("Thanks again, enjoy the rest of your day!", "goodbye"),
        ("I want you to enjoy the new machine.", ""),
        ("Let me just grab a pen.", "pause"),
        ("Does that make sense?", "confirm"),
        ("May I call you Grace?", "permission"),
        ("Have I forgotten anything?", "more"),
        ("Which one would you like?", "choice"),
        ("Could I tell you one thing before I do?", "permission"),
        ("So the card was charged twice, right?", "confirm"),
        ("Does that work for you?", "offer"),
        ("Sing us a song.", "detail"),
        ("Okay, so tell us everything.", "story"),
        ("Is there something general I can help you with?", "story"),
        ("Sorry, what was the name again?", "repeat"),
        ("And where did you say the card is?", "repeat"),
        ("Could you give me the number once more?", "repeat"),
        ("What did you say to the technician?", "detail"),
        ("What happens if it breaks again?", "detail"),
        ("From what you said I'd recommend the small plan.", ""),
        ("How does that sound?", "offer"),
        ("What would you like us to do about it?", "story"),
        ("Support here, what's broken?", "story"),
        ("My bad, I got carried away. I'm sorry for pushing you.", "regret"),
        ("Could you sum it up once more?", "story"),
        ("Do you have a pen and paper at hand?", "permission"),
        ("Could you hold the line for a minute?", "pause"),
        ("Would you mind holding for a second?", "pause"),
        ("May I put you on hold?", "pause"),
        ("That's not my department.", "brush_off"),
        ("No idea, to be honest.", "brush_off"),
        ("You should have read the terms.", "brush_off"),
        ("Well, I can't change the rules.", "brush_off"),
        ("I can't change it, but I can ask my manager.", ""),
        ("ช่วยไม่ได้จริงๆ ค่ะ", "brush_off"),
        ("Okay, I see.", "filler"),
        ("I have refunded the money.", ""),
        ("ขอบคุณที่โทรมานะคะ สวัสดีค่ะ", "goodbye"),
        ("สวัสดีค่ะ มีอะไรให้ช่วยคะ", "story"),
        ("มีอะไรให้ช่วยอีกไหมคะ", "more"),
        ("สบายดีไหมคะ", "wellbeing"),
        ("รอสักครู่นะคะ", "pause"),
        ("โอเคค่ะ", "filler"),
    ],
)
def test_the_act_of_a_turn(said: str, act: str) -> None:
    assert OBSERVER.observe(said).act == act


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Great, then I'll do that.", "Great, then I'll do that"),
        ("Okay, Monday it is.", "Okay, Monday it is"),
        ("Perfect. I've just sent it. Anything else?", "I've just sent it"),
        ("All set, you're booked in.", "All set, you're booked in"),
        ("งั้นเดี๋ยวดิฉันส่งให้เลยนะคะ", "งั้นเดี๋ยวดิฉันส่งให้เลยนะคะ"),
        ("Okay.", ""),
        ("Monday.", ""),
        ("Yes, thank you.", ""),
        ("Shall I do that?", ""),
        ("I'll do that later.", ""),
        ("If you like, I'll do that.", ""),
        ("I won't do that.", ""),
        ("I'll check that.", ""),
        ("I wonder whose it is.", ""),
        ("written confirmation monday installation", ""),
    ],
)
def test_words_that_say_that_what_was_offered_is_done(said: str, sentence: str) -> None:
    assert settles(said) == sentence


@pytest.mark.parametrize(
    ("said", "spared"),
    [
        ("You don't have to be sorry, honestly.", True),
        ("Please don't apologise, you've done nothing wrong.", True),
        ("There's no need to say sorry.", True),
        ("You needn't apologize.", True),
        ("I can't say how sorry I am.", False),
        ("I'm sorry, I don't know why it broke.", False),
        ("I didn't mean to. Sorry.", False),
    ],
)
def test_whoever_spares_an_apology_makes_none(said: str, spared: bool) -> None:
    assert forgives(said) is spared


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Did it ever work with the new router?", True),
        ("What color is the cable and where is it plugged in?", True),
        ("and is the yellow cable in the blue port", True),
        ("Shall I send you a new card?", True),
        ("Can I refund that to your card?", True),
        ("You got the refund already?", True),
        ("Could you put the yellow cable into the blue port?", False),
        ("Could you tell me whether the cable is in the blue port?", True),
        ("Your refund is on its way, okay?", False),
        ("When you check out you'll only see one night.", False),
        ("Please plug it into the blue port.", False),
        ("บัตรเครดิตที่ถูกตัดเงินลงท้ายด้วยอะไรคะ", True),
        ("เงินเข้าบัตรแล้วหรือยังคะ", True),
        ("คืนเงินเต็มจำนวนให้ค่ะ", False),
    ],
)
def test_words_that_only_ask(said: str, asked: bool) -> None:
    assert is_asked(said, said) is asked


def test_only_the_sentence_with_the_words_decides() -> None:
    said = "Your refund is confirmed. Is that all right?"
    assert not is_asked(said, "Your refund is confirmed")
    assert is_asked(said, "Is that all right?")
    assert is_asked("Okay. Did it work?", "Okay. Did it work?")


@pytest.mark.parametrize(
    "said",
    [
        "sorry sorry sorry",
        "Blue port cable works again direct number.",
        "sorry one step account number lights page anything else",
        "Apologize. Verify. Refund. Reference number. Written confirmation.",
        "Sorry. One step at a time. Account number? Which lights are on? Open a page. Any more?",
        "Thanks. Refund. Great. Reference. Sorry. Email. Bye.",
        "apology refund courier friday free pickup thank you very much bye",
        "ขอโทษ เลขบัญชี คืนเงิน วันที่ หมายเลขอ้างอิง อีเมล",
        "ขอโทษและรับผิดชอบแทนบริษัท ยืนยันว่าจะคืนเงินเต็มจำนวน ให้หมายเลขอ้างอิงของเรื่องนี้",
    ],
)
def test_keywords_in_a_row_are_recognised(said: str) -> None:
    assert is_keywords(said)
    assert OBSERVER.observe(said).act == "keywords"


@pytest.mark.parametrize(
    "said",
    [
        "Sorry about that.",
        "Okay, what else, ah, please change your online banking password tonight.",
        "Blue port, please.",
        "Account number?",
        "Hello Mr. Hughes. Good morning. So sorry about the call. One thing at a time, okay?",
        "Yellow cable out of the gray one, into the blue one, please.",
        "okay so i am really sorry about that can i have your account number please",
        "yes yes yes",
        "Refund by Friday, on your card, with a reference number in writing.",
        "ต้องขออภัยจริง ๆ ค่ะ ขอเลขบัญชีด้วยนะคะ",
        "ขอสรุป คืนเงินเต็มจำนวน เข้าบัตรวันศุกร์ ส่งอีเมลให้แล้วค่ะ",
        "ต้องขออภัยจริง ๆ ที่เกิดเรื่อง",
        "Okay bye then",
        "Great, thanks, bye",
        "Brilliant, thanks very much, cheers, bye bye",
        "thanks so much lovely talking bye bye",
        "Good evening Ms. Vance, Skyline Platinum desk, Robert speaking",
        "Good evening, Harbor Community Bank, customer service, Lucy speaking",
        "Sorry, wrong button, my fault, one second please",
        "Right, yellow cable, blue port, please, no rush",
        "Perfect, all sorted, brilliant, thanks Grace, have a lovely party",
    ],
)
def test_short_and_natural_speech_is_none(said: str) -> None:
    assert not is_keywords(said)
