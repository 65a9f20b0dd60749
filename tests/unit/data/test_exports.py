"""Exports, as a trainer would open them."""

import json
from dataclasses import replace

from data.calls import CallRecord
from data.exports import as_json, as_text, as_vtt
from data.journal import Mood
from data.records import CallEnd, Edit, Hint, Latency, Turn
from tests.support.record_writer import head

CARD = {
    "score": 60,
    "passed": False,
    "objectives": [
        {
            "id": "o-1",
            "text": "Apologises",
            "weight": 2,
            "shown": True,
            "evidence": [{"turn": 1, "quote": "so sorry"}],
        },
        {"id": "o-2", "text": "Names a time", "weight": 1, "shown": False, "evidence": []},
    ],
}

RECORD = CallRecord(
    start=head("0" * 16, started=1_795_000_000.0),
    persona_text="# Persona: Sarah Thompson\n- Account: TC-88213\n",
    turns=(
        Turn(0, "persona", "What is <this>\nnow?", 1.25, phase="opening", intensity=8),
        Turn(
            1, "trainee", "I am so sorry & will help.", 4.0, "typed",
            phase="deescalation", intensity=6, matched=("d-1",), quotes=("so sorry",),
            cause="-2: a sincere apology",
        ),
        Turn(2, "persona", "ก็ได้ค่ะ", 9.5, interrupted=True),
    ),
    edits=(Edit("v2", "applied", "", 2, 8.0), Edit("v3", "refused", "no name", 3, 10.0)),
    latencies=(Latency(2, 0.64),),
    hints=(Hint("coach-7", "Name a time.", 9.0, 2),),
    moods=(Mood(4.0, "deescalation", 6, "-2: a sincere apology"),),
    end=CallEnd(1_795_000_075.0, "ended"),
    scorecard=CARD,
)  # fmt: skip

TEXT = """\
Billing Dispute: a call with Sarah Thompson

Trainee:  trainee
Started:  2026-11-18 11:06 UTC
Length:   01:15
End:      Ended by the trainee
Persona:  sarah-thompson, version v1, th-TH
Engine:   offline

TRANSCRIPT
[00:01] Sarah Thompson: What is <this> now?
[00:04] Trainee (typed): I am so sorry & will help.
        -2: a sincere apology -> intensity 6/10, calming down
        * persona version v2: applied
        * hint from a coach, which only the trainee read: Name a time.
[00:09] Sarah Thompson (cut off, after 0.64 s): ก็ได้ค่ะ
        * persona version v3: refused (no name)

SCORECARD
60 of 100, not passed
[x] Apologises (weight 2)
    [00:04] "so sorry"
[ ] Names a time (weight 1)

NEXT TIME
- Say when it will be done.
"""

VTT = """\
WEBVTT

1
00:00:01.250 --> 00:00:04.000
<v Sarah Thompson>What is &lt;this&gt; now?

2
00:00:04.000 --> 00:00:09.500
<v Trainee>I am so sorry &amp; will help.

3
00:00:09.500 --> 00:00:11.500
<v Sarah Thompson>ก็ได้ค่ะ
"""


def test_text() -> None:
    assert as_text(RECORD, advice=["Say when it will be done."]) == TEXT
    assert "NEXT TIME" not in as_text(RECORD)


def test_vtt() -> None:
    assert as_vtt(RECORD) == VTT


def test_vtt_turns_at_one_moment_still_have_a_length_and_no_arrow() -> None:
    turns = (Turn(0, "persona", "a --> b", 3700.0), Turn(1, "trainee", "c", 3700.0))
    text = as_vtt(CallRecord(head("0" * 16), turns=turns))
    assert "01:01:40.000 --> 01:01:40.500\n<v Sarah Thompson>a --&gt; b" in text


def cues(*turns: Turn) -> list[tuple[str, ...]]:
    """Number, time and lines of each cue."""
    text = as_vtt(CallRecord(head("0" * 16), turns=turns))
    return [tuple(cue.splitlines()) for cue in text.strip().split("\n\n")[1:]]


def test_vtt_shows_each_turn_while_it_sounds() -> None:
    assert cues(
        Turn(0, "persona", "Hello?", 1.25, end=2.5),
        Turn(1, "trainee", "Hi.", 4.0, end=4.1),
        Turn(2, "persona", "No", 6.0, interrupted=True, end=7.125),
        Turn(3, "trainee", "Sorry.", 9.0, "typed", end=9.0),
        Turn(4, "persona", "Well.", 10.0, end=11.0),
    ) == [
        ("1", "00:00:01.250 --> 00:00:02.500", "<v Sarah Thompson>Hello?"),
        ("2", "00:00:04.000 --> 00:00:04.500", "<v Trainee>Hi."),
        ("3", "00:00:06.000 --> 00:00:07.125", "<v Sarah Thompson>No"),
        ("4", "00:00:09.000 --> 00:00:10.000", "<v Trainee>Sorry."),
        ("5", "00:00:10.000 --> 00:00:11.000", "<v Sarah Thompson>Well."),
    ]


def test_vtt_shows_who_speak_at_once_together_and_no_cue_overlaps_another() -> None:
    assert cues(
        Turn(0, "persona", "Where is it?", 1.0, interrupted=True, end=5.0),
        Turn(1, "trainee", "Wait.", 3.0, end=6.0),
        Turn(2, "persona", "No.", 5.8, end=8.0),
    ) == [
        ("1", "00:00:01.000 --> 00:00:03.000", "<v Sarah Thompson>Where is it?"),
        (
            "1 2", "00:00:03.000 --> 00:00:05.000",
            "<v Sarah Thompson>Where is it?", "<v Trainee>Wait.",
        ),
        ("2", "00:00:05.000 --> 00:00:05.800", "<v Trainee>Wait."),
        ("3", "00:00:05.800 --> 00:00:08.000", "<v Sarah Thompson>No."),
    ]  # fmt: skip


def test_vtt_is_in_the_order_of_time() -> None:
    """A trainee's turn is recorded before the line that it broke into is over, or after it."""
    found = cues(
        Turn(0, "trainee", "Wait.", 3.0, end=4.0), Turn(1, "persona", "Where is it?", 1.0, end=3.1)
    )
    assert [cue[0] for cue in found] == ["2", "1"]


def test_a_record_of_a_model_that_replied_before_its_words_came_has_the_time_at_the_answer() -> (
    None
):
    turns = (Turn(0, "trainee", "Hi.", 1.0, end=2.0), Turn(1, "persona", "No.", 3.0, end=4.0))
    record = CallRecord(head("0" * 16), turns=turns, latencies=(Latency(0, 0.7), Latency(1, 9.0)))
    exported = as_json(record)
    assert [turn["latency"] for turn in exported["turns"]] == [None, 0.7]
    assert [(turn["begin"], turn["end"]) for turn in exported["turns"]] == [(1.0, 2.0), (3.0, 4.0)]
    assert "[00:03] Sarah Thompson (after 0.70 s): No." in as_text(record)


def test_json_has_all_but_the_persona() -> None:
    exported = json.loads(json.dumps(as_json(RECORD)))
    assert exported["call"] == "0" * 16
    assert (exported["reason"], exported["duration"]) == ("ended", 75.0)
    assert exported["turns"][1]["matched"] == ["d-1"]
    assert exported["turns"][2]["latency"] == 0.64
    assert exported["moods"][0]["cause"] == "-2: a sincere apology"
    assert [edit["outcome"] for edit in exported["edits"]] == ["applied", "refused"]
    assert exported["hints"] == [
        {"author": "coach-7", "text": "Name a time.", "at": 9.0, "turn": 2}
    ]
    assert exported["scorecard"] == CARD
    assert "TC-88213" not in json.dumps(exported)


def test_who_whispered_is_not_for_everybody() -> None:
    assert as_json(RECORD, inside=False)["hints"][0]["author"] == ""
    assert "coach-7" not in json.dumps(as_json(RECORD, inside=False)) + as_text(RECORD)


def test_a_live_call_without_a_word_exports_too() -> None:
    record = CallRecord(head("0" * 16))
    assert "(nothing was said)" in as_text(record)
    assert "End:      not yet" in as_text(record)
    assert as_vtt(record) == "WEBVTT\n"
    assert as_json(record)["ended"] is None


def test_what_a_turn_was_only_perhaps_read_as_is_not_the_trainees_to_know() -> None:
    turn = replace(RECORD.turns[1], unsure=("t-1",), unsure_quotes=("help",), asked=("Account",))
    record = replace(RECORD, turns=(turn,))
    (whole,), (told,) = (as_json(record, inside=inside)["turns"] for inside in (True, False))
    assert (whole["unsure"], whole["asked"]) == (("t-1",), ("Account",))
    assert (told["unsure"], told["unsure_quotes"], told["asked"]) == ((), (), ())
    assert told["matched"] == ("d-1",)


def test_what_decided_the_call_stands_with_the_score() -> None:
    lines = as_text(RECORD, why="The customer was content, though.").splitlines()
    assert lines[lines.index("60 of 100, not passed") + 1] == "The customer was content, though."


def test_the_text_says_whether_live_hints_were_on() -> None:
    start = replace(RECORD.start, live_hints=True)
    assert "\nHelp:     live hints were on\n" in as_text(replace(RECORD, start=start))
    assert "Help:" not in as_text(RECORD)
    assert as_json(replace(RECORD, start=start))["live_hints"] is True
