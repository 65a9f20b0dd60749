"""What the recogniser expects to hear."""

import math
import os
import shutil
from pathlib import Path

import pocketsphinx
import pytest

from agent.speech import vocabulary
from agent.speech.general import likely, pairs_of
from agent.speech.grams import END, START, Gram, Grams
from agent.speech.pronounce import as_text, dictionary, phones_of
from agent.speech.vocabulary import build, locate, own_words, phrases
from agent.speech.wordings import WORDINGS, played
from tests.support.personas import make_persona, rule


def read_arpa(text: str) -> tuple[dict[Gram, float], dict[Gram, float]]:
    """Probabilities and back-off weights of all n-grams."""
    chances: dict[Gram, float] = {}
    backs: dict[Gram, float] = {}
    size = 0
    for line in text.splitlines():
        if line.endswith("-grams:"):
            size = int(line[1])
        elif size and line and not line.startswith("\\"):
            chance, *rest = line.split(" ")
            gram = tuple(rest[:size])
            chances[gram] = 10 ** float(chance)
            backs[gram] = 10 ** float(rest[size]) if len(rest) > size else 1.0
    return chances, backs


def chance(model: tuple[dict[Gram, float], dict[Gram, float]], gram: Gram) -> float:
    """As a decoder reads the file."""
    chances, backs = model
    if gram in chances or len(gram) == 1:
        return chances.get(gram, 0.0)
    return backs.get(gram[:-1], 1.0) * chance(model, gram[1:])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first vocabulary of a folder keeps for the others: making it takes seconds."""
    folder = tmp_path_factory.mktemp("pairs")
    build(folder, [])
    (kept,) = folder.glob("*.json")
    return kept


@pytest.fixture
def folder(pairs: Path, tmp_path: Path) -> Path:
    """A folder without vocabularies in which one has been made before."""
    shutil.copy(pairs, tmp_path)
    return tmp_path


@pytest.fixture
def model() -> tuple[dict[Gram, float], dict[Gram, float]]:
    grams = Grams()
    grams.add(["i", "am", "sorry"])
    grams.add(["i", "am", "here"], 0.5)
    grams.add(["you", "are", "here"])
    return read_arpa(grams.arpa({"i": 1.0, "other": 1.0}))


@pytest.mark.parametrize("history", [(), ("i",), ("i", "am"), (START, "i"), ("are", "am")])
def test_what_may_follow_any_history_adds_up_to_one(
    model: tuple[dict[Gram, float], dict[Gram, float]], history: Gram
) -> None:
    words = [gram[0] for gram in model[0] if len(gram) == 1 and gram != (START,)]
    assert END in words
    total = sum(chance(model, (*history, word)) for word in words)
    assert math.isclose(total, 1.0, abs_tol=0.01)


def test_what_was_counted_is_likelier(
    model: tuple[dict[Gram, float], dict[Gram, float]],
) -> None:
    assert chance(model, ("i", "am", "sorry")) > chance(model, ("i", "am", "here"))
    assert chance(model, ("i", "am", "here")) > chance(model, ("i", "am", "other")) > 0


def test_wordings_are_played_through_every_choice() -> None:
    lines = ["# words", "$day = monday | friday", "(see|call) you [again] on $day"]
    said = {" ".join(words) for words in played(lines, 40)}
    assert len(said) == 8
    assert "call you on friday" in said
    assert played(lines, 5) == played(lines, 5)


@pytest.mark.parametrize("line", ["(a|b", "a)", "[a", "$nobody calls"])
def test_a_broken_wording_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"no |beginning|end"):
        played([line], 1)


def test_pairs_of_english_at_large_are_those_that_people_say() -> None:
    pairs = likely(["thank", "quuxomat"], ["you", "thank", "quuxomat"])
    assert pairs["thank", "you"] > 0.5
    assert 0 < pairs[START, "thank"] < pairs["thank", "you"]
    assert not [pair for pair in pairs if "quuxomat" in pair]


def test_pairs_are_kept_and_made_again_when_their_file_is_broken(tmp_path: Path) -> None:
    words = ["thank", "you", "very", "much"]
    pairs = pairs_of(words, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text(kept.read_text().replace("thank", "thanks"))
    assert ("thanks", "you") in pairs_of(words, tmp_path)
    kept.write_text("{")
    assert pairs_of(words, tmp_path) == pairs
    for count in range(1, 4):
        pairs_of(words[:count], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_pair_that_no_phrase_has_is_likelier_when_english_has_it(folder: Path) -> None:
    place = build(folder, ["The zebra sleeps."])
    scale = pocketsphinx.LogMath()
    model = pocketsphinx.NGramModel(pocketsphinx.Config(lm=None), scale, str(place.model))
    assert scale.exp(model.prob(["zebra", "a"])) > 3 * scale.exp(model.prob(["zebra", "thank"]))


def test_the_lists_that_we_ship_can_be_read() -> None:
    assert len(phrases()) > 500
    assert len(played(WORDINGS.read_text(encoding="utf-8").splitlines(), 2)) >= 2 * 90


def test_pronunciations_come_from_the_dictionary_or_by_ear() -> None:
    found = dictionary({"account", "nordlink", "???", "uh-huh"}, vocabulary._espeak().phonemes)
    assert found["account"] == ["AH K AW N T"]
    assert found["nordlink"] == ["N AO R D L IH NG K"]
    assert "uh-huh" in found
    assert as_text({"a": ["AH", "EY"]}) == "a AH\na(2) EY\n"
    assert phones_of("") == ""


def test_a_vocabulary_has_the_personas_words_and_is_made_once(folder: Path) -> None:
    persona = make_persona(
        [rule("trigger", "Mentions the Nordlink", 1, "Not that Quuxomat again.")],
        facts=(("Account", "TC-88"),),
    )
    own = own_words(persona)
    place = build(folder, own)
    assert place == locate(folder, own)
    assert place.ready
    assert "quuxomat " in place.dictionary.read_text()
    assert b"nordlink" in place.model.read_bytes()
    written = place.model.stat().st_mtime_ns
    assert build(folder, own).model.stat().st_mtime_ns == written
    assert locate(folder, [*own, "more"]) != place
    assert {path.suffix for path in folder.iterdir()} == {".lm", ".dict", ".json"}


def test_old_vocabularies_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_KEPT", 2)
    made = [build(folder, [text]) for text in ("one", "two", "three")]
    assert [place.ready for place in made] == [False, True, True]
    os.utime(made[1].model, (1, 1))
    os.utime(made[2].model, (0, 0))
    made[2].wanted()
    build(folder, ["four"])
    assert [place.ready for place in made] == [False, False, True]


def test_what_all_personas_share_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call listens by it until its own words are there."""
    monkeypatch.setattr(vocabulary, "_KEPT", 1)
    shared, *_ = [build(folder, own) for own in ([], ["one"], ["two"])]
    assert shared.ready
