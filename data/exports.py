"""A finished call as files to take away: JSON, plain text, and WebVTT captions."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise, zip_longest
from math import inf
from typing import Any

from data.endings import how_it_ended
from data.journal import CallRecord
from data.phases import phase_word
from data.records import CallEnd, CallStart, Edit, EngineUse, Hint, Turn

_GLANCE = 0.5
"""Seconds for which a cue is shown at least, and the longest overlap of voices that is none."""
_NOT_INSIDE = {
    "direction": "",
    "observer": "",
    "stand_in": "",
    **dict.fromkeys(("confidences", "unsure", "unsure_quotes", "unsure_confidences", "asked"), ()),
}


def file_name(record: CallRecord, ending: str) -> str:
    """What a file of the call is called where it is kept: with whom and when, in this machine's
    time."""
    begun = datetime.fromtimestamp(record.start.started).astimezone()
    return f"{record.start.persona}-{begun:%Y-%m-%d-%H%M}.{ending}"


def as_json(
    record: CallRecord,
    *,
    inside: bool = True,
    cost: Mapping[str, Any] | None = None,
    lesson: Mapping[str, Any] | None = None,
    coach: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything of the call but the persona's text, which is not the trainee's to read.

    Neither is what is ``inside``: the stage directions, which name what the customer waits for,
    who judged the turns and how surely, who whispered a hint, and what the models did. ``cost`` is
    an estimate, ``lesson`` what the call teaches, ``coach`` what coaches made of its score.
    """
    end = record.end.to_json() if record.end else {"ended": None, "reason": "", "resolved": False}
    return {
        **record.start.to_json(),
        **end,
        "duration": round(record.duration, 3),
        "turns": [_turn_json(record, turn, inside) for turn in record.turns],
        "engines": [use.to_json() for use in record.engines],
        **({"usage": [use.to_json() for use in record.usage]} if inside else {}),
        **({"cost": dict(cost)} if cost is not None else {}),
        "edits": [edit.to_json() for edit in record.edits],
        "hints": [_hint_json(hint, inside) for hint in record.hints],
        "moods": [mood._asdict() for mood in record.moods],
        "scorecard": record.scorecard,
        **({"coach": dict(coach)} if coach is not None else {}),
        **({"lesson": dict(lesson)} if lesson is not None else {}),
    }


def as_text(
    record: CallRecord,
    *,
    cost: str = "",
    why: str = "",
    advice: Sequence[str] = (),
    coach: Sequence[str] = (),
) -> str:
    """The call to read or to print; ``cost`` is an estimate in words, ``why`` a sentence on what
    decided the call, ``advice`` what to do next time, ``coach`` what coaches said of it."""
    parts = [_head(record, cost), "TRANSCRIPT", *_transcript(record)]
    if not record.turns:
        parts.append("(nothing was said)")
    if record.scorecard:
        parts += ["", "SCORECARD", *_scorecard(record, record.scorecard, why)]
    if coach:
        parts += ["", "COACH", *coach]
    if advice:
        parts += ["", "NEXT TIME", *(f"- {words}" for words in advice)]
    return "\n".join(parts) + "\n"


def as_vtt(record: CallRecord) -> str:
    """The transcript as captions, each shown while it sounds; without what was said in an earlier
    call, which nobody hears in this one.

    What sounds at the same time stands in one cue, line by line: cues that overlap are garbled by
    many players.
    """
    cues = ["WEBVTT"]
    for begin, end, turns in _shown([turn for turn in record.turns if not turn.replayed]):
        number = " ".join(str(turn.index + 1) for turn in turns)
        lines = "\n".join(_voice(record, turn) for turn in turns)
        cues.append(f"{number}\n{_cue(begin)} --> {_cue(end)}\n{lines}")
    return "\n\n".join(cues) + "\n"


def _voice(record: CallRecord, turn: Turn) -> str:
    name = _escape(_speaker(record, turn)).replace(".", " ")
    return f"<v {name}>{_escape(' '.join(turn.text.split()))}"


def _shown(turns: Sequence[Turn]) -> Iterator[tuple[float, float, list[Turn]]]:
    """The stretches of time in which the same turns are shown, in their order."""
    ordered = sorted(turns, key=lambda turn: (turn.begin, turn.index))
    spans: list[tuple[float, float, Turn]] = []
    for turn, following in zip_longest(ordered, ordered[1:]):
        following = following.begin if following else inf
        end = max(_until(turn, following), turn.begin + _GLANCE)
        if 0 < end - following < _GLANCE and following - turn.begin >= _GLANCE:
            end = following  # the end of one word over the beginning of another
        spans.append((turn.begin, end, turn))
    moments = sorted({moment for begin, end, _ in spans for moment in (begin, end)})
    coming, sounding = deque(spans), list[tuple[float, float, Turn]]()
    for begin, end in pairwise(moments):
        while coming and coming[0][0] <= begin:
            sounding.append(coming.popleft())
        sounding = [each for each in sounding if begin < each[1]]
        if sounding:
            yield begin, end, [turn for *_, turn in sounding]


def _until(turn: Turn, following: float) -> float:
    """When the turn is over; a typed one does not sound, and of a record of before it is not known:
    these are shown for as long as it takes to read them, until the next begins."""
    if turn.end is None:
        return following if following < inf else turn.begin + _reading_time(turn)
    if turn.source == "typed" and turn.speaker == "trainee":
        return min(following, turn.begin + _reading_time(turn))
    return turn.end


def _turn_json(record: CallRecord, turn: Turn, inside: bool) -> dict[str, Any]:
    values = {**turn.to_json(), "latency": record.answer_time(turn)}
    return values if inside else {**values, **_NOT_INSIDE}


def _hint_json(hint: Hint, inside: bool) -> dict[str, Any]:
    return hint.to_json() if inside else {**hint.to_json(), "author": ""}


def _head(record: CallRecord, cost: str) -> str:
    start = record.start
    began = datetime.fromtimestamp(start.started, UTC)
    return "\n".join(
        [
            f"{start.scenario}: a call with {start.name}",
            "",
            f"Trainee:  {start.user}",
            f"Started:  {began:%Y-%m-%d %H:%M} UTC",
            f"Length:   {_clock(record.duration)}",
            f"End:      {_ending(record.end)}",
            f"Persona:  {start.persona}, version {start.version}, {start.language}",
            f"Engine:   {start.engine}",
            *_beginning(start),
            *(["Help:     live hints were on"] if start.live_hints else []),
            *(_engine(use) for use in record.engines),
            *([f"Cost:     {cost}"] if cost else []),
            "",
        ]
    )


def _engine(use: EngineUse) -> str:
    return f"          {use.engine} from turn {use.turn + 1} on ({use.reason})"


def _beginning(start: CallStart) -> list[str]:
    """Where a call began that did not begin at the beginning; such a one is not scored."""
    lines = []
    if start.phase:
        phase = phase_word(start.phase).lower()
        lines.append(f"Began:    in the phase {phase}, at intensity {start.intensity}/10")
    if start.origin:
        lines.append(f"Goes on:  after {start.taken} turns of the call {start.origin}")
    return lines


def _ending(end: CallEnd | None) -> str:
    if end is None:
        return "not yet"
    return how_it_ended(end.reason, end.resolved)


def _transcript(record: CallRecord) -> list[str]:
    lines = []
    waiting = sorted(record.edits + record.hints, key=lambda aside: (aside.turn, aside.at))
    for turn in record.turns:
        while waiting and waiting[0].turn <= turn.index:
            lines.append(_aside(waiting.pop(0)))
        lines += _turn(record, turn)
    return lines + [_aside(aside) for aside in waiting]


def _turn(record: CallRecord, turn: Turn) -> list[str]:
    notes = ["typed"] * (turn.source == "typed") + ["cut off"] * turn.interrupted
    notes += ["said in the earlier call"] * turn.replayed
    latency = record.answer_time(turn)
    if latency is not None:
        notes.append(f"after {latency:.2f} s")
    note = f" ({', '.join(notes)})" if notes else ""
    text = " ".join(turn.text.split())
    lines = [f"[{_clock(turn.begin)}] {_speaker(record, turn)}{note}: {text}"]
    if turn.speaker == "trainee" and turn.phase:
        phase = phase_word(turn.phase).lower()
        lines.append(f"        {turn.cause} -> intensity {turn.intensity}/10, {phase}")
    return lines


def _aside(aside: Edit | Hint) -> str:
    """What happened between two turns."""
    if isinstance(aside, Hint):
        return f"        * hint from a coach, which only the trainee read: {aside.text}"
    reason = f" ({aside.reason})" if aside.reason else ""
    return f"        * persona version {aside.version}: {aside.outcome}{reason}"


def _scorecard(record: CallRecord, card: dict[str, Any], why: str) -> list[str]:
    times = {turn.index: f"[{_clock(turn.begin)}]" for turn in record.turns}
    passed = "passed" if card.get("passed") else "not passed"
    none = f"Not scored. {card.get('not_scored', '')}".rstrip()
    lines = [none if card.get("score") is None else f"{card['score']} of 100, {passed}"]
    lines += [why] if why else []
    for objective in card.get("objectives", ()):
        mark = "x" if objective.get("shown") else " "
        lines.append(f"[{mark}] {objective.get('text')} (weight {objective.get('weight')})")
        lines += [
            f'    {times.get(item.get("turn"), "")} "{item.get("quote")}"'
            for item in objective.get("evidence", ())
        ]
    return lines


def _speaker(record: CallRecord, turn: Turn) -> str:
    return record.start.name if turn.speaker == "persona" else "Trainee"


def _reading_time(turn: Turn) -> float:
    return max(2.0, len(turn.text) / 15)  # some 15 characters a second are read with ease


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float) -> str:
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes = f"{rest // 60:02}:{rest % 60:02}"
    return f"{hours}:{minutes}" if hours else minutes


def _cue(seconds: float) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    whole, part = divmod(milliseconds, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{part:03}"
