"""What the newest results of scripts are, and what they say in words."""

from collections.abc import Sequence

import pytest

from agent.lab.results import Result, latest, newest, summary
from data.lab_runs import LabRun, Miss
from personas.script_parse import parse_script


def run(
    script: str = "is-rude",
    *,
    id: str = "",
    batch: str = "b",
    version: str = "aaaa",
    engine: str = "offline",
    by: str = "the offline actor",
    started: float = 1.0,
    repeat: int = 0,
    score: int | None = 80,
    resolved: bool = True,
    moods: tuple[int, ...] = (7, 7, 4),
    lines: Sequence[int] = (),
    failure: str = "",
) -> LabRun:
    """A run that misses what these lines of the script expect."""
    return LabRun(
        id or f"{batch}{script}{repeat}",
        batch,
        "ann-lee",
        version,
        script,
        engine,
        by,
        started,
        repeat=repeat,
        passed=not lines and not failure,
        resolved=resolved,
        score=score,
        moods=moods,
        misses=tuple(Miss(line, "resolved", "not accepted") for line in lines),
        failure=failure,
    )


def test_of_each_script_version_and_engine_only_the_newest_batch_counts() -> None:
    new, again = run(batch="2", started=3.0), run(batch="2", started=3.5, repeat=1)
    found = newest(
        [
            again,
            new,
            run(version="bbbb", started=2.5),
            run(engine="gemini", started=2.0),
            run(batch="1", started=1.0),
        ]
    )
    assert found["ann-lee", "is-rude", "aaaa", "offline"].runs == (new, again)
    assert len(found) == 3


def test_the_latest_result_of_a_script_is_by_whichever_version() -> None:
    found = newest([run(version="bbbb", started=5.0), run(version="aaaa", started=4.0)])
    result = latest(found, "ann-lee", "is-rude", "offline")
    assert result is not None
    assert result.first.version == "bbbb"
    assert latest(found, "ann-lee", "is-rude", "gemini") is None
    assert latest(found, "bo-ken", "is-rude", "offline") is None


def test_all_repeats_must_pass_and_their_spread_is_told() -> None:
    result = Result(
        (run(score=60, lines=(12,)), run(repeat=1, score=90), run(repeat=2, resolved=False))
    )
    assert (result.passes, result.passed) == (2, False)
    assert result.score == "score 60-90"
    assert result.resolved == "solved in 2 of 3"
    assert result.courses == ("7→4",)
    assert [(miss.line, often) for miss, often in result.misses] == [(12, 1)]


def test_misses_stand_once_and_in_the_order_of_the_script() -> None:
    result = Result((run(lines=(12, 3)), run(repeat=1, lines=(12,))))
    assert [(miss.line, often) for miss, often in result.misses] == [(3, 1), (12, 2)]


@pytest.mark.parametrize(
    ("failures", "broken"), [(("no quota",), "no quota"), (("no quota", ""), ""), (("",), "")]
)
def test_a_result_is_broken_off_when_no_run_came_to_its_end(
    failures: tuple[str, ...], broken: str
) -> None:
    runs = tuple(run(repeat=at, failure=failure) for at, failure in enumerate(failures))
    assert Result(runs).broken == broken


@pytest.mark.parametrize(
    ("by", "stand_in"), [("gpt-5 in place of Gemini", "gpt-5"), ("gpt-5", ""), ("", "")]
)
def test_who_spoke_in_place_of_an_engine(by: str, stand_in: str) -> None:
    assert Result((run(by=by),)).stand_in == stand_in


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({}, "No script was played."),
        ({"a": ()}, "The script passes."),
        ({"a": (), "b": ()}, "All 2 scripts pass."),
        ({"a": (3,)}, "0 of 1 script passes; “a” left its expectation at line 3: not accepted."),
        (
            {"a": (), "b": (12, 14)},
            "1 of 2 scripts pass; “b” left its expectation at line 12: not accepted.",
        ),
        (
            {"a": (1,), "b": (2,), "c": (3,), "d": (4,)},
            "0 of 4 scripts pass; “a” left its expectation at line 1: not accepted; “b” left its "
            "expectation at line 2: not accepted; 2 more do not.",
        ),
    ],
)
def test_the_sum_names_the_first_that_missed(lines: dict[str, tuple[int, ...]], words: str) -> None:
    assert summary([Result((run(name, lines=missed),)) for name, missed in lines.items()]) == words


def test_a_script_with_an_error_cannot_pass() -> None:
    wrong = parse_script("1. Hi\n- expect: nonsense\n", None, "b")
    why = "“b” has an error in line 2: 'nonsense' is not understood; an expectation is one of:"
    for results, head in (
        ([Result((run("a"),))], "1 of 2 scripts pass"),
        ([], "0 of 1 script passes"),
    ):
        words = summary(results, [wrong])
        assert words.startswith(f"{head}; {why}")
        assert words.endswith(" ….")


def test_the_sum_says_what_was_not_played_to_its_end() -> None:
    assert summary([Result((run("a", lines=(1,), failure="stopped"),))]) == (
        "0 of 1 script passes; “a” was not played to its end."
    )
