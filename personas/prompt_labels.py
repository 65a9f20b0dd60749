"""What the labels of other tools' personas and scenarios mean: headings, keys and columns."""

# Labels are written with typographic apostrophes, too.
# ruff: noqa: RUF001

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from personas.marks import normalised
from personas.sections import without_signs

Role = Literal[
    "name", "title", "who", "fact", "context", "behaviour", "angers", "calms", "wants",
    "objectives", "opening", "constraints", "briefing", "difficulty", "language", "prompt",
    "aside", "intensity",
]  # fmt: skip
"""Where what stands under a label belongs; ``aside`` is for people and machines only."""

_LABELS: dict[Role, str] = {
    "name": """
        name, full name, first name, last name, persona name, customer name, caller name, user name,
        character name, character, customer, caller, ชื่อ, nombre, nom
    """,
    "title": """
        title, scenario title, scenario name, scenario, use case, call reason, subject, topic,
        label, case, test name, test case, test, summary, สถานการณ์
    """,
    "who": """
        persona, who you are, who they are, who, about, about you, about the customer, role, your
        role, identity, your identity, bio, biography, description, persona description, character
        description, personality, personality traits, traits, character traits, demographics, age,
        occupation, job, profession, gender, appearance, mindset, communication style, speaking
        style, speech style, tone, voice and tone, tone of voice, style, pace, speech, speech
        patterns, accent, communication, manner, values, quirks, likes, dislikes, lifestyle,
        personal background, บุคลิก, บทบาท, you are, user persona, customer persona, caller persona,
        persona prompt, technical ability, tech savviness, patience level
    """,
    "fact": """
        facts, facts tell only when asked, known facts, key facts, profile, profile data, customer
        profile, customer details, customer data, customer info, customer information, details,
        account, account details, account information, account info, order details, order
        information, personal information, personal info, personal details, personal data, data, key
        information, information, information to provide, information you have, key details, case
        details, call details, caller information, caller details, caller info, user data, user
        info, user details, variables, vars, dynamic variables, known information, facts you know,
        fact sheet, reference data, hidden truth, hidden truths, hidden facts, hidden information,
        secrets, secret, ข้อมูล
    """,
    "context": """
        context, scenario context, background, backstory, back story, story, situation, history,
        case history, customer background, the situation, problem, the problem, issue, the issue,
        your problem, your situation, scenario description, scenario details, what happened, reason
        for call, reason for calling, why you are calling, call context, setting, premise, setup,
        initial situation, current situation, complaint, concern, pain points, needs, motivation,
        motivations, motive, expectations of the customer, user scenario, ภูมิหลัง, hintergrund,
        contexto, contexte, task, user task, what you know, what you do not know
    """,
    "behaviour": """
        behavior, behaviour, behaviors, behaviours, behavior rules, behavioral guidelines,
        behavioral traits, behavior guidelines, behaviour guidelines, emotional state, emotion,
        emotions, initial mood, initial emotion, starting mood, emotional state and behavior rules,
        emotional profile, emotional arc, emotional journey, mood, attitude, temperament, reactions,
        responses, conversation guidelines, conversation flow, conversation style, how to behave,
        how to react, how you behave, how you react, call flow, flow, do in order, steps, script,
        dialogue guidelines, interaction guidelines, guidelines, response guidelines, emotional
        progression, mood changes, emotional triggers, if then rules
    """,
    "angers": """
        triggers, escalation triggers, escalation, escalates when, escalate when, gets angry when,
        gets angry if, gets angrier when, what makes you angry, what makes it worse, makes it worse,
        makes things worse, frustrations, frustration triggers, anger triggers, hot buttons, pet
        peeves, gets upset when, gets worse when, gets frustrated when, irritants, what upsets, what
        angers, negative triggers, red flags, things that make it worse, what to avoid, becomes
        angry when, gets more upset when, increase frustration, phase 2, turn offs, deal breakers,
        upset by, what frustrates you, angered by, gets annoyed when, annoyed by, loses patience
        when, what escalates, what escalates you, escalated by,
        what makes you angrier
    """,
    "calms": """
        de escalation, de escalation points, de escalation triggers, deescalation, calms down when,
        calms down if, calms when, what calms, what calms you down, calmed by, what helps,
        softeners, softens when, softens if, relaxes when, positive triggers, what makes it better,
        makes it better, cools down when, warms up when, becomes calm when, what works, de escalates
        when, soothed by, what calms you, calmed down by, decrease frustration, phase 3,
        green flags, calming
        factors, warms up if, becomes cooperative when, what wins you over, wins them over
    """,
    "wants": """
        success criteria, success condition, success conditions, success, resolution, resolution
        criteria, resolution conditions, acceptance criteria, acceptance, accepts when, desired
        outcome, desired resolution, ideal outcome, ideal resolution, outcome, goal, goals, your
        goal, your goals, customer goal, customer goals, user goal, user goals, objective of the
        call, winning, win condition, win conditions, how to win, satisfied when, satisfied if, end
        condition, end conditions, ends when, call ends when, what you want, what they want, wants,
        what satisfies you, resolution acceptance, phase 4, happy when, closing condition, เป้าหมาย,
        ziel, caller goal, intent, what resolves it, what would resolve it, exit criteria, hang up
        happy when, agrees when
    """,
    "objectives": """
        objectives, objective, test objectives, evaluation, evaluation criteria, evaluations,
        rubric, rubrics, scoring, scoring rubric, scorecard, agent expectations, expectations,
        expected behavior, expected behaviour, expected agent behavior, expected outcome, expected
        outcomes, expected result, expected results, expected, skills to probe, skills, skills
        tested, success metrics, metrics, assertions, assert, asserts, assess, assessment,
        assessment criteria, checklist, learning objectives, learning goals, training objectives,
        training goals, trainee goals, agent goals, agent objectives, what to evaluate, grading,
        grading criteria, pass criteria, pass conditions, test criteria, criteria, must do, the
        agent should, agent should, the trainee should, agent must, trainee must, expected actions,
        test goals, coaching goals, evaluation metrics, what good looks like, judge, test
        expectations, expected response, output, expected output, ideal output, quality criteria,
        evaluation rubric, scoring criteria, success rubric, scorers, graders
    """,
    "opening": """
        opening, opening line, opening lines, opening message, opening statement, first line, first
        message, first messages, first sentence, first utterance, greeting, initial message, initial
        utterance, initial statement, starts with, start with, you say first, say first, says first,
        begin with, begin the call, first words, starting message, starting line, opener,
        intro line, phase 1,
        begin message, first user message, conversation starter, ประโยคเปิด, opening phrase, call
        opening
    """,
    "constraints": """
        constraints, constraint, rules, important rules, guardrails, restrictions, limits,
        limitations, important, critical, do not, dont, don t, never, always, dos and don ts, must
        not, rules of play, ground rules, roleplay rules, role play rules, boundaries, instructions
        for play, notes for play, stay in character, character rules, critical rules, general rules,
        key rules, prohibited, avoid
    """,
    "briefing": """
        briefing, trainee briefing, agent briefing, scenario context intro, trainee context, agent
        context, trainee instructions, for the trainee, for the agent, agent role, trainee role,
        agent instructions, information for the agent, what the agent sees, brief, intro
    """,
    "difficulty": """
        difficulty, difficulty level, level, complexity
    """,
    "language": """
        language, locale, lang, ภาษา
    """,
    "prompt": """
        prompt, system prompt, instructions, instruction, system, system message, systemprompt,
        simulation prompt, user prompt, persona instructions, simulator prompt, caller prompt,
        customer prompt, scenario prompt, input, user simulator prompt, simulated user prompt,
        content, text
    """,
    "intensity": """
        intensity, starting intensity, anger level, frustration level, starting mood level, initial
        intensity, emotion intensity, emotional intensity
    """,
    "aside": """
        id, scenario id, persona id, test id, uuid, version, tags, tag, metadata, meta, author,
        created, created at, updated at, date, time, duration, estimated time, url, link, links,
        model, provider, voice, voice id, temperature, expected state, query, inherits, related
        materials, resources, references, enabled, active, weight, priority, type, kind, slug, key,
        status, max turns, max duration, max duration seconds, background sound, interruption level,
        industry, schema, schema version, category, scenario type, call type, num, number, no, file,
        source, license, copyright
    """,
}


def _joined(words: str) -> str:
    return " ".join(words.split())


_ROLES = {word: role for role, words in _LABELS.items() for word in map(_joined, words.split(","))}
_BY_LAST: dict[str, Role] = {
    **dict.fromkeys(("evaluation", "rubric", "metrics", "checklist", "assessment"), "objectives"),
    **dict.fromkeys(("background", "backstory", "situation", "context", "story"), "context"),
    **dict.fromkeys(("personality", "traits", "demographics"), "who"),
    **dict.fromkeys(("constraints", "guardrails", "restrictions"), "constraints"),
    "triggers": "angers",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_AHEAD = re.compile(
    r"(?:the|your|his|her|their|he|she|they|customer|customer's|caller|caller's|persona|user|character|scenario|"
    r"call|list of|key|main|primary|possible|example|sample|specific|simulated|simulation) ",
)
_WHOM = re.compile(r"\b(?:her|him|them|the customer|the caller)\b")
_BEHIND = re.compile(r" (?:section|list|prompt|for this call|of the customer|of the caller|s)$")
_WHO = (
    r"(?:you|they|he|she|i|it|(?:the |your )?(?:customer|caller|persona|user|client)|"
    r"(?!(?:agent|trainee|operator|representative|rep|company)\b)[a-z]+)"
)
_MAY = r"(?:will|would|should|can|could|may|might|only|ever|finally|then|ll|re|is|are|be)"
_IN_CASE = r"(?:only )?(?:when(?:ever)?|if|once|after|as soon as|by|because)"
_UPSET = (
    r"(?:angry|angrier|upset|annoyed|frustrated|irritated|impatient|mad|madder|furious|worse|"
    r"defensive|hostile|louder|nervous|anxious|suspicious|rude)"
)
_CALM = (
    r"(?:calm|calmer|relaxed?|happy|happier|friendly|friendlier|softer|better|cooperative|"
    r"reassured|at ease|trust(?:ing)?|patient|open)"
)
_SENTENCES: list[tuple[str, Role]] = [
    (rf"(?:{_WHO} )?(?:{_MAY} )*(?:accepts?|agrees?|settles?|gives? in|says? yes|satisfied|"
     rf"content|convinced|done)(?: (?:to )?(?:it|this|that|an?|the|any|offers?|solutions?|help|"
     rf"resolution))* {_IN_CASE}", "wants"),
    (rf"(?:{_WHO} )?(?:{_MAY} )*(?:ends?|closes?|finish(?:es)?) the call (?:happy|satisfied|"
     rf"content) {_IN_CASE}", "wants"),
    (rf"what (?:{_WHO} )?(?:{_MAY} )*(?:wants?|needs?|accepts?|asks? for|expects?)", "wants"),
    (rf"{_WHO} (?:wants?|needs?|would like|expects?)", "wants"),
    (rf"(?:{_WHO} )?(?:{_MAY} )*(?:calms?|relax(?:es)?|softens?|cools?|warms?|opens?|settles?)"
     rf"(?: (?:down|up|off))? {_IN_CASE}", "calms"),
    (rf"(?:{_WHO} )?(?:{_MAY} )*(?:gets?|becomes?|grows?|feels?|turns?|{_CALM})(?: (?:a bit|"
     rf"a little|more|much|very|really))* ?{_CALM}? {_IN_CASE}", "calms"),
    (rf"(?:what|things that|how to) (?:{_MAY} )*(?:makes?|keeps?|gets?) (?:{_WHO} )?(?:feel )?"
     rf"{_CALM}(?: down)?", "calms"),
    (rf"(?:what|things that|how to) (?:{_MAY} )*(?:calms?|helps?|soothes?|reassures?|"
     rf"relax(?:es)?)(?: {_WHO})?(?: down)?", "calms"),
    (rf"(?:{_WHO} )?(?:{_MAY} )*(?:gets?|becomes?|grows?|feels?|turns?|goes|go|{_UPSET})(?: (?:"
     rf"a bit|a little|more|much|very|really|even))* ?{_UPSET}? {_IN_CASE}", "angers"),
    (rf"(?:what|things that) (?:{_MAY} )*(?:makes?|gets?|drives?) (?:{_WHO} )?(?:feel )?"
     rf"(?:more |even )?{_UPSET}", "angers"),
    (rf"(?:what|things that|things) (?:{_WHO} )?(?:{_MAY} )*(?:annoys?|upsets?|angers?|hates?|"
     rf"irritates?|frustrates?|cannot stand|cant stand|dislikes?|enrages?)(?: {_WHO})?",
     "angers"),
]  # fmt: skip
"""Labels that are a sentence about the customer, as they write it who have no names for the parts:
"You will only accept if"."""
_FORMS = [(re.compile(form), role) for form, role in _SENTENCES]


@lru_cache(maxsize=4096)
def role_of(label: str) -> Role | None:
    """What stands under that label; None when it says nothing to us."""
    plain = plain_label(label)
    if len(plain) > 60:
        return None
    if role := _ROLES.get(plain):
        return role
    for shorter in _shorter(plain):
        if role := _ROLES.get(shorter):
            return role
    if role := _BY_LAST.get(plain.rpartition(" ")[2]) if len(plain.split()) <= 4 else None:
        return role
    return next((role for form, role in _FORMS if form.fullmatch(plain)), None)


def plain_label(label: str) -> str:
    """The label's words in lower case, however they were joined: ``customerBackground``."""
    bare = without_signs(re.sub(r"[*_`]{2,}|`", "", label[:200]))
    plain = _CAMEL.sub(" ", bare).replace("’", "'").replace("'s", "s").replace("&", " and ")
    return normalised(plain)


def _shorter(plain: str) -> Iterator[str]:
    """The label without words that add nothing, and the words before a bracket."""
    bare = _AHEAD.sub("", plain, count=1)
    yield bare
    yield _AHEAD.sub("", bare, count=1)
    yield _BEHIND.sub("", bare)
    yield _WHOM.sub("you", plain)  # "What makes her angry"
    if " and " in bare:  # "Background and Situation"
        yield from (_AHEAD.sub("", part) for part in bare.split(" and "))
    words = bare.split()
    if len(words) > 2:  # "Facts (tell only when asked)"
        yield " ".join(words[:2])
        yield words[0] if words[0] in ("facts", "reactions", "triggers", "rules") else ""
