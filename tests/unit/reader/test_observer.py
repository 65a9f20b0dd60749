"""The reader beside the word lists, with weights that have learnt nothing: what it is told, what it
keeps, and what happens without it."""

import json
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from agent.reader.network import FAINT, KINDS, RIVAL, rivalled
from agent.reader.observer import ObserverMaker, ReaderObserver
from agent.reader.reader import MOST, PASSES, PREPARED, Reader
from agent.reader.weights import THRESHOLDS, load, save_thresholds
from agent.simulation.directing.certainty import SURE, decided
from agent.simulation.directing.course import AskedFact
from agent.simulation.observing.observer import LexicalObserver
from personas.model import Kind, Persona, Rule
from tests.support.personas import make_persona, rule
from tests.support.untaught import less_sure, save_untaught

APOLOGY = rule("deescalation", "A sincere apology", -2)
CABLE = rule("criterion", "The cable goes into the blue port")
PERSONA = make_persona(
    [rule("trigger", "Blaming him", 2), APOLOGY, CABLE, rule("objective", "Asks for the account")],
    facts=(("Account number", "40 77"), ("", "It has been dead since Wednesday")),
    lines=(("Yes, hello?",), ("I am waiting.",), ("All right.", "Go ahead."), ("Thank you.",)),
)
SORRY = "I am so sorry about the delay. Could you tell me your account number, please?"


@pytest.fixture(scope="module")
def sure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untaught(tmp_path_factory.mktemp("sure") / "reader.npz")


@pytest.fixture(scope="module")
def reader(sure: Path) -> Reader:
    return Reader(load(sure))


@pytest.fixture(scope="module")
def never(sure: Path) -> Reader:
    return less_sure(load(sure))


@pytest.fixture
def makers() -> Iterator[list[ObserverMaker]]:
    made: list[ObserverMaker] = []
    yield made
    for maker in made:
        maker.close()


LATEST: dict[Reader, ReaderObserver] = {}
"""By what each reader made last, so that a test does not learn anew what the one before had."""


def whole(persona: Persona, reader: Reader) -> ReaderObserver:
    observer = LATEST[reader] = ReaderObserver(persona, reader, LATEST.get(reader))
    observer.learn_rest()
    return observer


def test_matches_have_words_of_the_turn_and_say_that_these_only_ask(reader: Reader) -> None:
    seen = whole(PERSONA, reader).observe(SORRY)
    assert seen.source == "reader"
    assert {match.rule for match in seen.matches} == {one.id for one in PERSONA.rules}
    for match in seen.matches:
        assert match.source == "reader"
        assert match.confidence == 1.0
        assert match.quote in SORRY
        assert match.asked == match.quote.endswith("?")
    question = whole(PERSONA, reader).observe("Did you put the cable into the blue port?")
    assert CABLE.id not in {match.rule for match in decided(PERSONA, question).matches}


def test_facts_and_all_lines_have_a_confidence(reader: Reader) -> None:
    seen = whole(PERSONA, reader).observe(SORRY)
    labels = {"Account number", "It has been dead since Wednesday"}
    assert [fact.label in labels for fact in seen.facts] == [True]
    own = [line for phase in PERSONA.phases for line in phase.lines]
    assert [line.text for line in seen.lines] == own


DETAILS = make_persona(
    facts=(
        ("Full name", "Jo Lee"),
        ("Account number", "40 77"),
        ("Phone number", "555 0100"),
        ("Security word", "the word is Robin"),
        ("Old price", "I paid 45 dollars"),
        ("New price", "it's 79 dollars"),
    )
)


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("What's your security word?", ["Security word"]),
        ("And the old price?", ["Old price"]),
        ("What's the price now?", ["New price"]),
        ("Can I get your name and account number?", ["Full name", "Account number"]),
        ("How are you? Can you hear me?", []),
        ("Is there anything else I can do?", []),
    ],
)
def test_facts_that_are_named_are_what_is_asked_for(
    reader: Reader, said: str, labels: list[str]
) -> None:
    assert [fact.label for fact in whole(DETAILS, reader).observe(said).facts] == labels


def test_facts_named_in_a_row_are_asked_for_whatever_the_reader_thinks(never: Reader) -> None:
    observer = whole(DETAILS, never)
    assert observer.observe("What do you know?").facts == ()
    seen = observer.observe("What's your phone number and the security word?")
    assert [fact.label for fact in seen.facts] == ["Phone number", "Security word"]
    long = "Could you please tell me your account number and the new price that you pay by now?"
    asked = observer.observe(long).facts
    assert [fact.label for fact in asked] == ["Account number", "New price"]


def test_an_apology_that_is_spared_is_none(reader: Reader) -> None:
    def matched(text: str) -> bool:
        return APOLOGY.id in {match.rule for match in whole(PERSONA, reader).observe(text).matches}

    assert matched("I am so sorry.")
    assert not matched("You don't have to be sorry.")


def test_a_threshold_is_what_must_be_reached_to_be_sure(reader: Reader, sure: Path) -> None:
    said = "The plums are whistling over the river again."  # nothing of it is in the word lists
    assert not LexicalObserver(PERSONA).observe(said).matches
    logits = rivalled(whole(PERSONA, reader)._rules.read(reader.turn(said)))[0]
    weights = load(sure)
    kinds: list[Kind] = [one.kind for one in PERSONA.rules]
    thresholds: dict[str, float] = {k: float(z) for k, z in zip(kinds, logits, strict=True)}
    exact = Reader(weights._replace(thresholds=thresholds))
    found = {m.rule: m.confidence for m in whole(PERSONA, exact).observe(said).matches}
    assert found == {one.id: SURE["reader"][one.kind] for one in PERSONA.rules}


def test_what_the_word_lists_find_too_is_surer(
    sure: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By just that much: the threshold stands where the rule was without it."""
    alone = replace(PERSONA, triggers=(), criteria=(), objectives=())
    [logit] = rivalled(whole(alone, reader)._rules.read(reader.turn(SORRY)))[0]
    exact = Reader(load(sure)._replace(thresholds={"deescalation": float(logit)}))

    def confidence() -> float:
        [match] = whole(alone, exact).observe(SORRY).matches
        return match.confidence

    assert [m.rule for m in LexicalObserver(alone).observe(SORRY).matches] == [APOLOGY.id]
    assert confidence() > SURE["reader"]["deescalation"]
    monkeypatch.setattr("agent.reader.observer.LISTED", 0.0)
    assert confidence() == SURE["reader"]["deescalation"]


def test_a_few_words_anger_only_if_the_word_lists_find_so_too(reader: Reader) -> None:
    calm = replace(PERSONA, triggers=(rule("trigger", "Being told to calm down", 2),))
    [trigger] = calm.triggers

    def angers(text: str) -> bool:
        return trigger.id in {match.rule for match in whole(calm, reader).observe(text).matches}

    assert angers("Mhm, yes, go on then, please.")  # these weights find everything
    assert not angers("Mhm, yes, go on.")
    assert angers("Please calm down.")


@pytest.mark.parametrize(
    ("what", "said", "angers"),
    [
        ("Blaming him", "Plenty of us fall for those, you did nothing wrong there.", False),
        ("Blaming him", "Plenty of us fall for those, every single day of the week.", True),
        ("Blaming him", "It isn't your fault, but you should have read the text.", True),
        ("Being put on hold", "Hold on, let me just get my glasses.", False),
        ("Being put on hold", "Hang on, let me write that down for us.", False),
        ("Being put on hold", "I won't put you on hold, I promise you.", False),
        ("Being put on hold", "Hang on while I talk to a colleague of mine.", True),
        ("Being put on hold", "This is my first day, so please bear with me.", False),
        ("Being put on hold", "Hang on, I missed that, what did you say?", False),
        ("Being put on hold without asking", "Could you hold for a minute or two?", False),
        ("Being put on hold without asking", "Hold on, I have to talk to a colleague.", True),
        (
            "Listing many steps at once",
            "We do one small thing, then you tell me what happened, then the next.",
            False,
        ),
    ],
)
def test_what_the_words_deny_or_only_seem_to_do_angers_nobody(
    reader: Reader, what: str, said: str, angers: bool
) -> None:
    trigger = rule("trigger", what, 2)
    observer = whole(make_persona([trigger]), reader)  # these weights find everything
    assert bool(decided(make_persona([trigger]), observer.observe(said)).matches) is angers


@pytest.mark.parametrize(
    ("kind", "what", "said", "counts"),
    [
        ("deescalation", "Understanding his trouble", "Calm down, it happens to us all.", False),
        ("deescalation", "Understanding his trouble", "I see, it happens to us all.", True),
        ("objective", "Asks why he leaves", "Is there anything else you'd like to say?", False),
        ("objective", "Asks why he leaves", "Is it anything that we did to you?", True),
    ],
)
def test_what_scolds_calms_nobody_and_who_asks_for_more_asks_nothing_else(
    reader: Reader, kind: Kind, what: str, said: str, counts: bool
) -> None:
    persona = make_persona([rule(kind, what, -2 if kind == "deescalation" else 0)])
    observer = whole(persona, reader)  # these weights find everything
    assert bool(observer.observe(said).matches) is counts


def test_a_rule_loses_by_the_surest_other_one() -> None:
    logits = np.array([[3.0, 2.0, -4.0], [-2.0, -3.0, -4.0]])
    after = np.array([[3 - 2 * RIVAL, 2 - 3 * RIVAL, -4 - 3 * RIVAL], [-2.0, -3.0, -4.0]])
    after[1] -= RIVAL * FAINT
    assert np.allclose(rivalled(logits), after)
    assert np.allclose(rivalled(np.array([1.5])), 1.5 - RIVAL * FAINT)


def test_until_lines_are_learnt_word_lists_tell_what_is_asked_for(reader: Reader) -> None:
    observer = ReaderObserver(PERSONA, reader)
    early = observer.observe(SORRY)
    assert early.facts == LexicalObserver(PERSONA).observe(SORRY).facts != ()
    assert early.lines == ()
    assert early.matches
    observer.learn_rest()
    assert observer.observe(SORRY).lines


def test_an_edit_costs_what_it_changes(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    before = whole(PERSONA, reader)
    learnt: list[str] = []
    numbers = reader._numbers

    def noted(texts: Sequence[str]) -> list[int]:
        learnt.extend(texts)
        return numbers(texts)

    monkeypatch.setattr(reader, "_numbers", noted)
    other = rule("objective", "Asks for a new one")
    edited = replace(PERSONA, objectives=(other,))
    after = ReaderObserver(edited, reader, before)
    after.learn_rest()
    assert [text.partition(": ")[2] for text in learnt] == [other.text]
    fresh = whole(edited, reader)
    assert after.observe(SORRY) == fresh.observe(SORRY)


def test_examples_decide_also_where_the_reader_is_sure_or_sees_nothing(
    reader: Reader, never: Reader
) -> None:
    said = "I feel awful about how that went."
    like = replace(APOLOGY, like=(said,))
    unlike = replace(APOLOGY, unlike=(said,))
    for one, expected in ((reader, (True, False, True)), (never, (True, False, False))):
        for what, counts in zip((like, unlike, APOLOGY), expected, strict=True):
            persona = make_persona([what])
            seen = decided(persona, whole(persona, one).observe(said))
            assert bool(seen.matches) is counts, what
    other = "We should have rung you before noon."
    both = make_persona([replace(APOLOGY, unlike=(said, other))])
    assert not decided(both, whole(both, reader).observe(f"{other} {said}")).matches


def test_words_that_are_near_to_an_example_count(never: Reader) -> None:
    """Numbers by chance tell nearness by the words that two sentences share."""
    what = replace(rule("objective", "Zzyzx"), like=("I feel awful about how that went for you.",))
    persona = make_persona([what])
    observer = whole(persona, never)
    near = "about how it went for you I am so sorry and do feel awful"
    by_words = decided(persona, LexicalObserver(persona).observe(near))
    assert not by_words.matches
    (match,) = decided(persona, observer.observe(near)).matches
    assert (match.rule, match.source) == (what.id, "example")
    assert not decided(persona, observer.observe("I do not feel awful about how it went.")).matches


def test_of_a_few_words_nearness_of_meaning_is_not_told(never: Reader) -> None:
    """The words are the example's own in another order, so that they are as near as can be."""
    few = replace(rule("trigger", "Zzyzx", 2), like=("Hold the line.",))
    many = replace(rule("trigger", "Zzyzx", 2), like=("Hold the line for me now.",))

    def angers(one: Rule, said: str) -> bool:
        return bool(whole(make_persona([one]), never).observe(said).matches)

    assert not angers(few, "The line hold.")
    assert not angers(many, "The line.")
    assert angers(many, "Now for me the line hold.")


def test_whether_there_is_anything_else_has_usual_words(reader: Reader) -> None:
    """These weights find everything in everything."""
    more = rule("objective", "Asks if there is anything else")
    observer = whole(make_persona([more]), reader)
    assert not observer.observe("What did the thing set you back?").matches
    assert observer.observe("Is there anything else I can do?").matches


ASKED = replace(
    DETAILS,
    facts=(
        *(
            replace(f, asked=("Could you tell me about how that one went for you?",))
            for f in DETAILS.facts[:1]
        ),
        *(replace(f, asked=("Which one do I call you back on?",)) for f in DETAILS.facts[1:2]),
        *DETAILS.facts[2:],
    ),
)


def test_a_question_of_the_author_s_decides_whatever_the_reader_thinks(
    reader: Reader, never: Reader
) -> None:
    said = "Could you tell me about how that one went for you? And your phone number, please?"
    for one in (reader, never):
        seen = whole(ASKED, one).observe(said)
        assert seen.facts[0] == AskedFact("Full name", 1.0, "example")
        assert [fact.label for fact in seen.facts[1:]] in ([], ["Phone number"])
        turn = "Which one do I call you back on?"
        assert [fact.label for fact in whole(ASKED, one).observe(turn).facts] == ["Account number"]


def test_a_question_near_to_the_author_s_is_for_that_fact_and_not_for_another(sure: Path) -> None:
    """Numbers by chance tell nearness by the words that two sentences share."""
    weak = less_sure(load(sure), 0.0)
    said = "about how it went for you could you tell me that one?"
    asked = ("Could you tell me about how that one went for you?",)
    first = replace(DETAILS.facts[0], label="Colour")
    plain = replace(DETAILS, facts=(first, *DETAILS.facts[1:]))
    taught_one = replace(first, asked=asked)
    taught = replace(plain, facts=(taught_one, *plain.facts[1:]))
    found = [[f.label for f in whole(one, weak).observe(said).facts] for one in (plain, taught)]
    assert found == [["New price"], ["Colour"]]


@pytest.mark.parametrize(
    "said",
    [
        "I am sorry. " * 420,
        "so sorry about that and " * 210,
        "x" * 5_000,
        "👍" * 2_000,
        "ขอโทษค่ะ",
        "Ich bitte um Entschuldigung für die Verspätung, größte Mühe.",
        "",
        "   ",
        "a",
        "ok 👍 ขอบคุณ",
        "\x00\ud800 broken",
    ],
    ids=lambda said: said[:12].encode("ascii", "replace").decode(),
)
def test_any_turn_can_be_read(reader: Reader, said: str) -> None:
    observer = whole(PERSONA, reader)
    for match in observer.observe(said).matches:
        assert match.quote in said
    turn = reader.turn(said)
    assert len(turn.passes) <= PASSES
    assert all(len(one.x) <= MOST for one in turn.passes)


def test_what_has_no_latin_letters_is_left_to_the_word_lists(reader: Reader) -> None:
    said = "ขอโทษค่ะ"
    assert whole(PERSONA, reader).observe(said) == LexicalObserver(PERSONA).observe(said)


def test_odd_personas_can_be_learnt(reader: Reader) -> None:
    twice = [rule("trigger", "Same words"), rule("objective", "Same words")]
    odd = [rule("trigger", "x"), rule("criterion", "ขอโทษ"), rule("objective", "👍")]
    many = [rule("objective", f"Says number {n}") for n in range(200)]
    for rules in (twice, odd, many, []):
        persona = make_persona(rules)
        seen = whole(persona, reader).observe(SORRY)
        assert {match.rule for match in seen.matches} == {one.id for one in persona.rules}


def test_many_threads_read_the_same(reader: Reader) -> None:
    """More personas than are kept prepared, so that each thread has those of others away."""
    personas = [
        make_persona([rule("trigger", f"Number {n}"), APOLOGY], slug=f"p{n}")
        for n in range(PREPARED + 2)
    ]
    observers = [whole(persona, reader) for persona in personas]
    wanted = [observer.observe(SORRY) for observer in observers]
    numbers, wrong = count(), []

    def work() -> None:
        for number in range(PREPARED):
            place = (number * 7 + next(numbers)) % len(observers)
            if observers[place]._look(SORRY) != wanted[place]:
                wrong.append(place)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_many_examples_are_encoded_a_few_at_a_time(reader: Reader) -> None:
    """All at once these take 60 MB, and more of them or longer ones more."""
    texts = ["Sorry.", *(f"I am so sorry about {'that ' * (n % 3)}number {n}" for n in range(150))]
    tracemalloc.start()
    try:
        found = reader.vectors(texts)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 20_000_000
    for place in (0, 1, 2, 150):
        assert np.allclose(found[place], reader.vectors([texts[place]])[0], atol=1e-4)


def test_without_weights_the_word_lists_go_on_and_it_is_said(
    tmp_path: Path, makers: list[ObserverMaker], caplog: pytest.LogCaptureFixture
) -> None:
    maker = ObserverMaker(tmp_path / "reader.npz")
    makers.append(maker)
    assert isinstance(maker(PERSONA), LexicalObserver)
    assert "reader.npz cannot be read" in maker.problem
    assert "git checkout" in maker.problem
    assert "word lists stand in" in caplog.text


@pytest.mark.parametrize("harm", ["cut", "changed", "no sum", "empty", "a text", "not a reader"])
def test_damaged_weights_are_not_used(
    tmp_path: Path, sure: Path, makers: list[ObserverMaker], harm: str
) -> None:
    file = tmp_path / "reader.npz"
    raw = bytearray(sure.read_bytes())
    raw[len(raw) // 2] ^= harm == "changed"
    file.write_bytes(raw[: len(raw) // 2] if harm == "cut" else raw)
    if harm in ("empty", "a text"):
        file.write_bytes(b"" if harm == "empty" else b"version https://git-lfs.example/spec/v1")
        file.with_suffix(".sha256").write_text(sha256(file.read_bytes()).hexdigest())
    elif harm == "not a reader":
        np.savez(file, words=np.zeros(3))
        file.with_suffix(".sha256").write_text(sha256(file.read_bytes()).hexdigest())
    elif harm != "no sum":
        file.with_suffix(".sha256").write_text(sure.with_suffix(".sha256").read_text())
    maker = ObserverMaker(file)
    makers.append(maker)
    assert isinstance(maker(PERSONA), LexicalObserver)
    assert "git checkout" in maker.problem


BARE = dict.fromkeys(KINDS, 0.5)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "cannot be read"),
        (b"", "no JSON"),
        (b'{"trigger": 1.2', "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "it needs trigger, deescalation, criterion, objective, fact, line"),
        (json.dumps(BARE | {"trigger": "high"}).encode(), "its trigger is no logit"),
        (json.dumps(BARE | {"line": True}).encode(), "its line is no logit"),
        (json.dumps(BARE | {"fact": float("nan")}).encode(), "its fact is no logit"),
        (json.dumps(BARE | {"fact": 10**400}).encode(), "its fact is no logit"),
        (json.dumps({"trigger": 0.5}).encode(), "nothing else"),
        (json.dumps(BARE | {"rule": 0.5}).encode(), "nothing else"),
    ],
)
def test_without_whole_thresholds_the_word_lists_go_on(
    tmp_path: Path, makers: list[ObserverMaker], held: bytes | None, said: str
) -> None:
    file = save_untaught(tmp_path / "reader.npz")
    beside = tmp_path / THRESHOLDS
    beside.unlink() if held is None else beside.write_bytes(held)
    maker = ObserverMaker(file)
    makers.append(maker)
    assert isinstance(maker(PERSONA), LexicalObserver)
    assert said in maker.problem
    assert maker.problem.startswith("thresholds.json")
    assert "git checkout" in maker.problem


def test_thresholds_can_be_set_anew_without_another_version_of_the_weights(tmp_path: Path) -> None:
    file = save_untaught(tmp_path / "reader.npz")
    before = file.read_bytes()
    save_thresholds(file, BARE)
    assert load(file).thresholds == BARE
    assert file.read_bytes() == before


def test_each_language_has_its_observer(sure: Path, makers: list[ObserverMaker]) -> None:
    maker = ObserverMaker(sure)
    makers.append(maker)
    assert isinstance(maker(PERSONA), ReaderObserver)
    assert isinstance(maker(replace(PERSONA, language="th-TH")), LexicalObserver)
    unwanted = ObserverMaker(sure, wanted=False)
    makers.append(unwanted)
    assert isinstance(unwanted(PERSONA), LexicalObserver)
    assert not unwanted.problem
