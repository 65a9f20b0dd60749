"""What is tried after an engine has failed."""

from agent.providers.line_failure import LineFailure, explain, no_answer
from agent.worker.recovery import PAUSES, Attempt, Recovery

PASSING = explain("Gemini Live", "rate limit")
LASTING = explain("Gemini Live", "invalid api key")


def attempts(recovery: Recovery, failure: LineFailure) -> list[Attempt]:
    """All attempts while the same failure comes again and again."""
    made: list[Attempt] = []
    while (attempt := recovery.after(failure)) is not None:
        made.append(attempt)
        assert len(made) < 20
    return made


def test_what_may_pass_is_tried_three_times_with_growing_pauses_then_offline() -> None:
    made = attempts(Recovery("gemini", "offline"), PASSING)
    assert [each.engine for each in made] == ["gemini"] * 3 + ["offline"] + ["offline"] * 3
    assert [each.pause for each in made] == [*PAUSES, 0.0, *PAUSES]
    assert list(PAUSES) == sorted(PAUSES)


def test_a_silent_provider_keeps_the_trainee_waiting_only_twice() -> None:
    silent = no_answer("Gemini Live", 10.0)
    made = attempts(Recovery("gemini", "offline"), silent)
    assert [each.engine for each in made] == ["gemini", "offline", *["offline"] * 3]
    assert [each.engine for each in attempts(Recovery("gemini", ""), silent)] == ["gemini"] * 3


def test_what_lasts_is_not_tried_again() -> None:
    assert attempts(Recovery("gemini", "offline"), LASTING) == [Attempt("offline", 0.0)]


def test_without_leave_to_go_offline_the_call_is_over_then() -> None:
    assert [each.engine for each in attempts(Recovery("gemini", ""), PASSING)] == ["gemini"] * 3
    assert attempts(Recovery("gemini", ""), LASTING) == []


def test_the_offline_engine_has_nothing_to_fall_back_to() -> None:
    assert attempts(Recovery("offline", "offline"), LASTING) == []
    assert [each.engine for each in attempts(Recovery("offline", "offline"), PASSING)] == [
        "offline"
    ] * 3


def test_a_line_that_was_spoken_gives_new_attempts() -> None:
    recovery = Recovery("gemini", "")
    for _ in range(5):
        assert recovery.after(PASSING) == Attempt("gemini", PAUSES[0])
        recovery.worked()
    assert len(attempts(recovery, PASSING)) == 3


def test_a_failure_that_lasts_ends_attempts_under_way() -> None:
    recovery = Recovery("gemini", "offline")
    recovery.after(PASSING)
    assert recovery.after(LASTING) == Attempt("offline", 0.0)
