"""By what scripts are played: the engine, what stands beside it, how often, and for how much."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from agent.engines.cost import CURRENCY
from agent.lab.budget import MOST, Forecast
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.lab.sides import NONE, OWN, engine_choices, no_models, other_choices
from ui.versions.past import Past

MOST_REPEATS = 20
NO_TRAINEE = (
    "No script here names a trainee, so the model speaks for none: write trainee: good into one."
)


@dataclass(slots=True)
class Chosen:
    """``engine`` and ``other`` as in ``sides``; ``repeat`` is how often a model plays (0: as each
    script says), ``most`` what may be spent in US dollars (None: any sum). ``in_sound``: by a
    call; ``spoken``: trainees that scripts name are spoken by the model that plays."""

    engine: str = OWN
    other: str = NONE
    repeat: int = 0
    most: float | None = MOST
    in_sound: bool = False
    spoken: bool = False


class Choices:
    """The fields; ``changed`` is called when another column is asked for, or another number."""

    def __init__(self, studio: Studio, past: Past, changed: Callable[[], Awaitable[None]]) -> None:
        self.chosen = Chosen()
        self._changed = changed
        models = not (missing := no_models(studio))
        with kit.tag("div", classes="rh-lab-choices"):
            engine = ui.select(engine_choices(studio), label="Played by", value=OWN)
            engine.on_value_change(lambda event: self._take(engine=str(event.value or OWN)))
            engine.props("outlined").mark("lab-engine")
            options = other_choices(studio, past, OWN)
            other = ui.select(options, label="Compare with", value=NONE)
            other.on_value_change(lambda event: self._take(other=str(event.value or NONE)))
            other.props("outlined").mark("lab-other")
            if models:
                self._numbers()
                spoken = ui.checkbox("Trainee spoken by the text model")
                spoken.on_value_change(lambda event: self._take(spoken=bool(event.value)))
                spoken.mark("lab-spoken")
                spoken.tooltip("Where a script names a trainee and a model plays, in text")
            sound = ui.checkbox("In real sound")
            sound.on_value_change(lambda event: self._take(in_sound=bool(event.value)))
            sound.mark("lab-sound")
            sound.tooltip("By a call: the trainee speaks, and it takes as long as they talk")
        if not models:
            words_ = f"Only the offline customer plays here: {missing}."
            kit.tag("p", words_, "rh-muted rh-small")
        self._cost = kit.tag("p", classes="rh-small rh-lab-cost").props("role=status")

    def _numbers(self) -> None:
        repeat = ui.number("Times by a model", min=1, max=MOST_REPEATS, precision=0)
        repeat.on_value_change(lambda event: self._take(repeat=int(event.value or 0)))
        repeat.props('outlined placeholder="As each script says" stack-label').mark("lab-repeat")
        most = ui.number(f"Most to spend, {CURRENCY}", value=MOST, min=0, step=0.5)
        most.on_value_change(lambda event: self._take(most=event.value))
        most.props('outlined placeholder="Any sum" stack-label').mark("lab-most")

    def expect(self, forecasts: list[Forecast], *, trainees: bool) -> None:
        """Show what all scripts would take of a model; ``trainees``: one of them names a trainee,
        who could be spoken."""
        told = [forecast_words(each) for each in forecasts]
        if self.chosen.spoken and not trainees:
            told.append(NO_TRAINEE)
        self._cost.set_text(" ".join(told))

    async def _take(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self.chosen, name, value)
        await self._changed()


def forecast_words(expected: Forecast) -> str:
    """What that will take of a model, and cost."""
    runs, lines = words.count(expected.runs, "run"), words.count(expected.lines, "line")
    looks = f" and {words.count(expected.looks, 'look')} at a turn" if expected.looks else ""
    if expected.cost is None:
        cost = "no price is known, so no limit can be kept: leave it empty to play all the same"
    elif expected.cost == 0:
        cost = "nothing to pay, since the model runs on this machine"
    else:
        cost = f"about {expected.cost:.2f} {CURRENCY} at most"
    return f"All of it asks {expected.model} for {runs} with {lines}{looks}: {cost}."


def too_dear_words(expected: Forecast, most: float) -> str:
    """Why that was not begun, and what helps."""
    if expected.cost is None:
        return (
            f"Nothing was played: no price of {expected.model} is known, so the limit of {most:.2f}"
            f" {CURRENCY} cannot be kept. Leave the limit empty to play whatever it costs."
        )
    return (
        f"Nothing was played: it may cost about {expected.cost:.2f} {CURRENCY}, and the limit is "
        f"{most:.2f} {CURRENCY}. Raise the limit, or play fewer scripts or times."
    )
