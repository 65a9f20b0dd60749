"""The top of a report: how the call came out and why, its moments, and what to do next time."""

from agent.simulation.directing.scorecard import PASS_MARK
from agent.simulation.reviewing.coached import corrected
from agent.simulation.reviewing.lesson import Advice, Lesson, Moment, example_lead
from data.journal import CallRecord
from ui import kit
from ui.coaching.coached_report import CoachedReport
from ui.kit import lang, words
from ui.report.moment import play_turn
from ui.report.scene import not_counted
from ui.report.ways import Ways


def outcome(
    record: CallRecord, coaching: CoachedReport, *, ways: Ways, own: bool, inside: bool
) -> None:
    """Solved or not and the score, with the sentence that says why; then the best moment and the
    one that cost most; what coaches say changes all but the first. ``own``: whether the reader is
    the trainee; ``inside`` as in ``words.cause_pieces``; ``ways`` draws what can be done about the
    moment that cost most."""

    def reason() -> None:
        if coaching.lesson.why:
            line = lang.by_script(coaching.lesson.why)
            lang.line("p", line, record.start.language, "rh-lead").mark("score-why")

    def found() -> None:
        _moments(record, coaching.lesson, ways=ways, own=own, inside=inside)

    with kit.tag("section", classes="rh-card rh-outcome"):
        kit.heading("Result", 2)
        _result(record)
        coaching.score()
        coaching.taught("why", reason)
        coaching.taught("moments", found)


def _moments(record: CallRecord, taught: Lesson, *, ways: Ways, own: bool, inside: bool) -> None:
    if taught.best or taught.worst:
        with kit.tag("div", classes="rh-moments"):
            _moment(record, "Best moment", "best", taught.best, inside=inside)
            aim = next((a.text for a in taught.advice if a.turn == _worst(taught)), "")
            _moment(record, "What cost most", "worst", taught.worst, ways, aim, inside=inside)
    elif record.scorecard is not None:
        who = "you" if own else "the trainee"
        kit.muted(f"Nothing that {who} said moved the customer, for better or worse.")


def next_time(record: CallRecord, coaching: CoachedReport, ways: Ways) -> None:
    """What to do in the next call; ``ways`` as in ``outcome``."""
    with kit.tag("section", classes="rh-card rh-report-advice"):
        kit.heading("What to do next time", 2)
        coaching.taught("advice", lambda: _all_advice(record, coaching, ways))


def _all_advice(record: CallRecord, coaching: CoachedReport, ways: Ways) -> None:
    taught = coaching.lesson
    card = corrected(record, coaching.said).scorecard
    if taught.advice:
        with kit.tag("ol", classes="rh-advice"):
            for each in taught.advice:
                with kit.tag("li"):
                    _advice(each, record)
                    if each.turn is not None and each.turn != _worst(taught):
                        ways(each.turn, each.text)  # else they stand there
    elif card is None:
        yet = " yet" if record.end is None else ""
        kit.muted(f"Nothing can be said about this call{yet}.")
    elif not card.get("objectives"):
        kit.muted("This customer has no objectives that a call could show.")
    elif all(item.get("shown") for item in card["objectives"]):
        kit.tag("p", "Nothing is missing. Try a harder customer.")
    else:
        kit.muted("The customer's text of that call cannot be read, so there is no advice.")


def _worst(taught: Lesson) -> int:
    """The index of the turn that cost most, -1 for none."""
    return taught.worst.turn if taught.worst is not None else -1


def _advice(advice: Advice, record: CallRecord) -> None:
    language = record.start.language
    lang.line("p", lang.by_script(advice.text), language, "rh-strong")
    if advice.turn is not None:
        _quote(advice.quote, advice.turn, record)
    if advice.example:
        with kit.tag("p", classes="rh-example"):
            kit.tag("span", f"{example_lead(advice)}: ", "rh-muted")
            lang.persona_words(kit.tag("q", advice.example), language)


def _moment(
    record: CallRecord,
    title: str,
    mark: str,
    moment: Moment | None,
    ways: Ways | None = None,
    aim: str = "",
    *,
    inside: bool,
) -> None:
    with kit.tag("div", classes=f"rh-moment rh-moment-{mark}").mark(f"{mark}-moment"):
        kit.heading(title, 3)
        if moment is None:
            none = "Nothing calmed the customer." if mark == "best" else "Nothing made it worse."
            kit.muted(none)
            return
        _quote(moment.quote, moment.turn, record)
        pieces = words.cause_pieces(moment.cause, inside=inside)
        lang.line("p", pieces, record.start.language, "rh-small")
        if ways is not None:
            ways(moment.turn, aim)


def _quote(quote: str, turn: int, record: CallRecord) -> None:
    with kit.tag("p", classes="rh-quote"):
        play_turn(record, turn)
        lang.persona_words(kit.tag("q", quote), record.start.language)
        kit.tag("a", f"turn {turn + 1}", "rh-small").props(f'href="#turn-{turn}"')


def _result(record: CallRecord) -> None:
    card = record.scorecard
    if card is not None and not record.start.from_the_top:
        not_counted(card)
    elif card is None:
        kit.muted(_no_card(record))
    else:
        _verdict(record, card)


def _no_card(record: CallRecord) -> str:
    if record.unwritten and record.end is not None:
        return (
            f"The record of this call waits for room on the disk ({record.unwritten}). Its score "
            "comes when all of it is written."
        )
    return "There is no score for this call: it was not finished, or nothing was said."


def _verdict(record: CallRecord, card: dict[str, object]) -> None:
    solved = record.end is not None and record.end.resolved
    points = card.get("score")
    with kit.tag("div", classes="rh-verdict"):
        if isinstance(points, int | float):
            with kit.tag("p", classes="rh-score rh-number"):
                kit.tag("span", words.score(points), "rh-score-big")
                kit.tag("span", "of 100", "rh-muted")
        with kit.tag("div", classes="rh-line"):
            _badge("Solved" if solved else "Not solved", good=solved)
            if isinstance(points, int | float):
                passed = bool(card.get("passed"))
                _badge("Passed" if passed else "Not passed", good=passed)
                kit.tag("span", f"{PASS_MARK} passes", "rh-muted rh-small")
            else:
                kit.tag("span", "Not scored", "rh-badge").mark("not-scored")
    if card.get("not_scored"):
        kit.tag("p", str(card["not_scored"]))


def _badge(word: str, *, good: bool) -> None:
    kit.tag("span", word, f"rh-badge rh-badge-{'good' if good else 'bad'}")
