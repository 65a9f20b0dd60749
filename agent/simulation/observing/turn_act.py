"""What a turn is beside all rules: a goodbye, what kind of question, or keywords in a row."""

import re

from agent.simulation.directing.course import Act
from agent.simulation.language.sentences import sentence_spans, turn_sentences
from agent.simulation.observing.asking import is_asked, says_nothing
from agent.simulation.observing.keywords import is_keywords

_GOODBYE = re.compile(
    r"\b(?:good ?bye|bye|take care(?! of)|(?<!i )(?<!we )(?<!you )have (?:a|an) (?:good|great|"
    r"nice|lovely|wonderful|safe|pleasant|fun) \w+|have (?:a|an) (?:\w+ ){0,2}(?:day|one|evening|"
    r"night|weekend|morning|afternoon|week|time|flight|trip|journey|rest)|good night|"
    r"talk to you (?:later|soon)"
    r"|(?:thank you|thanks) (?:so much |again )?for (?:calling|your call))\b"
    r"|\b(?:see (?:you|ya)(?: (?:soon|later|then|around))?|cheers|all the best|"
    r"(?:talk|speak) (?:to you )?(?:again )?soon|take it easy|(?:until|till) next time|"
    r"catch you later|look after yourself)\W*$"
    r"|^\W*(?:\w+\W+){0,4}?enjoy (?:the rest of )?(?:your|the) "
    r"(?:day|evening|night|weekend|morning|afternoon|week|party|trip)\b"
    r"|ลาก่อน|แค่นี้นะ|ขอบคุณที่(?:โทร|ใช้บริการ|ติดต่อ)|ขอให้(?:เป็น)?วันที่ดี|สวัสดี(?:ค่ะ|ครับ|นะคะ|นะครับ)?\s*$",
    re.I,
)
_NO_GOODBYE = re.compile(
    r"\b(?:hello|hi|welcome|good (?:morning|afternoon|evening)|before|until|if|when|don't|not|help"
    r"|how|what)\b",
    re.I,
)
_MORE = re.compile(
    r"\b(?:anything|something) (?:else|more)\b|\bis that (?:all|everything)\b"
    r"|^\W*(?:(?:so|and|okay|well|then)\b\W*)*(?:any (?:\w+ )?questions|all set|are we (?:good|"
    r"done|finished|all set)|anything left)(?: (?:then|now|so far|for me|here))?\s*\?"
    r"|\b(?:forg[eo]t(?:ten)?|miss(?:ed)?|left out) (?:anything|something)\b"
    r"|\banything (?:that )?i(?:'ve| have)? (?:forg[eo]t(?:ten)?|missed|left out)\b"
    r"|\bwhat (?:else|more) (?:can|could|may) (?:i|we)\b"
    r"|\b(?:any|some) (?:other|more|further) (?:question|thing|problem|concern)"
    r"|มีอะไร(?:ให้ช่วย)?(?:อีก|เพิ่มเติม)|(?:อะไร|เรื่องอื่น)อีกไหม|ขาดเหลืออะไร"
    r"|(?:อะไร|คำถาม|สงสัย|สอบถาม|ตรงไหน).{0,18}(?:อีก(?!ที|ครั้ง|รอบ|หน)|เพิ่ม|อื่น).{0,18}"
    r"(?:ไหม|มั้ย|หรือเปล่า|รึเปล่า|หรือไม่)"
    r"|(?:มี|ต้องการ|อยาก)\S{0,12}(?:เรื่อง|อย่าง|ปัญหา)(?:อื่น|(?:ไหน|อะไร)\S{0,16}(?:อีก|เพิ่ม))\S{0,24}(?:ไหม|มั้ย|หรือเปล่า|รึเปล่า|หรือไม่)",
    re.I,
)
_ANYTHING_ELSE = re.compile(
    rf"(?:^|,|\b(?:and|or|but|so)\b)(?:(?!\b(?:and|or|but|so)\b)[^,.?!])*?(?:{_MORE.pattern})"
    r"[^,.?!]*(?:,(?: [^\W\d_]+\.?){1,3}(?=[?.!]|$))?",
    re.I,
)
"""The clause that asks whether there is anything more."""
_WELLBEING = re.compile(
    r"\bhow(?:'s| is| are|'re| has| have)? (?:you|things|everything|life|it|your (?:day|morning|"
    r"afternoon|evening|week)(?: been)?)(?: (?:been|doing|going|feeling|keeping|holding up))?"
    r"(?: (?:today|so far|tonight|now|there|this \w+))*\s*(?:[?.!,]|$)|สบายดี"
    r"|(?:วันนี้|คุณ\S{0,12}|ลูกค้า)เป็น(?:อย่างไร|ยังไง|ไง)(?:บ้าง)?(?:คะ|ครับ)?\s*$|วันนี้เป็น(?:อย่างไร|ยังไง)",
    re.I,
)
_STORY = re.compile(
    r"\bhow (?:can|may|could) (?:i|we) (?:be of )?(?:help|assist|service)"
    r"|\bwhat (?:can|could|may) (?:i|we) (?:do|help)"
    r"|\b(?:anything|something)(?: \w+)? (?:that )?(?:i|we) (?:can|could|may) (?:do|help)\b"
    r"|\bwhat(?:'s| is| was| seems| seem)(?: to be)? (?:the |your )?(?:problem|matter|issue|"
    r"trouble|wrong|broken|going on|happening|up)\b"
    r"|\bwhat(?:'s| has| exactly| is)? (?:happened|happening|"
    r"went wrong|brings you)\b|\b(?:tell|talk|walk) (?:me|us) "
    r"(?:what|more|about|through|everything)\b"
    r"|\bwhat (?:would|do) you (?:like|want|expect)(?: from)? (?:us|me)(?: to do| here)?\b"
    r"|\bsum (?:it|that|this|all that|everything) up\b|\bsummari[sz]e (?:it|that|this|everything)\b"
    r"|\bwhat (?:are you|you're) calling about\b|\bwhy (?:are|did) you call(?:ing)?\b"
    r"|\bwhat (?:do|did) you want(?: again)?\W*$|\bwhat have you got(?: then| for (?:me|us))?\W*$"
    r"|อยากให้\S{0,16}(?:ทำ|ช่วย)(?:อะไร|ยังไง)|สรุปให้ฟัง"
    r"|มีอะไรให้|ให้(?:ช่วย|ดูแล)(?:อะไร|เรื่อง)|เกิดอะไรขึ้น|เล่าให้|(?:มี|เจอ)ปัญหาอะไร"
    r"|ติดต่อ(?:มา)?เรื่อง|โทรมาทำไม|เป็นมา(?:ยังไง|อย่างไร)|เกิดอะไร|มีปัญหา(?:ตรงไหน|ยังไง)|เดือดร้อนเรื่อง"
    r"|(?:โทรมา)?เรื่องอะไร",
    re.I,
)
_HELP = re.compile(
    r"\b(?:how (?:can|may|could) (?:i|we) (?:be of )?(?:help|assist|service)"
    r"|what (?:can|could|may) (?:i|we) do for you)\b[^.?!]*|\byou know what\b"
    r"|(?:วันนี้)?มี(?:อะไร|เรื่องอะไร)(?:ให้|อยากให้)\S*(?:ช่วย|ดูแล|บริการ)\S*",
    re.I,
)
"""An offer of help, and words that only seem to ask."""
_LONE = re.compile(r"(?:(?<=\W)|^)\s*\?+")
"""A question mark whose question was taken away."""
_HELLO = re.compile(r"\b(?:hello|hi|hey|ฮัลโหล)(?: there| again)?\W*\?", re.I)
_CHECK = re.compile(
    r"\b(?:can|do|did) you (?:still )?hear me\b(?:(?: (?:okay|ok|all right|alright|well|clearly|now"
    r"|properly|better))*\s*\?)?"
    r"|\bis (?:this|now|it) (?:still )?a (?:good|bad|convenient) (?:time|moment)\b"
    r"(?: (?:to|for) \w+)*\s*\??"
    r"|\bare you (?:still )?(?:there|with me|on the line)\b|\bstill (?:there|with me)\s*\?"
    r"|ได้ยิน.{0,10}(?:ไหม|มั้ย|หรือเปล่า)|(?:ยัง|ฟัง)อยู่.{0,10}(?:ไหม|มั้ย|หรือเปล่า|รึเปล่า)",
    re.I,
)
_KIN = (
    r"(?:wife|husband|kids?|child(?:ren)?|sons?|daughters?|family|mother|father|mum|mom|dad|parents|"
    r"brothers?|sisters?|siblings|grand\w+|boyfriend|girlfriend|partner|friends|boss|dogs?|cats?|"
    r"pets?|hobby|hobbies)"
)
_PERSONAL = re.compile(
    r"\bare you (?:an?|from|married|happy(?! with)|angry|always|often|religious|single|alone|human|"
    r"real|retired|divorced|rich|american|english|british|sure you)\b"
    r"|\bdo you (?:(?:also|ever|really|usually) )?(?:like|love|enjoy|live|believe|work|cook|sing|"
    r"drink|smoke|vote|pray|watch|follow|play|support)\b"
    rf"|\b(?:do you have|have you got|have you|got) (?:(?:any|a|an|your own|some) )?{_KIN}\b"
    rf"|\b(?:your (?:\w+ )?|how many ){_KIN}\b"
    r"|\byour? [^?.]*\b(?:dinner|lunch|breakfast|sports?|football|team|vacation|weekend|zodiac|"
    r"politics|religion|travel|sleep)\b"
    r"|\b(?:you're|you are) an? [\w ]+, (?:are|aren't) you\b"
    r"|\bhow old are you\b|\bwhat(?:'s| is| are) your (?:favou?rite|hobb|religion|age|star sign)"
    r"|\bwhat do you (?:do for a living|do all day|think (?:of|about))\b|\bwhere are you from\b"
    r"|คุณ(?:เป็น|ชอบ|รัก|มีลูก|มีแฟน|แต่งงาน)|มี(?:ลูก|แฟน|สามี|ครอบครัว|พี่น้อง)|แต่งงาน|โสด|งานอดิเรก"
    r"|(?:กิน|ทาน)(?:ข้าว|อะไร)|เลี้ยง(?:หมา|แมว|สัตว์)|(?:หมา(?!ย)|แมว)|ราศี|ศาสนา|การเมือง|สีอะไร|บอล"
    r"|ชอบ(?:กิน|ดู|ฟัง|สี|ทาน|เที่ยว|อะไร)|เที่ยว(?:ที่)?ไหน|เรื่องตลก|ดูดวง|หวย|หุ่นยนต์|เอไอ|คนจริง",
    re.I,
)
_DETAIL = re.compile(
    r"\b(?:what|which|when|where|who|whose|why|how)\b|\b(?:tell|give|read|spell|confirm|verify)\b"
    r"|\b(?:your|the) [\w' ]{2,40}\b(?:number|name|code|date|address|word|e-?mail)\b"
    r"|ใคร|อะไร|ที่ไหน|เมื่อไร|เมื่อไหร่|ทำไม|กี่|เท่าไร|เท่าไหร่|ยังไง|อย่างไร|ไหน",
    re.I,
)
_OFFER = re.compile(
    r"\b(?:can|could|may|shall|should) (?:i|we)\b|\bwould you (?:like|prefer|rather|mind|be)\b"
    r"|\bare you (?:happy|okay|ok|fine|good|all right|comfortable) with (?:that|this|it)\b"
    r"|\bdo you (?:want|need) (?:me|us|a|an|the|to)\b|\b(?:will|would|does|is) (?:that|it|this) "
    r"(?:be |all )?(?:help|work|suit|do|okay|ok|right|alright|fine|good|acceptable)\b"
    r"|ได้ไหม|ได้มั้ย|สะดวก(?:ไหม|มั้ย)|ดีไหม|โอเคไหม|ต้องการ(?:ให้)?.{0,20}ไหม",
    re.I,
)
_CONSENT = re.compile(
    r"\bhow (?:does|would|do|is) (?:that|this|it|those|all that)\b"
    r"(?: (?:sound|work|look|be|suit|seem|feel|for|to) ?[^.?!]*)?\s*\?"
    r"|\bwhat do you (?:think|say)(?: (?:of|about|to) (?:that|this|it))?\s*\?"
    r"|\bhow about (?:that|it)\b"
    r"|\b(?:does|would|do) (?:that|this|it|those) (?:sound|work|suit|help|seem|do)\b"
    r"|\b(?:is|are|would) (?:that|this|it|you|everything|all that)(?: be)? (?:good|okay|ok|fine|"
    r"happy|all right|alright|convenient|acceptable|agreeable)(?: (?:for|with|by|to) [^.?!]*)?\s*\?"
    r"|\b(?:okay|ok|alright|all right|fine|mind) if (?:i|we) "
    r"(?!(?:just |quickly )*(?:ask|have|get|know|take|check|confirm|verify)\b)"
    r"|\bsounds? (?:good|okay|ok|fair|all right|alright|right|fine)\b",
    re.I,
)
"""Asks whether what was just offered is welcome."""
_FIRST = (
    r"^\W*(?:(?:so|and|okay|ok|well|now|then|but|all right|alright|great|perfect|sorry|please)\b"
    r"\W*)*"
)
_INSTRUCTS = re.compile(
    rf"{_FIRST}(?:try|unplug|plug|press|push|pull|open|close|turn|switch|click|type|restart|reset|"
    r"grab|move|remove|insert|enter|tap|swipe|scroll|install|delete|log|sign|reboot|check|read|look|"
    r"go|take|put)\b"
    r"(?!,| (?:on|ahead|away|care|your time|it easy|me|out|i|we|you|it is|this is)\b)",
    re.I,
)
"""Tells what is to be done."""
_OFFERING = re.compile(
    rf"{_FIRST}(?:would you (?:like|be (?:happy|okay|willing|interested|open))|shall (?:i|we)"
    r"|do you want (?:me|us) to|should (?:i|we)|(?:can|could|may) we"
    r"|(?:can|could|may) i (?:send|offer|give|book|put|help|get you|do|arrange|call you|email))\b"
    r"(?! (?:have|ask|know|take|confirm|verify|check|to tell|to explain|to describe))",
    re.I,
)
_CONFIRM = re.compile(
    r"\b(?:is|was) (?:that|this|it) (?:right|correct|so)\b"
    r"|\b(?:does|did) (?:that|this|it|any of (?:that|this)) make (?:any )?sense\b"
    r"|\b(?:did i|have i) (?:get|got|understand|understood) "
    r"(?:that|you|it|this|everything) (?:right|correctly)\b"
    r"|[,.]\s*(?:is that )?(?:right|correct)\s*\?\s*$",
    re.I,
)
_REMARK = re.compile(
    r"(?:,|\s)(?:isn't|wasn't|aren't|weren't|doesn't|don't) (?:it|that|they|we|you think)\s*\?\s*$"
    r"|,\s*(?:huh|eh)\s*\?\s*$",
    re.I,
)
_CHOICE = re.compile(
    r"\b(?:which(?: (?:\w+|of (?:them|those|these|the two)))?|what(?: (?:day|time|option|way))?)"
    r" (?:would|do|should|shall|will) (?:you|we|i) (?:rather )?"
    r"(?:like|prefer|choose|rather)\b"
    r"|\bwhich(?: one)? (?:is it|works|suits|sounds|would be|is) (?:best|better|good|it|fine)\b"
    r"|\b(?:would you|do you|will you) (?:rather|prefer)\b[^.?!]*\bor\b",
    re.I,
)
_PERMISSION = re.compile(
    r"\b(?:do you have|have you got|got|is there) (?:a |some |your )*(?:pen|pencil|paper|"
    r"something to write)\b|\bare you ready(?: (?:to|for) [^.?!]*)?\s*\?"
    r"|มีปากกา|พร้อม(?:จด|หรือยัง|ไหม|มั้ย)|"
    r"\b(?:mind|okay|ok|alright|all right|fine) if (?:i|we)\b"
    r"|\b(?:may|can|could|should|shall|do) i call you (?-i:[A-Z]\w+)"
    rf"|{_FIRST}(?:can|could|may) i (?:(?:just|quickly|please|also|first) )*"
    r"(?:ask|tell|say|explain|suggest|put you|go (?:on|ahead))\b(?! (?:for|your))",
    re.I,
)
_REQUEST = re.compile(r"\b(?:can|could|will|would) you\b|\bplease\b", re.I)
_TELL = re.compile(
    r"(?:(?:please|just|so|well|and|okay|now|come on|go on|then)\b|,|\s)*"
    r"(?:tell|give|sing|show|describe|explain|name|guess|talk to) (?:me|us)\b"
    r"(?! (?:just )?(?:a|one|half a|two|five|some) (?:second|sec|moment|minute|min|time)s?\b)",
    re.I,
)
"""What asks without being a question."""
_REQUEST_TH = re.compile(r"ช่วย.{0,30}(?:หน่อย|ด้วย)|รบกวน")
_PAUSE = re.compile(
    r"\b(?:one|just a|a|half a|give me a|wait a|hang on|hold on) "
    r"(?:moment|second|sec|minute|tick)\b"
    r"|\bbear with me\b|\b(?:let me|i'll|i will|i am|i'm|just) (?:just )?(?:check|checking|look|"
    r"looking|see|pull|pulling|bring|open|opening|have a look|find|type|typing)\b"
    r"|\blet me (?:(?:just|quickly) )*(?:grab|fetch|jot|note|write) "
    r"(?:a|my|some|that|this|it|your)\b"
    r"|สักครู่|แป๊บ|รอ(?:สัก|เดี๋ยว)|ขอ(?:เช็ค|เช็ก|ตรวจสอบ|ดู)"
    r"|เดี๋ยว(?:ดิฉัน|ผม|หนู|เรา)?(?:ขอ)?(?:ลอง)?(?:ดู|เช็ค|เช็ก|ตรวจ|เปิด|ค้น)|กำลัง(?:ดู|เช็ค|เช็ก|ตรวจ|เปิด|ค้น|พิมพ์)",
    re.I,
)
_REPEAT = re.compile(
    r"\b(?:say|repeat|read|give|tell) (?:(?:that|it|this|me|us|the|your|number|name) ?)*"
    r"(?:to me )?(?:again|once more|one more time|a (?:bit|little) \w+)\b"
    r"|\brepeat (?:that|it|yourself|the|your)\b|\b(?:speak|talk) (?:up|a (?:bit|little) \w+)\b"
    r"|\b(?:didn't|did not|couldn't|don't|can't)(?: quite)? (?:catch|hear|get|understand) "
    r"(?:that|you|what you)\b"
    r"|\bmissed (?:that|it|what you)\b"
    r"|\b(?:line|it) (?:just )?(?:crackled|broke up|cut out|dropped)"
    r"|^\W*(?:and |so |but |sorry,? |wait,? |hang on,? |okay,? |hmm,? )*"
    r"(?:once more|one more time|again)(?:,? please)?\W*$"
    r"|\b(?:what|which|when|where|who|whose|how)(?:'s)?\b[^.?!]*\b(?:(?:again|once more)\b|"
    r"did you (?:just )?say\b(?! to\b)|(?:you (?:just )?said|was that|you told me)\s*\?)"
    r"|\b(?:i beg your )?pardon\?|\bcome again\?"
    r"|พูด(?:ดัง)?(?:อีก|ดังขึ้น|ใหม่)|ทวน(?:อีก|ให้ฟังอีก)|ได้ยินไม่ชัด|ไม่ได้ยิน|ไม่ค่อยได้ยิน|ฟังไม่ทัน"
    r"|ไม่ทันฟัง|(?:เมื่อกี้|เมื่อสักครู่|ขอโทษ\S{0,6}|^)\s*(?:คุณ)?(?:พูด)?(?:ว่า)?(?:อะไร|ยังไง|ไง)นะ",
    re.I,
)
_NO_REPEAT = re.compile(
    r"\b(?:happen|want|call|try|go|do|start|begin|see|need|come|check|look|reset|use|order|works?|"
    r"appear\w*|back)\w*(?: [a-z']+){0,3} again\b|\bnever again\b",
    re.I,
)
"""What is to be done again, or is not to come again, instead of said."""
_REPEAT_WORDS = 14
"""Words up to which a turn that asks for the last line again does nothing else."""
_REGRET = re.compile(
    r"\b(?:that|it|this) (?:was|came out|sounded|wasn't) (?:\w+ ){0,3}?(?:rude|mean|unfair|dumb|"
    r"stupid|silly|uncalled|unprofessional|wrong|insensitive|thoughtless|harsh|unkind|nasty|"
    r"horrible|terrible|awful|fair|nice|kind|right|called for|out of (?:line|order)|"
    r"too (?:harsh|much))\b"
    r"(?! of (?:you|them|him|her)\b)(?! (?:that|when|how|what) )"
    r"|\bi(?:'m| am| was) (?:just |being |so |a bit )*(?:(?:such )?an? )?(?:total |bit of an? |"
    r"bit |little )?(?:jerk|idiot|rude|stupid|mean|unfair|out of line|dumb|fool|harsh|short|"
    r"sharp|snappy|impatient|unfriendly|unkind|insensitive)\b"
    r"|\bi (?:shouldn't|should not|should never) have (?:said|talked|spoken|called|snapped|put it)"
    r"\b"
    r"|\bi (?:didn't|did not) mean (?:it|that|to)\b|\bi take (?:that|it) back\b"
    r"|\bi (?:got|let myself get|was) carried away\b|\bfor (?:pushing|rushing|pressing) you\b"
    r"|\b(?:lost|losing) my (?:temper|patience|cool)\b|\bfor (?:snapping|my tone|the tone|yelling|"
    r"shouting|being (?:so |a bit )?(?:rude|short|harsh|unfriendly|mean)|what i (?:just )?said|"
    r"saying (?:that|it|so)|that (?:remark|comment|joke))\b"
    r"|\b(?:my|bad|stupid) (?:remark|joke|comment)"
    r"|ไม่ได้ตั้งใจ(?:จะ)?(?:พูด|ว่า|เสียมารยาท)"
    r"|(?:ไม่น่า|ไม่ควร)(?:จะ)?พูด|พูด(?:ไม่ดี|แรง|ไม่สุภาพ|ไม่คิด|แย่)|(?:ผม|ดิฉัน|หนู)เสียมารยาท|ปากไว",
    re.I,
)
_BRUSH_OFF = re.compile(
    r"\b(?:that's|it's|that is|it is|this is) (?:really )?not (?:really )?(?:my|our) (?:department"
    r"|job|problem|business|fault|responsibility|area)\b"
    r"|\b(?:there's|there is) (?:really )?(?:nothing|not (?:much|a lot)) (?:that )?(?:i|we) can\b"
    r"|\b(?:i|we) (?:can't|cannot|can not|couldn't) (?:really )?(?:help|do (?:anything|much|that)"
    r"|change (?:that|it|the rules))\b"
    r"|\bnothing to do with (?:me|us)\b|\byou (?:should(?:'ve| have)|ought to have)\b"
    r"|\b(?:those|these) are the rules\b|\b(?:no idea|(?:i|we) (?:really )?(?:don't know|wouldn't "
    r"know|have no (?:idea|clue)|haven't a clue))\b|\bnot the end of the world\b"
    r"|ไม่(?:ใช่)?(?:แผนก|หน้าที่|ความผิด|ปัญหา|เรื่อง)(?:ของ)?(?:ผม|ดิฉัน|หนู|เรา)|ทำอะไรไม่ได้|ช่วยไม่ได้"
    r"|ไม่(?:ทราบ|รู้)(?:เหมือนกัน)?(?:ค่ะ|ครับ)?\s*$",
    re.I,
)
"""Leaves the customer to themselves."""
_BRUSH_OFF_WORDS = 14
"""Words up to which a turn that does so does nothing else."""
_HOLD = re.compile(
    r"\b(?:can|could|will|would) you (?:please |just |maybe )*(?:hold|hang|wait|stay)\b"
    r"(?! (?:off|it))|\bmind (?:holding|waiting|if i put you on hold)\b|\bput you on hold\b"
    r"|ถือสายรอ.{0,12}ไหม",
    re.I,
)
"""Asks for a moment instead of taking it."""
_PAUSE_WORDS = 14
"""Words up to which a turn that asks for a moment does nothing else."""


_DONE = (
    r"(?:do|done|send|sent|e-?mail(?:ed)?|book(?:ed)?|arrange[d]?|set|put|get|got|make|made|order(?:ed)?|"
    r"sort(?:ed)?|note[d]?|schedule[d]?|write|written|confirm(?:ed)?|enter(?:ed)?|start(?:ed)?)"
)
_SETTLES = re.compile(
    rf"\b(?:i|we)(?:'ll| will|'m going to| am going to|'ve| have)(?: (?:just|now|also|gladly|"
    rf"already|go ahead and))* {_DONE} (?:that|it|this|them|so|you|everything|all (?:of )?that)\b"
    r"(?! (?:later|tomorrow|some|when|if|as soon|maybe))"
    r"|\b(?:that's|it's|that is|it is|all|you're|we're) (?:all )?(?:done|booked|settled|arranged|"
    r"agreed|sent|set|fixed|sorted|in the calendar|on its way|a deal|good to go)(?![\w'])"
    r"|(?<![\w'])[\w']{2,20} it is(?: then)?\W{0,3}$"
    r"|\b(?:consider it|as good as) done\b|\bwill do\W*$"
    r"|(?:งั้น|เดี๋ยว|ได้(?:ค่ะ|ครับ|เลย)).{0,30}(?:จัดการ|ดำเนินการ|ส่ง|จอง|นัด|ทำ)\S{0,20}ให้"
    r"(?:เลย|ตามนั้น|ตามนี้)"
    r"|(?:เรียบร้อย|ตกลงตามนี้|ตามนั้นเลย)",
    re.I,
)
_UNSETTLED = re.compile(
    r"\b(?:not|never|can't|cannot|won't|if|unless|once|but|before|until|maybe|perhaps|try)\b"
    r"|\b(?:how|what|where|whose?|why|whatever|which|wonder|as|like|sure|know|think)\b.* it is\b"
    r"|n't\b|ไม่|ถ้า|ยัง",
    re.I,
)


def settles(text: str) -> str:
    """The sentence that says that what was offered is done now, "" when there is none."""
    for start, end in sentence_spans(text):
        sentence = text[start:end].strip()
        if _SETTLES.search(sentence) and not _UNSETTLED.search(sentence):
            return "" if is_asked(text, sentence) else sentence.rstrip(".!…")
    return ""


def act_of(text: str, *, question: bool) -> Act:
    """The turn's act; ``question`` when it asks something. A goodbye stands in its last sentence,
    and of several questions the last one is to be answered."""
    sentences = turn_sentences(text)
    if not sentences:
        return ""
    if is_keywords(text):
        return "keywords"
    last = sentences[-1]
    if _GOODBYE.search(last) and not last.endswith("?") and not _NO_GOODBYE.search(last):
        return "goodbye"
    if _REPEAT.search(_NO_REPEAT.sub(" ", text)) and len(text.split()) <= _REPEAT_WORDS:
        return "repeat"
    if regrets(text):
        return "regret"
    if question or _TELL.match(last):
        asking = [one for one in sentences if one.endswith("?")]
        return _question_act((asking or sentences)[-1] if asking else text) or (
            "detail" if _TELL.match(last) else ""
        )
    if _PAUSE.search(text) and len(text.split()) <= _PAUSE_WORDS:
        return "pause"
    if _brushes_off(text):
        return "brush_off"
    if _INSTRUCTS.match(last):
        return "request"
    return "filler" if says_nothing(text) else ""


def _brushes_off(text: str) -> bool:
    goes_on = re.search(r"\bbut (?:i|we|let)\b|แต่", text, re.I)
    return bool(_BRUSH_OFF.search(text)) and not goes_on and len(text.split()) <= _BRUSH_OFF_WORDS


def tells_to_tell(text: str) -> bool:
    """Whether the turn ends in a demand to be told something: 'Give me the number, please.'"""
    sentences = turn_sentences(text)
    return bool(sentences) and _TELL.match(sentences[-1]) is not None


def regrets(text: str) -> bool:
    """Whether the trainee takes back what they said before."""
    sorry = re.search(r"\b(?:sorry|apolog\w+|forgive)\b|ขอโทษ|ขออภัย|โทษที", text, re.I)
    return sorry is not None and _REGRET.search(text) is not None


def without_small_talk(text: str) -> str:
    """The words but for what asks for nothing of the customer's case: how they are, whether they
    hear well, whether there is anything more."""
    for pattern in (_ANYTHING_ELSE, _WELLBEING, _CHECK, _HELP, _HELLO):
        text = pattern.sub(" ", text)
    text = _LONE.sub(" ", text)
    return text if any(map(str.isalpha, text)) else ""


_TOLD_OF = re.compile(
    r"\W*(?:(?:with you|with it|here|there|today|then|now|exactly|please|again|so|okay|hi|hello|me"
    r"|us|for|all|it|the|your|you|ya|is|to|be|about|everything|more|mister|mr|mrs|ms|sir|madam|ma'am)\b"
    r"\W*)*",
    re.I,
)


def asks_for_story(text: str) -> bool:
    """Whether the words ask what it is all about, and for nothing more particular."""
    found = _STORY.search(text)
    return found is not None and _TOLD_OF.fullmatch(text[found.end() :]) is not None


def _question_act(text: str) -> Act:
    kinds: tuple[tuple[re.Pattern[str], Act], ...] = (
        (_MORE, "more"),
        (_WELLBEING, "wellbeing"),
        (_STORY, "story"),
        (_CHECK, "check"),
        (_HOLD, "pause"),
        (_PERSONAL, "personal"),
        (_CONFIRM, "confirm"),
        (_REMARK, "remark"),
        (_CHOICE, "choice"),
        (_PERMISSION, "permission"),
        (_CONSENT, "offer"),
        (_OFFERING, "offer"),
        (_DETAIL, "detail"),
        (_REQUEST_TH, "request"),
        (_OFFER, "offer"),
        (_REQUEST, "request"),
    )
    return next((act for pattern, act in kinds if pattern.search(text)), "")


def is_for_more(rule: str) -> bool:
    """Whether a rule is about asking if there is anything else, which has its usual words."""
    return re.search(r"\banything (?:else|more)\b", rule, re.I) is not None


def asks_for_more(text: str) -> bool:
    """Whether it asks if there is anything else."""
    return _MORE.search(text) is not None


def asks_consent(text: str) -> bool:
    """Whether those words only ask if something is welcome: 'Does that work for you?'"""
    return _CONSENT.search(text) is not None


def is_courtesy(quote: str) -> bool:
    """Whether those words only ask how somebody is: they accuse nobody of anything."""
    return _WELLBEING.search(quote + "?") is not None


_FORGIVES = re.compile(
    r"\b(?:(?:do not|don't|never|need not|needn't|no need to|nothing to|no reason to)"
    r"(?: (?:have|need) to)?(?: (?:be|feel|say|even|ever))?"
    r"|(?:not|n't) (?:have|need) to(?: (?:be|feel|say))?) (?:sorry|apologi[sz]e)\b",
    re.I,
)


def forgives(quote: str) -> bool:
    """Whether those words spare the other an apology, which is none of the speaker's."""
    return _FORGIVES.search(quote) is not None
