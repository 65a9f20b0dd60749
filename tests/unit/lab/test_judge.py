"""What a script expects, held against whole calls by the offline actor."""

import pytest

from personas.model import Persona
from tests.support.persona_text import swap
from tests.support.scripts import TEXT, run_of, saw
from tests.support.talk import persona_of

SORRY = "1. I am so sorry for what happened.\n"
CALM = "1. You need to calm down.\n"
ACCOUNT = "1. Could you tell me your account number, please?\n"
SOLVED = """\
1. I am so sorry for what happened. It was entirely our mistake.
2. I confirm that the full refund is confirmed. A time is named: today at five.
"""
END = "# At the end\n"


@pytest.mark.parametrize(
    "script",
    [
        f'{SORRY}   - expect: matched "A sincere apology"\n',
        f"{SORRY}   - expect: intensity is 6; intensity at most 6; intensity at least 6\n",
        f"{SORRY}   - expect: phase is deescalation; phase is not resolution\n",
        f'{SORRY}   - expect: reply has "Thank you"; reply has not "charged"\n',
        f'{SORRY}   - expect: not matched "Being told to calm down"; not hung up; not resolved\n',
        f'{CALM}   - expect: matched "Being told to calm down"; intensity is 10\n',
        "1. The weather is fine here.\n   - expect: nothing matched\n",
        f'{ACCOUNT}   - expect: tells "Account"; never reveals "Account" before it is asked\n',
        f'{SORRY}{END}- expect: never reveals "Account"; no guard broken\n',
        f"{SORRY}2. Hmm.\n{END}- expect: score is 33; score at most 40\n",
        f'{SORRY}{END}- expect: not met "A time is named"; not shown "Verifies identity before '
        'discussing the account"; shown "Stays calm"\n',
        f'{SORRY}{END}- expect: matched "A sincere apology"; reply has "charged twice"\n',
    ],
)
def test_what_is_as_expected_passes(script: str) -> None:
    run = run_of(script)
    assert run.misses == ()
    assert run.passed


@pytest.mark.parametrize(
    ("script", "line", "words"),
    [
        (f"{SORRY}   - expect: intensity at most 5\n", 2, "saw intensity 6 after turn 1"),
        (f"{SORRY}\n   - expect: intensity at least 7\n", 3, "saw intensity 6 after turn 1"),
        (f"{SORRY}   - expect: intensity is 8\n", 2, "saw intensity 6 after turn 1"),
        (
            f"{SORRY}   - expect: nothing matched\n",
            2,
            'matched "A sincere apology" by "I am so sorry for what happened"',
        ),
        (
            f'{CALM}   - expect: matched "A sincere apology"\n',
            2,
            'matched only "Being told to calm down"',
        ),
        (
            '1. The weather is fine here.\n   - expect: matched "Owning the mistake"\n',
            2,
            "matched nothing, and nothing was near",
        ),
        (f"{SORRY}   - expect: phase is resolution\n", 2, 'saw phase "Calming down" after turn 1'),
        (
            f'{SORRY}   - expect: reply has "refund"\n',
            2,
            'the customer said "Well. Thank you."',
        ),
        (
            f'{SORRY}{END}- expect: reply has "refund"\n',
            3,
            "none of the 2 lines of the customer has it",
        ),
        (
            f'{SORRY}{END}- expect: reply has not "charged twice"\n',
            3,
            'the customer said "I was charged twice!" in the first line',
        ),
        (f'{SORRY}   - expect: tells "Account"\n', 2, 'the customer said "Well. Thank you."'),
        (f'{SORRY}{END}- expect: tells "Account"\n', 3, "no line of the customer told it"),
        (
            f'{ACCOUNT}{END}- expect: never reveals "Account"\n',
            3,
            'the customer said "It\'s TC-88213." in turn 1',
        ),
        (f"{SORRY}   - expect: hung up\n", 2, "the customer stayed on the line"),
        (
            f"{SORRY}{END}- expect: resolved\n",
            3,
            "not resolved at the end; intensity 6 is above 4; not met: "
            '"The full refund is confirmed", "A time is named"',
        ),
        (
            f"{SORRY}{END}- expect: score at least 80\n",
            3,
            "no score: A score needs at least two turns of the trainee, and this call had one.",
        ),
        (
            f"{SORRY}2. Hmm.\n{END}- expect: score at least 80\n",
            4,
            'saw score 33; not shown: "Verifies identity before discussing the account"',
        ),
        (
            f'{SORRY}{END}- expect: met "A time is named"\n',
            3,
            "not met at the end; met by then: nothing",
        ),
        (
            f'{CALM}{END}- expect: shown "Stays calm"\n',
            3,
            "not shown at the end; shown by then: nothing",
        ),
    ],
)
def test_what_was_seen_instead_is_said_at_its_line(script: str, line: int, words: str) -> None:
    assert saw(script) == [(line, words)]


def test_a_solved_call_is_told_where_it_should_not_be() -> None:
    script = f'{SOLVED}{END}- expect: not resolved; not met "A time is named"\n'
    found = dict(enumerate(words for _, words in saw(script)))
    assert found == {0: "resolved at the end, at intensity 3", 1: "it was met at the end"}


def test_a_rule_that_is_gone_from_the_version_is_named() -> None:
    from agent.lab.play import ActorPlayer, Task, play
    from agent.simulation.observing.observer import LexicalObserver
    from tests.support.scripts import script_of

    other = persona_of(swap("- Owning the mistake (-3)\n", "", TEXT))
    script = script_of('1. Hello there.\n   - expect: matched "Owning the mistake"\n')
    run = play(Task(other, script, "offline"), ActorPlayer(), LexicalObserver(other))
    assert [miss.saw for miss in run.misses] == ["this version of the persona has no such rule"]


INSULTS = "1. You stupid idiot.\n2. Shut up, you stupid idiot.\n3. You are an idiot.\n"


def test_turns_after_a_hang_up_were_never_said() -> None:
    run = run_of(f"{INSULTS}4. Hello?\n   - expect: resolved\n{END}- expect: hung up\n")
    (miss,) = run.misses
    said = sum(turn.speaker == "trainee" for turn in run.turns)
    assert said < 4
    assert (miss.line, miss.saw) == (
        5,
        f"turn 4 was never said: the customer hung up after turn {said}",
    )
    assert run.ended == "customer"


KEPT = swap("TC-88213", "TC-88213\n  - only after: A sincere apology", TEXT)
BLURTS = swap('"I was charged twice!"', '"My account is TC-88213, charged twice!"', TEXT)
RULE = swap('"Well. Thank you."', '"Well. It is account TC-88213."', TEXT)
REVEALS = 'never reveals "Account" before it is asked'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, ACCOUNT),
        (TEXT, SORRY),
        (KEPT, f"{SORRY}2. {ACCOUNT[3:]}"),
        (RULE, SORRY),
        (BLURTS, "1. Is this about account TC-88213?\n"),
    ],
)
def test_a_fact_is_kept_until_it_is_asked_for(text: str, said: str) -> None:
    persona: Persona = persona_of(text)
    found = saw(f"{said}{END}- expect: {REVEALS}\n", persona)
    blurted = text == BLURTS
    assert [words.endswith("before anybody had said a word") for _, words in found] == (
        [True] if blurted else []
    )


def test_a_fact_in_a_line_of_the_file_is_told_too_soon() -> None:
    text = swap('"I was charged twice!"', '"It was twice!"\n- "See account TC-88213!"', TEXT)
    script = f"1. Hello there.\n   - expect: {REVEALS}\n"
    assert saw(script, persona_of(text)) == [
        (2, 'the customer said "See account TC-88213!", before it was asked for')
    ]
