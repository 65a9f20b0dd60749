"""The recording of a call in its report: the player, or a sentence why there is nothing to play."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import FileResponse
from nicegui import app, background_tasks, run, ui

from agent.calls.transcoding import CannotTranscode, Peaks, read_peaks
from data.journal import CallRecord
from data.records import Turn
from personas.model import Persona
from ui import kit
from ui.auth.proxy import prefix
from ui.coaching.coached_report import CoachedReport
from ui.context import Studio
from ui.kit import words
from ui.report.course import points
from ui.report.moment import can_be_heard
from ui.report.sound_state import cut_short, why_silent

MODULES = ("wavesurfer.esm.js", "regions.esm.js")
KEYS = (
    ("Space", "In the player: plays or pauses"),
    ("← →", "In the player: 5 seconds back or on"),
    ("N P", "In the player: the next mark, the one before"),
)
_LEAST = 0.5
"""Seconds for which a turn is marked at least, whose end is not known."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The recording of a call as its report finds it: ``peaks`` are None until they are drawn."""

    peaks: Peaks | None


class Player(ui.element, component="player.js"):
    """Plays the recording of that call, by both names; its buttons are ``moment.play_turn``."""

    def __init__(
        self,
        record: CallRecord,
        persona: Persona | None,
        modules: list[str],
        *,
        trainee: str,
        inside: bool,
    ) -> None:
        super().__init__()
        address = f"{prefix()}/api/calls/{record.start.call}"
        self.props["ogg"], self.props["m4a"] = f"{address}.ogg", f"{address}.m4a"
        self.props["modules"] = modules
        self.props["seconds"] = record.duration
        self.props["names"] = [trainee, record.start.name]
        self.props["turns"] = list(_turns(record))
        self.props["marks"] = _marks(record, persona, inside=inside)
        self.props["language"] = record.start.language

    def remark(self, coaching: CoachedReport) -> None:
        """Show what coaches said of its seconds; who may, comments on the second it stands at."""
        self.props["comments"] = coaching.moments()
        self.props["coach"] = coaching.comments
        self.update()

    def draw(self, peaks: Peaks) -> None:
        """Show these waves."""
        voices = [list(peaks.trainee), list(peaks.customer)]
        self.props["peaks"] = {"seconds": peaks.seconds, "voices": voices}
        self.update()


def serve_player(studio: Studio) -> None:
    """Serve the modules of wavesurfer.js once they are prepared."""

    @app.get("/player/{name}")
    async def module(name: str) -> Response:
        folder = studio.preparation.player
        path = folder / name if folder is not None and name in MODULES else None
        if path is None or not await run.io_bound(path.is_file):
            return Response("There is no such module.", 404)
        headers = {"Cache-Control": "private, max-age=86400"}
        return FileResponse(path, media_type="text/javascript", headers=headers)


def look(studio: Studio, call: str) -> Sound | None:
    """The recording of that call, if there is one. Blocks."""
    if studio.recordings.find(call) is None:
        return None
    path = studio.recordings.find_made(call, ".peaks")
    return Sound(_read(path) if path is not None else None)


def recording_card(
    studio: Studio,
    record: CallRecord,
    persona: Persona | None,
    sound: Sound | None,
    coaching: CoachedReport,
    *,
    own: bool,
    inside: bool,
    damaged: Callable[[], None],
) -> None:
    """The card of the recording, with what coaches said at its moments; ``own`` and ``inside`` as
    for the transcript. ``damaged`` is called when no sound can be read in it."""
    with kit.tag("section", classes="rh-card rh-sound").mark("recording"):
        kit.heading("Recording", 2)
        if record.end is None:
            kit.muted("What is recorded can be played when the call has ended.")
            return
        if sound is None:
            kit.muted(why_silent(record, studio.recordings.days)).mark("no-recording")
            return
        there = studio.preparation.player is not None
        modules = [f"{prefix()}/player/{name}" for name in MODULES] if there else []
        trainee = "You" if own else "Trainee"
        player = Player(record, persona, modules, trainee=trainee, inside=inside)
        player.remark(coaching)
        player.on("comment", lambda event: coaching.comment_at(float(event.args)))
        coaching.on_moments(lambda: None if player.is_deleted else player.remark(coaching))
        told = kit.tag("p", classes="rh-muted rh-small").mark("recording-told")
        if sound.peaks is not None:
            player.draw(sound.peaks)
            told.set_text(cut_short(record, sound.peaks.seconds))
            return
        told.set_text("The waves of this recording are being drawn.")
        background_tasks.create(_draw(studio, record, player, told, damaged))


async def _draw(
    studio: Studio, record: CallRecord, player: Player, told: Any, damaged: Callable[[], None]
) -> None:
    try:
        peaks = await studio.transcoder.peaks(record.start.call)
    except CannotTranscode as error:
        if not told.is_deleted:
            told.set_text(str(error))
        if error.damaged and not player.is_deleted:
            player.delete()
            damaged()
        return
    if not player.is_deleted:
        player.draw(peaks)
        told.set_text(cut_short(record, peaks.seconds))


def _read(path: Path) -> Peaks | None:
    try:
        return read_peaks(path)
    except (OSError, ValueError):
        return None  # it is drawn anew


def _turns(record: CallRecord) -> Iterator[tuple[int, int, float, float, str]]:
    """Each turn of this call with its side and the moments between which it was heard."""
    turns = [turn for turn in record.turns if can_be_heard(record, turn)]
    begins = [turn.begin for turn in turns[1:]] + [record.duration]  # one more when none is heard
    for turn, following in zip(turns, begins, strict=False):
        end = turn.end if turn.end is not None else following
        side = 0 if turn.speaker == "trainee" else 1
        yield turn.index, side, turn.begin, max(end, turn.begin + _LEAST), turn.text


def _marks(
    record: CallRecord, persona: Persona | None, *, inside: bool
) -> list[tuple[float, str, str]]:
    """What moved the customer, at the words that did; where nothing did, every turn."""
    heard = {turn.index: turn for turn in record.turns if can_be_heard(record, turn)}
    moved = [
        (heard[after.turn].begin, *_moved(after.intensity - before.intensity, after.cause, inside))
        for before, after in pairwise(points(record, persona))
        if after.intensity != before.intensity and after.turn in heard
    ]
    return moved or [(turn.begin, "turn", _named(record, turn)) for turn in heard.values()]


def _moved(change: int, cause: str, inside: bool) -> tuple[str, str]:
    return "worse" if change > 0 else "better", words.cause(cause, inside=inside)


def _named(record: CallRecord, turn: Turn) -> str:
    who = "trainee" if turn.speaker == "trainee" else record.start.name
    return f"turn {turn.index + 1}, {who}"
