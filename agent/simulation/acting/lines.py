"""Stock lines, for what a persona's own file does not say, by language."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Lines:
    """Stock lines of one language; those for facts take ``{value}``."""

    opening: tuple[str, ...]
    escalation: tuple[str, ...]
    deescalation: tuple[str, ...]
    resolution: tuple[str, ...]
    accept: tuple[str, ...]
    farewell: tuple[str, ...]
    hostile: tuple[str, ...]
    unclear: tuple[str, ...]
    nudges: tuple[str, ...]
    fact: tuple[str, ...]
    plain_fact: tuple[str, ...]
    repeated_fact: tuple[str, ...]
    repeated_clause: tuple[str, ...]
    name: tuple[str, ...]
    unknown: tuple[str, ...]
    why: tuple[str, ...]
    unanswered: tuple[str, ...]
    known: tuple[str, ...]
    well: tuple[str, ...]
    unwell: tuple[str, ...]
    story_told: tuple[str, ...]
    offered: tuple[str, ...]
    welcome: tuple[str, ...]
    chosen: tuple[str, ...]
    remarked: tuple[str, ...]
    confirmed: tuple[str, ...]
    allowed: tuple[str, ...]
    neutral: tuple[str, ...]
    requested: tuple[str, ...]
    waits: tuple[str, ...]
    brushed_off: tuple[str, ...]
    regretted: tuple[str, ...]
    here: tuple[str, ...]
    still_open: tuple[str, ...]
    nothing_more: tuple[str, ...]
    not_done: tuple[str, ...]
    settled: tuple[str, ...]
    closing: tuple[str, ...]
    leave: tuple[str, ...]
    cut: tuple[str, ...]
    cut_off: tuple[str, ...]
    angrier: tuple[str, ...]
    calmer: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """All of them, of whatever kind."""
        return tuple(line for each in fields(self) for line in getattr(self, each.name))


ENGLISH = Lines(
    opening=(
        "Hello? I need somebody to help me with this.",
        "Yes, hi. I've got a problem, and I'd like it sorted out today.",
        "So, what can you do about it?",
    ),
    escalation=(
        "That doesn't help me. What are you actually going to do?",
        "I'm still waiting for an answer.",
        "I didn't call to hear that.",
        "Are you listening to what I'm telling you?",
        "So far I haven't heard a single thing that helps.",
        "And what does that mean for me?",
    ),
    deescalation=(
        "All right. Go on.",
        "Okay, I'm listening. What happens next?",
        "That's a start. And then?",
        "Fine. So how do we go on from here?",
    ),
    resolution=(
        "Okay, I'm with you so far. And then?",
        "That sounds better. What else is left to settle?",
        "Good. And how do I know that it's really going to happen?",
        "All right. What comes next?",
    ),
    accept=(
        "All right, I can live with that. Thank you for sorting it out.",
        "Okay, that's what I needed. Thank you.",
    ),
    farewell=(
        "Thanks for your help. Goodbye.",
        "That's all I needed. Bye now.",
        "Thank you. Have a good day.",
    ),
    hostile=(
        "Excuse me? You don't talk to me like that.",
        "What did you just say to me?",
        "Is that how you treat people who call you?",
        "I won't be spoken to in that way.",
    ),
    unclear=(
        "Sorry, what? I didn't get that.",
        "Pardon? Say that again, please.",
        "I couldn't hear you properly. What was that?",
    ),
    nudges=(
        "Hello? Are you still there?",
        "Hello? I'm waiting. Is anybody there?",
        "Look, are you going to say something, or have you left me sitting here?",
        "I can't hear anything. If nobody answers, I'm hanging up.",
    ),
    fact=("It's {value}.", "Sure, it's {value}.", "That's {value}."),
    plain_fact=("{value}.",),
    repeated_fact=("Like I said, {value}.", "Once more: {value}."),
    repeated_clause=("Like I said, {value}.", "As I told you, {value}."),
    name=("My name is {value}.", "This is {value}.", "{value}, that's my name."),
    unknown=(
        "I don't know about that.",
        "I couldn't tell you that.",
        "I'm not sure, to be honest.",
        "That I don't know, sorry.",
    ),
    why=(
        "Why do you ask?",
        "What do you need to know that for?",
        "I'm not sure what that has to do with it.",
    ),
    unanswered=(
        "You're not answering me.",
        "That's no answer to what I asked.",
        "I asked you something.",
    ),
    known=(
        "Yes, we've done that already.",
        "You've told me that, yes.",
        "That's settled, as far as I'm concerned.",
    ),
    well=("I'm all right now, thanks.", "Better than before, thank you."),
    unwell=(
        "I've had better days, to be honest.",
        "Not so well, or I wouldn't be calling.",
    ),
    story_told=(
        "That's really all there is to it.",
        "I've told you what happened.",
        "It's what I've just told you.",
    ),
    offered=(
        "That depends. What exactly would it mean for me?",
        "I'd have to hear a bit more about that first.",
        "If it really gets this solved.",
    ),
    welcome=("Yes, please.", "That's fine with me.", "Yes, that would be good."),
    chosen=("Whichever you'd recommend.", "You know that better than I do. What's best?"),
    remarked=("I suppose so.", "Maybe so. It doesn't solve my problem, though."),
    confirmed=("Yes, that's right.", "That's right, yes.", "Yes, exactly."),
    allowed=("Go ahead.", "Sure, go on.", "All right, what is it?"),
    neutral=(
        "Okay. Go on.",
        "I see. And now?",
        "All right. What does that mean for me?",
        "Okay. And what happens next?",
    ),
    requested=("All right. And then?", "Okay. What next?", "Fine, I can do that."),
    regretted=(
        "All right, no hard feelings. Let's go on.",
        "Okay. We all have bad days. Can we get back to it now?",
        "Fine. Let's start over.",
    ),
    brushed_off=(
        "Then who can help me with this?",
        "That leaves me with nothing. What can you do?",
        "And what am I supposed to do now?",
    ),
    waits=("All right, I'm here.", "Okay, I'll wait.", "Fine. Take a moment."),
    here=("Yes, I can hear you.", "I'm here, go on."),
    not_done=(
        "Wait, we're not done yet.",
        "Hold on. Nothing is settled so far.",
        "You haven't solved anything yet.",
    ),
    still_open=(
        "Wait, there's one more thing.",
        "Hold on, something is still open.",
        "Before you go, we're not quite done.",
    ),
    nothing_more=("That's everything, thank you.", "That was all I needed, thanks."),
    settled=("All right.", "Good to know, thank you.", "Okay, thanks.", "Fine by me."),
    closing=("Well, if that's all, I'll let you go.", "I think that's everything, then."),
    leave=(
        "I won't let anybody talk to me like that. Goodbye.",
        "That's enough. I'm hanging up.",
    ),
    cut=("Sorry, the line was bad. {rest}", "Hello? You were gone for a moment. {rest}"),
    cut_off=(
        "Sorry, the line was bad. What was the last thing you heard?",
        "Hello? You were gone for a moment. Did you hear what I said?",
    ),
    angrier=("That makes it worse, you know.", "I really don't want to hear that."),
    calmer=("Okay. I appreciate that.", "Well, thank you for saying so."),
)

THAI = Lines(
    opening=(
        "สวัสดีค่ะ มีเรื่องอยากให้ช่วยจัดการหน่อยค่ะ",
        "ฮัลโหลค่ะ โทรมาแจ้งปัญหาค่ะ",
        "แล้วจะช่วยเรื่องนี้ยังไงได้บ้างคะ",
    ),
    escalation=(
        "พูดแบบนี้ไม่ได้ช่วยอะไรเลยค่ะ แล้วจะทำยังไงต่อคะ",
        "ยังรอคำตอบอยู่นะคะ",
        "ไม่ได้โทรมาฟังเรื่องนี้นะคะ",
        "ฟังที่พูดอยู่หรือเปล่าคะ",
        "แล้วมันช่วยอะไรได้คะ",
    ),
    deescalation=(
        "ค่ะ ว่าต่อเลยค่ะ",
        "โอเคค่ะ ฟังอยู่ แล้วยังไงต่อคะ",
        "ค่ะ แล้วขั้นต่อไปคืออะไรคะ",
    ),
    resolution=(
        "โอเคค่ะ แล้วสรุปจะจัดการให้ยังไงคะ",
        "ฟังดูดีขึ้นค่ะ แล้วมีอะไรอีกไหมคะ",
        "ค่ะ แล้วจะแน่ใจได้ยังไงคะ",
    ),
    accept=("โอเคค่ะ แบบนี้รับได้ ขอบคุณที่ช่วยจัดการให้นะคะ", "ค่ะ ได้ตามที่ต้องการแล้ว ขอบคุณค่ะ"),
    farewell=("ขอบคุณค่ะ สวัสดีค่ะ", "เท่านี้แหละค่ะ สวัสดีค่ะ", "ขอบคุณมากนะคะ แค่นี้นะคะ"),
    hostile=(
        "พูดแบบนี้กับลูกค้าได้ยังไงคะ",
        "เมื่อกี้พูดว่าอะไรนะคะ",
        "สุภาพกับลูกค้าหน่อยค่ะ",
    ),
    unclear=("ขอโทษนะคะ เมื่อกี้พูดว่าอะไรคะ", "อะไรนะคะ ไม่ได้ยินค่ะ", "พูดอีกทีได้ไหมคะ ฟังไม่ทันค่ะ"),
    nudges=(
        "ฮัลโหลคะ ยังอยู่ในสายไหมคะ",
        "ฮัลโหล มีใครอยู่ไหมคะ รออยู่นะคะ",
        "จะพูดอะไรหน่อยไหมคะ หรือจะปล่อยให้รออยู่แบบนี้",
        "เงียบแบบนี้ดิฉันจะวางสายแล้วนะคะ",
    ),
    fact=("{value}ค่ะ", "ได้ค่ะ {value}ค่ะ"),
    plain_fact=("{value}ค่ะ",),
    repeated_fact=("บอกไปแล้วนะคะ {value}ค่ะ", "อีกครั้งนะคะ {value}ค่ะ"),
    repeated_clause=("บอกไปแล้วนะคะ {value}ค่ะ", "อย่างที่บอกไปค่ะ {value}ค่ะ"),
    name=("ชื่อ{value}ค่ะ", "ดิฉัน{value}ค่ะ", "{value}ค่ะ"),
    unknown=("เรื่องนั้นดิฉันไม่ทราบค่ะ", "อันนั้นตอบไม่ได้ค่ะ", "ไม่แน่ใจเหมือนกันค่ะ"),
    why=("ถามทำไมเหรอคะ", "ต้องรู้เรื่องนั้นไปทำไมคะ", "เรื่องนั้นเกี่ยวกันยังไงคะ"),
    unanswered=("ยังไม่ได้ตอบที่ถามเลยนะคะ", "ที่ถามไปยังไม่ได้คำตอบเลยค่ะ"),
    known=("เรื่องนั้นเรียบร้อยแล้วค่ะ", "ค่ะ บอกไปแล้วค่ะ"),
    well=("ตอนนี้ดีขึ้นแล้วค่ะ ขอบคุณค่ะ", "โอเคแล้วค่ะ ขอบคุณนะคะ"),
    unwell=("ไม่ค่อยดีเท่าไรค่ะ", "ถ้าสบายดีคงไม่โทรมาหรอกค่ะ"),
    story_told=("เรื่องก็มีเท่านี้แหละค่ะ", "ก็ตามที่เล่าไปแล้วค่ะ"),
    offered=("ต้องดูก่อนนะคะ ว่าจะเป็นยังไง", "ช่วยอธิบายก่อนได้ไหมคะ ว่าดิฉันจะได้อะไร"),
    welcome=("ได้ค่ะ", "ค่ะ แบบนั้นก็ดีค่ะ", "โอเคค่ะ ขอบคุณค่ะ"),
    chosen=("แล้วแต่คุณแนะนำเลยค่ะ", "คุณว่าแบบไหนดีกว่ากันคะ"),
    remarked=("ก็คงอย่างนั้นค่ะ", "ค่ะ ก็น่าจะใช่ค่ะ"),
    confirmed=("ใช่ค่ะ", "ถูกต้องค่ะ"),
    allowed=("ได้ค่ะ ว่ามาเลยค่ะ", "เชิญค่ะ"),
    neutral=("ค่ะ แล้วยังไงต่อคะ", "ค่ะ ฟังอยู่ค่ะ", "โอเคค่ะ แล้วต่อไปล่ะคะ"),
    requested=("ได้ค่ะ แล้วยังไงต่อคะ", "โอเคค่ะ ต่อเลยค่ะ"),
    regretted=("ค่ะ ไม่เป็นไรค่ะ คุยเรื่องของดิฉันต่อดีกว่าค่ะ", "ค่ะ งั้นเริ่มกันใหม่นะคะ"),
    brushed_off=(
        "แล้วใครจะช่วยเรื่องนี้ได้คะ",
        "แล้วแบบนี้ดิฉันต้องทำยังไงคะ",
        "แล้วคุณช่วยอะไรได้บ้างคะ",
    ),
    waits=("ค่ะ รอฟังอยู่ค่ะ", "ค่ะ แต่อย่านานนะคะ"),
    here=("ได้ยินค่ะ", "อยู่ค่ะ ว่ามาเลยค่ะ"),
    not_done=("เดี๋ยวก่อนค่ะ ยังไม่จบเลยนะคะ", "เรื่องยังไม่เรียบร้อยเลยนะคะ"),
    still_open=("เดี๋ยวก่อนค่ะ ยังเหลืออีกเรื่องค่ะ", "ก่อนวางสาย ยังไม่ครบนะคะ"),
    nothing_more=("ไม่มีแล้วค่ะ ขอบคุณค่ะ", "เท่านี้แหละค่ะ"),
    settled=("ค่ะ", "โอเคค่ะ ขอบคุณค่ะ", "ได้ค่ะ เข้าใจแล้วค่ะ"),
    closing=("ถ้าไม่มีอะไรแล้ว แค่นี้นะคะ", "งั้นน่าจะเรียบร้อยแล้วนะคะ"),
    leave=("พูดแบบนี้ดิฉันไม่คุยต่อแล้วค่ะ สวัสดีค่ะ", "พอแล้วค่ะ ดิฉันวางสายนะคะ"),
    cut=("ขอโทษนะคะ เมื่อกี้สายไม่ดี {rest}", "ฮัลโหล เมื่อกี้สายหายไปค่ะ {rest}"),
    cut_off=(
        "ขอโทษนะคะ เมื่อกี้สายไม่ดี ได้ยินถึงไหนแล้วคะ",
        "ฮัลโหล เมื่อกี้สายหายไป ได้ยินที่พูดไหมคะ",
    ),
    angrier=("ยิ่งพูดแบบนี้ยิ่งโมโหค่ะ", "ไม่อยากได้ยินแบบนี้เลยค่ะ"),
    calmer=("ค่ะ ขอบคุณที่พูดแบบนี้", "ค่ะ ได้ยินแบบนี้ค่อยยังชั่วหน่อย"),
)


def lines_for(language: str) -> Lines:
    """The stock lines for a BCP 47 tag; English where there are none."""
    return THAI if language.lower().split("-")[0] == "th" else ENGLISH
