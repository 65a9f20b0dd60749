"""The guard ``early``: the persona accepts before the director lets it."""

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.clauses import asks, reported, supposed
from agent.simulation.guarding.guard import Found, Sign, sign
from agent.simulation.guarding.written import Written, plain

_SHORT = 8
"""Letters of a line up to which it says too little to accept anything."""
_WHY = ""

_SIGNS: tuple[Sign, ...] = (
    sign(
        r"\b(?:that|this|it|which) (?:all )?(?:solves|settles|fixes|resolves"
        r"|sorts(?: out)?) (?:it|that|"
        r"this|everything|all|the|my)\b",
        _WHY,
    ),
    sign(
        r"\b(?:problem|issue|everything|it|that|all)(?:'s|'s| is| has been"
        r"| are)? (?:now )?(?:all )?"
        r"(?:solved|resolved|sorted(?: out)?|fixed|settled|taken care of)\b(?! by| on| yet)",
        _WHY,
    ),
    sign(
        r"\bi(?:'m| am)(?: now| completely| perfectly| very| quite| really| more than| fully)* "
        r"(?:satisfied|happy|pleased|content) (?:with (?:that|this|the|your|how)|now)\b",
        _WHY,
    ),
    sign(
        r"\b(?:i(?:'ll| will)?|we) (?:gladly |happily )?(?:accept|agree to|take) (?:that|this|it"
        r"|your|"
        r"the) ?(?:offer|solution|deal|then|now|resolution|proposal)?\W*(?:$|and|thank)",
        _WHY,
    ),
    sign(r"\bwe(?:'re| are) (?:all )?(?:done|good|set|finished)(?: here| now| then)+", _WHY),
    sign(r"\bwe(?:'ve| have)(?: got)? a deal\b|^\W*(?:okay,? |all right,? )?deal\W*$", _WHY),
    sign(
        r"\bthank(?:s| you)(?: so much| very much| a lot)? for (?:sorting|solving|fixing|resolving|"
        r"settling|taking care of|clearing)(?: out| up)? ?(?:it|this|that|everything|all|my|the)\b",
        _WHY,
    ),
    sign(
        r"\byou(?:'ve| have) (?:solved|fixed|sorted|resolved|settled)(?: out)? (?:it|this|that|"
        r"everything|all|my|the)\b",
        _WHY,
    ),
    sign(
        r"\b(?:perfect|great|wonderful|excellent|fantastic|good|thank\w*)\b.{0,24}\bthat(?:'s"
        r"| is| was) "
        r"(?:all|exactly what|everything) (?:that )?i (?:needed|wanted)\W*$|\byou(?:'ve"
        r"| have) been "
        r"(?:a |so |very |really )+(?:great |big |real |good )?(?:help|helpful)\b",
        _WHY,
    ),
    sign(
        r"(?:แบบนี้|แบบนั้น|อันนี้|เท่านี้|แค่นี้|ตามนี้|งั้น)[^ ]{0,16}(?:รับได้|โอเคแล้ว|วางใจแล้ว|สบายใจแล้ว"
        r"|พอใจแล้ว|เพียงพอแล้ว)",
        _WHY,
    ),
    sign(
        r"ถือว่า[^ ]{0,12}(?:จบ|เรียบร้อย)|(?:เรื่อง|ปัญหา)[^ ]{0,14}(?:จบ|เรียบร้อย|หมด|แก้ไข"
        r"|ได้รับการแก้)[^ ]{0,8}แล้ว",
        _WHY,
    ),
    sign(
        r"(?:ได้|ครบ)ตามที่(?:ต้องการ|ขอ|อยากได้)[^ ]{0,8}แล้ว|พอใจ(?:มาก)?แล้ว|พอใจกับ(?:ข้อเสนอ|คำตอบ"
        r"|การแก้)",
        _WHY,
    ),
    sign(r"ขอบคุณ[^ ]{0,8}ที่(?:ช่วย)?(?:จัดการ|แก้ปัญหา|แก้ไข|ดำเนินการ)[^ ]{0,12}(?:ให้|จน|เรียบร้อย)", _WHY),
    sign(
        r"(?:ตกลง|โอเค|ได้)(?:ค่ะ|ครับ)?\s?(?:ดิฉัน|ผม|ฉัน|หนู)?(?:ยอม)?รับ(?:ข้อเสนอ|ตามนั้น|ตามนี้|ได้)", _WHY
    ),
    sign(
        r"(?:ดิฉัน|ผม|ฉัน|หนู)(?:ยอม)?รับ(?:ข้อเสนอ|เงื่อนไข)(?:นี้|นั้น|ของคุณ)|(?:เย้|ดีใจ)[^ ]*เรียบร้อยแล้ว", _WHY
    ),
)


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What accepts, while anything is missing or the persona is too angry for it."""
    persona = written.persona
    if not call.unresolved(persona):
        return None
    words = _settled_line(line, written) or _accepts(line, written)
    return Found(words, _reason(written, call)) if words else None


def _settled_line(line: str, written: Written) -> str:
    """One of the file's own lines for when all is settled, but a goodbye."""
    persona = written.persona
    last = (*persona.phases[3].lines[:-1], *persona.phrases.get("solved", ()))
    other = {plain(text) for text in persona.phrases.get("goodbye", ())}
    said = plain(line)
    for own in last:
        words = plain(own)
        if len(words) > _SHORT and words in said and words not in other:
            return own
    return ""


def _accepts(line: str, written: Written) -> str:
    for clause in written.unsettled(line):
        if asks(clause):
            continue
        for each in _SIGNS:
            met = each.pattern.search(clause)
            if met and not reported(clause, met.start()) and not _withheld(clause, met.start()):
                return clause.strip()
    return ""


def _withheld(clause: str, at: int) -> bool:
    """Whether the clause takes back what it says, or puts it under a condition."""
    return supposed(clause, at) or supposed(clause, len(clause)) or " but " in clause.lower()


def _reason(written: Written, call: CallSoFar) -> str:
    persona = written.persona
    missing = [rule.text for rule in persona.criteria if rule.id not in call.matched]
    if missing:
        return f"It accepts, but has not been given: {'; '.join(missing)}."
    return f"It accepts, but is still above {persona.threshold} of 10."
