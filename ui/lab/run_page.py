"""One run of the lab: what was said, what each turn did to the customer, and the misses there."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import run, ui

from agent.lab.results import Result
from data.lab_runs import Heard, InSound, LabRun, Miss
from data.records import Break, Turn
from ui import kit
from ui.api.lab_sound import address_of_sound
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.restricted import STUDIO, admitted
from ui.lab.figures import figures
from ui.lab.mood_line import mood_line
from ui.lab.result_box import address_of_miss, address_of_script, misses, pass_badge
from ui.report.guard_breaks import broken_guards, guard_summary

GONE = (
    "This run is no longer kept",
    "The lab keeps the newest runs, and drops the oldest. Play the script again.",
    404,
)


def register(studio: Studio) -> None:
    """The page ``/lab/runs/{name}``."""

    @kit.page("/lab/runs/{name}")
    async def lab_run(name: str) -> None:
        if admitted(studio, STUDIO) is None:
            return
        found = await run.io_bound(studio.lab.kept.get, name)
        if found is None:
            problem(studio, *GONE)
            return
        with frame(studio, f"{found.script}, run"):
            _show(studio, found)


def _show(studio: Studio, found: LabRun) -> None:
    entry = studio.library.get(found.persona)
    persona = entry.persona if entry else None
    name = persona.name if persona else found.persona
    language = persona.language if persona else "en"
    there = entry is not None and not entry.deleted
    script = studio.scripts.get(found.persona, found.script)
    result = Result((found,))
    with kit.tag("div", classes="rh-line-between"):
        kit.page_title(f"{found.script}, against {name}", _facts(studio, found))
        with kit.tag("div", classes="rh-line"):
            if script is not None and not script.deleted:
                target = address_of_script(found.persona, found.script)
                kit.link_button("The script", target, kind="quiet")
            kit.link_button("Back to the lab", f"/studio/{found.persona}/lab")
    if not there:
        text = f"There is no file {found.persona}.md any more. Its runs stay here."
        kit.message(text, "warn")
    with kit.tag("section", classes="rh-card").props('aria-label="Result"'):
        with kit.tag("div", classes="rh-line"):
            pass_badge(result)
            kit.tag("span", f"{result.score} · {result.resolved}", "rh-number")
            if found.ended == "customer":
                kit.tag("span", "The customer hung up.")
        if found.failure:
            kit.message(f"It was broken off: {found.failure}.", "warn")
        if found.moods:
            with kit.tag("p", classes="rh-line"):
                mood_line(found.moods)
                moods = ", ".join(result.courses)
                kit.tag("span", f"mood {moods}", "rh-muted rh-number rh-lab-course")
        misses(result)
        guard_summary(found.breaks)
        if found.consistency is not None:
            figures(found.consistency)
    player = None
    if found.sound is not None:
        player = _sound(studio, found, found.sound)
    kit.heading("What was said", 2)
    if not found.turns:
        kit.muted("Nobody spoke in this run.")
        return
    with kit.tag("ol", classes="rh-turns"):
        before = found.moods[0] if found.moods else None
        for turn in found.turns:
            at = _At(turn, before, found, player)
            _turn(at, name, language)
            before = turn.intensity if turn.phase else before


def _sound(studio: Studio, found: LabRun, sound: InSound) -> ui.audio | None:
    """The call to be heard, None when it cannot be, and what was heard otherwise than said."""
    kit.heading("In real sound", 2)
    line = "The line was noisy. " if sound.noisy else ""
    took = f"The call took {sound.seconds:.0f} s, {sound.times:.2f} times its speaking time."
    kit.muted(f"{line}{took}")
    audio = None
    if studio.lab.kept.sound(found.id) is None:
        kit.muted("No sound of it is kept.")
    else:
        audio = ui.audio(address_of_sound(found)).classes("rh-lab-audio").mark("lab-sound")
        audio.props["aria-label"] = "The call of this run"
    if sound.heard:
        _heard(sound.heard)
    return audio


def _heard(heard: Sequence[Heard]) -> None:
    """What was heard otherwise than it was said."""
    kit.tag("p", "Heard otherwise than said; no miss by itself:", "rh-small")
    with kit.tag("ul", classes="rh-small"):
        for each in heard:
            with kit.tag("li"):
                words_ = f"“{each.heard}”" if each.heard else "nothing"
                kit.tag("span", f"{words_} where “{each.said}” was said")


def _facts(studio: Studio, found: LabRun) -> str:
    title = studio.engines.recorded(found.engine).title
    by = f"played by {found.played_by}" if found.played_by else "not played"
    parts = [words.when(found.started), title, by, f"version {found.version}"]
    if found.trainee:
        parts.append(f"trainee: {found.trainee}")
    if found.repeat:
        parts.append(f"time {found.repeat + 1}")
    parts.append(f"{found.seconds:.1f} s")
    if found.cost:
        parts.append(f"{found.cost:.3f} US dollars")
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class _At:
    """A turn, the mood ``before`` it, its run, and what plays its sound."""

    turn: Turn
    before: int | None
    run: LabRun
    player: ui.audio | None

    @property
    def misses(self) -> list[Miss]:
        return [miss for miss in self.run.misses if miss.turn == self.turn.index]

    @property
    def breaks(self) -> list[Break]:
        return [each for each in self.run.breaks if each.turn == self.turn.index]


def _turn(at: _At, name: str, language: str) -> None:
    turn, trainee = at.turn, at.turn.speaker == "trainee"
    side = "rh-turn-trainee" if trainee else "rh-turn-persona"
    with kit.tag("li", classes=f"rh-turn {side}").props(f"id=turn-{turn.index}"):
        with kit.tag("div", classes="rh-turn-head rh-small"):
            kit.tag("span", "Trainee" if trainee else name, "rh-strong")
            moment = f" · {words.clock(turn.begin)}" if at.run.sound else ""
            kit.tag("span", f"turn {turn.index + 1}{moment}", "rh-muted rh-number")
            if at.player is not None:
                _play_from(at.player, turn)
        lang.persona_words(kit.tag("p", turn.text, "rh-turn-text"), language)
        if trainee and turn.phase:
            _effect(turn, at.before, language)
        broken_guards(at.breaks)
        for miss in at.misses:
            with kit.tag("p", classes="rh-effect rh-small rh-effect-worse").mark("miss"):
                target = address_of_miss(at.run, miss)
                ui.link(f"✗ Line {miss.line}", target).classes("rh-strong")
                kit.tag("span", f"{miss.expectation}: {miss.saw}")


def _play_from(player: ui.audio, turn: Turn) -> None:
    """A button that plays the call from that turn on."""

    def play() -> None:
        player.seek(turn.begin)
        player.play()

    button = kit.icon_button("play_arrow", f"Play turn {turn.index + 1}", play)
    button.classes("rh-lab-play").mark(f"play-turn-{turn.index}")


def _effect(turn: Turn, before: int | None, language: str) -> None:
    kind = ""
    if before is not None and turn.intensity != before:
        kind = "rh-effect-worse" if turn.intensity > before else "rh-effect-better"
    with kit.tag("p", classes=f"rh-effect rh-small {kind}"):
        pieces = words.cause_pieces(turn.cause) or (("No change", False),)
        lang.line("span", pieces, language, "rh-strong")
        kit.tag("span", words.mood_line(turn.phase, turn.intensity), "rh-muted rh-number")
