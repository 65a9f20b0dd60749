"""A coach's word in a report: on each objective, on turns, and the score that comes of it; and the
trainee's "I did say that"."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import run, ui

from agent.simulation.reviewing.coached import (
    CoachedCard,
    CoachedObjective,
    coached,
    corrected,
    for_trainee,
    of_turn,
)
from agent.simulation.reviewing.lesson import Lesson, lesson_of
from data.annotations import Annotation, AnnotationError, Kind
from data.journal import CallRecord
from data.records import Turn
from data.users import User
from personas.model import Persona
from ui import kit
from ui.auth import access
from ui.coaching.score_again import ScoreAgain
from ui.coaching.word_dialogs import ask_claim, ask_comment, ask_judgement, objective_words
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.play_button import play_button
from ui.kit.turn_reading import Seen, link_to_studio

if TYPE_CHECKING:
    from personas.submarks import ExampleMark

EFFECTS = {True: "counts", False: "does not count"}
TEACH: dict["ExampleMark", str] = {
    "like": "This should count for the text, too …",
    "unlike": "This should not count for the text …",
}

NO_TURN = "No turn is named for it, so no words can become an example. Change it to name one."


class CoachedReport:
    """Draws its parts where the report asks for them, each drawn anew when something is said.

    ``persona`` is as the call had it, ``slug`` its present name, "" when it is gone; ``said`` is
    all that was said of the call, ``lesson`` what the call teaches by that. Nothing is drawn of one
    that goes on. An author is the coach of every call, of an own one too; a trainee may only claim.
    """

    def __init__(
        self,
        studio: Studio,
        record: CallRecord,
        user: User,
        persona: Persona | None,
        slug: str,
        lesson: Lesson,
    ) -> None:
        self._studio, self._record, self._user, self._slug = studio, record, user, slug
        self._persona, self.lesson = persona, lesson
        self._client = ui.context.client
        self._call = record.start.call
        self._over = record.end is not None
        self._coach = access.is_author(user)
        spoke = any(t.speaker == "trainee" and not t.replayed for t in record.turns)
        self._may_claim = user.name == record.start.user and not record.start.is_try and spoke
        self._boxes: dict[str, tuple[ui.element, Callable[[], None]]] = {}
        self._again = ScoreAgain(studio, record, slug)
        self._remarked: list[Callable[[], None]] = []
        self._card: CoachedCard
        objectives = (record.scorecard or {}).get("objectives", ())
        # Once: each turn of the trainee asks for them.
        self._told = {str(item["id"]): objective_words(item, persona) for item in objectives}
        self._look()

    def _look(self) -> None:
        self.said = self._studio.annotations.of(self._call)
        self._card = coached(self._record.scorecard or {}, self.said, self._record.turns)

    # ---- the parts ----

    def taught(self, name: str, draw: Callable[[], None]) -> None:
        """Part ``name`` of what the call teaches, which follows each word on an objective."""
        self._part(f"taught-{name}", draw, look="rh-contents")

    def score(self) -> None:
        """Below the score as it was read: the one with the coach's word."""
        if self._over and self._record.scorecard is not None:
            self._part("score", self._score)

    def objective(self, item: dict[str, Any]) -> None:
        """Below an objective of the scorecard."""
        if self._over and not item.get("before"):
            self._part(f"objective-{item['id']}", partial(self._objective, item))

    @property
    def comments(self) -> bool:
        """Whether the reader may comment."""
        return self._over and self._coach

    def moments(self) -> list[tuple[float, str, str]]:
        """The comments on a second of the recording: the second, who says it and when, and what;
        in the order in which they are heard."""
        found = [each for each in self.said if each.moment is not None]
        found.sort(key=lambda each: each.moment or 0.0)
        return [(each.moment or 0.0, self._who(each), each.text) for each in found]

    def on_moments(self, draw: Callable[[], None]) -> None:
        """``draw`` is called when such a comment comes or goes."""
        self._remarked.append(draw)

    async def comment_at(self, moment: float) -> None:
        """Ask for a comment on that second of the recording, and keep it."""
        moment = round(min(max(0.0, moment), self._record.duration), 1)
        turn = self._heard_at(moment)
        if text := await ask_comment(self._record, turn, moment):
            index = turn.index if turn is not None else None
            await self._say(
                "player", "comment", "", "", turn=index, text=text, moment=moment
            )  # fmt: skip

    def _heard_at(self, moment: float) -> Turn | None:
        """The turn that is heard then, or was last; before all, the first one."""
        turns = [turn for turn in self._record.turns if not turn.replayed]
        begun = [turn for turn in turns if turn.begin <= moment]
        return max(begun, key=lambda turn: turn.begin, default=turns[0] if turns else None)

    def turn(self, turn: Turn) -> None:
        """Below a turn: what was said of it. A line of the customer can only be commented on."""
        mine = turn.speaker == "trainee" or self._coach
        if self._over and (mine or any(each.turn == turn.index for each in self.said)):
            self._part(f"turn-{turn.index}", partial(self._turn, turn))

    def ways(self, turn: Turn) -> None:
        """What can be said at a turn of the trainee, in a row with its other ways."""
        if self._over:
            self._part(f"ways-{turn.index}", partial(self._ways_at, turn), look="rh-contents")

    def again(self) -> None:
        """Below all objectives: the score by today's rules; for coaches."""
        if self._over and self._coach:
            self._again.draw()

    def settle(self, turn: Turn, seen: Seen) -> None:
        """Below a rule of which the reader was not sure; for coaches."""
        if self._over and self._coach and not turn.replayed:
            key = f"settle-{turn.index}-{seen.rule.id}"
            self._part(key, partial(self._settle, turn, seen))

    def _part(self, key: str, draw: Callable[[], None], look: str = "rh-coached") -> None:
        box = kit.tag("div", classes=look).props("tabindex=-1").mark(f"coached-{key}")
        self._boxes[key] = box, draw
        with box:
            draw()

    # ---- the score ----

    def _score(self) -> None:
        card, read = self._card, (self._record.scorecard or {}).get("score")
        if card.last is not None:
            if card.score is not None and self._record.start.from_the_top:
                self._both_scores(card, card.score, read)
            else:
                kit.tag("p", f"Looked at by {self._who(card.last, within=True)}.", "rh-small")
        for claim in card.waiting:
            with kit.tag("p", classes="rh-small rh-claim"):
                kit.tag("span", "Waits for a coach: ", "rh-strong")
                link = kit.tag("a", self._told.get(claim.rule, claim.words))
                link.props["href"] = f"#objective-{claim.rule}"
                lang.persona_words(link, self._record.start.language)

    def _both_scores(self, card: CoachedCard, score: int, read: Any) -> None:
        assert card.last is not None
        who = self._who(card.last, within=True)
        if score == read:
            kit.tag("p", f"Looked at by {who}: the score stays.", "rh-small")
            return
        with kit.tag("div", classes="rh-verdict"):
            with kit.tag("p", classes="rh-score rh-number").mark("score-with-coach"):
                kit.tag("span", words.score(score), "rh-score-big")
                kit.tag("span", "of 100 with the coach's word", "rh-muted")
            kind, word = ("good", "Passed") if card.passed else ("bad", "Not passed")
            kit.tag("span", word, f"rh-badge rh-badge-{kind}")
        note = f"{words.score(read)} is how Rehearsal read the call. Corrected by {who}."
        kit.tag("p", note, "rh-muted rh-small")

    # ---- an objective ----

    def _objective(self, item: dict[str, Any]) -> None:
        rule, read = str(item["id"]), bool(item["shown"])
        settled = self._card.objectives.get(rule)
        claim = next((each for each in self._card.waiting if each.rule == rule), None)
        for each in self.said:
            if each.kind == "claim" and each.rule == rule:
                self._claimed(each)
        if settled is not None:
            self._settled(item, settled)
        with kit.tag("div", classes="rh-turn-ways"):
            if self._coach:
                self._ways_of_coach(item, settled, claim)
            elif self._may_claim and not read and settled is None and claim is None:
                kit.button("I did say that", partial(self._claim, rule=rule), kind="quiet").mark(
                    f"claim-{rule}"
                )

    def _claimed(self, claim: Annotation, *, at_turn: bool = False) -> None:
        who = "You say" if claim.by == self._user.name else f"{self._name(claim.by)} says"
        with kit.tag("p", classes="rh-small rh-claim").mark(f"claimed-{claim.rule}"):
            kit.tag("span", f"{who}: I did say that.", "rh-strong")
            if at_turn:
                link = kit.tag("a", self._told.get(claim.rule, claim.words))
                link.props["href"] = f"#objective-{claim.rule}"
                lang.persona_words(link, self._record.start.language)
            else:
                self._place(claim.turn)
            if claim.text:
                lang.anyone_s_words(kit.tag("q", claim.text))
            if claim in self._card.waiting:
                waiting = "Waits for you." if self._coach else "A coach will look at it."
                kit.tag("span", waiting, "rh-badge rh-badge-warn")

    def _settled(self, item: dict[str, Any], settled: CoachedObjective) -> None:
        last = settled.last
        with kit.tag("p", classes="rh-small rh-coach-word").mark(f"settled-{item['id']}"):
            kind, sign, word = (
                ("good", "✓", "Shown") if settled.shown else ("bad", "✗", "Not shown")
            )
            with kit.tag("span", classes=f"rh-badge rh-badge-{kind}"):
                kit.tag("span", sign).props("aria-hidden=true")
                kit.tag("span", f"Coach: {word[:1].lower()}{word[1:]}")
            kit.tag("span", self._who(last), "rh-muted rh-number")
            for turn in settled.turns:
                self._place(turn)
        if last.text:
            lang.anyone_s_words(kit.tag("p", last.text, "rh-comment"))

    def _ways_of_coach(
        self, item: dict[str, Any], settled: CoachedObjective | None, claim: Annotation | None
    ) -> None:
        rule, read = str(item["id"]), bool(item["shown"])
        change = partial(self._judge, item, claim)
        if settled is None:
            agree = partial(
                self._say, f"objective-{rule}", "objective", rule, str(item["text"]), yes=read,
                reader=read,
            )  # fmt: skip
            kit.button("Read rightly", agree, kind="quiet").mark(f"agree-{rule}")
            label = "Was not shown …" if read else "Was shown …"
            kit.button(label, change, kind="quiet").mark(f"judge-{rule}")
            return
        kit.button("Change …", change, kind="quiet").mark(f"judge-{rule}")
        back = partial(self._take_back, rule, str(item["text"]), read=read)
        kit.button("Take back", back, kind="quiet").mark(f"take-back-{rule}")
        if settled.shown == read:
            return
        if settled.shown:
            self._teach(rule, settled.turns, "like")
        else:
            self._teach(rule, [int(e["turn"]) for e in item.get("evidence", ())], "unlike")

    async def _judge(self, item: dict[str, Any], claim: Annotation | None) -> None:
        answer = await ask_judgement(self._record, item, claim.turn if claim else None)
        if answer is not None:
            shown, turn, text = answer
            rule = str(item["id"])
            await self._say(
                f"objective-{rule}",
                "objective",
                rule,
                str(item["text"]),
                turn=turn if shown else None,
                yes=shown,
                reader=bool(item["shown"]),
                text=text,
            )

    async def _take_back(self, rule: str, text: str, *, read: bool) -> None:
        await self._say(f"objective-{rule}", "objective", rule, text, reader=read)

    # ---- a turn ----

    def _turn(self, turn: Turn) -> None:
        for each in self.said:
            if each.kind == "comment" and each.turn == turn.index:
                self._comment(each)
            elif each.kind == "claim" and each.turn == turn.index:
                self._claimed(each, at_turn=True)
        settled = of_turn(self.said, turn.index).values()
        for each in () if self._coach else for_trainee(self._record.scorecard or {}, settled):
            with kit.tag("p", classes="rh-small rh-coach-word"):
                kit.tag("span", f"{self._who(each)}: {EFFECTS[bool(each.yes)]} for")
                told = kit.tag("q", self._told.get(each.rule, each.words))
                lang.persona_words(told, self._record.start.language)

    def _ways_at(self, turn: Turn) -> None:
        if self._coach:
            comment = partial(self._write_comment, turn)
            kit.button("Comment …", comment, kind="quiet").mark(f"comment-{turn.index}")
        elif self._may_claim and not turn.replayed and self._claimable():
            claim = partial(self._claim, turn=turn.index)
            button = kit.button("I did say that …", claim, kind="quiet")
            button.mark(f"claim-at-{turn.index}")
            button.props["aria-label"] = f"I did say that: turn {turn.index + 1}"

    def _comment(self, comment: Annotation) -> None:
        with kit.tag("div", classes="rh-comment").mark(f"commented-{comment.turn}"):
            with kit.tag("div", classes="rh-small rh-line-between"):
                with kit.tag("p", classes="rh-line"):
                    who = self._who(comment)
                    if comment.moment is not None:
                        at = words.clock(comment.moment)
                        play_button(comment.moment, f"Play from {at}")
                        who += f", at {at}"
                    kit.tag("span", who, "rh-muted rh-number")
                if comment.by == self._user.name:
                    back = partial(self._remove, comment)
                    kit.button("Delete", back, kind="quiet").classes("rh-comment-delete")
            lang.anyone_s_words(kit.tag("p", comment.text))

    def _settle(self, turn: Turn, seen: Seen) -> None:
        rule = seen.rule
        said = of_turn(self.said, turn.index).get(rule.id)
        if said is not None:
            with kit.tag("p", classes="rh-small rh-coach-word"):
                kit.tag("span", f"{self._who(said)}: {EFFECTS[bool(said.yes)]}.", "rh-strong")
                if rule.kind != "objective":
                    kit.tag("span", "The call itself stays as it was.", "rh-muted")
        key = f"settle-{turn.index}-{rule.id}"
        item = self._item(rule.id)
        read = bool(item["shown"]) if item is not None else None
        say = partial(self._say, key, "turn", rule.id, rule.text, turn=turn.index, reader=read)
        with kit.tag("div", classes="rh-turn-ways"):
            if said is None:
                for yes, label in ((True, "Counts"), (False, "Does not count")):
                    button = kit.button(label, partial(say, yes=yes), kind="quiet")
                    button.mark(f"{key}-{yes}")
                return
            kit.button("Take back", partial(say, yes=None), kind="quiet")
            self._teach(rule.id, (turn.index,), "like" if said.yes else "unlike")

    # ---- what was done ----

    def _claimable(self) -> dict[str, str]:
        """The objectives that the trainee may still claim, as they are told."""
        card = (self._record.scorecard or {}).get("objectives", ())
        waits = {each.rule for each in self._card.waiting}
        return {
            str(item["id"]): self._told[str(item["id"])]
            for item in card
            if not item.get("before") and not item["shown"]
            and item["id"] not in self._card.objectives and item["id"] not in waits
        }  # fmt: skip

    async def _claim(self, rule: str = "", turn: int | None = None) -> None:
        pressed = f"objective-{rule}" if rule else f"turn-{turn}"
        answer = await ask_claim(self._record, self._claimable(), rule, turn)
        if answer is not None:
            rule, turn, text = answer
            item = self._item(rule) or {}
            await self._say(pressed, "claim", rule, str(item.get("text", "")), turn=turn, text=text)

    async def _write_comment(self, turn: Turn) -> None:
        if text := await ask_comment(self._record, turn):
            await self._say(f"turn-{turn.index}", "comment", "", "", turn=turn.index, text=text)

    async def _say(
        self,
        pressed: str,
        kind: Kind,
        rule: str,
        rule_words: str,
        *,
        turn: int | None = None,
        yes: bool | None = None,
        reader: bool | None = None,
        text: str = "",
        moment: float | None = None,
    ) -> None:
        said = Annotation(
            kind, self._user.name, time.time(), rule, rule_words, turn, yes, reader, text, moment
        )
        await self._change(partial(self._keep, said), said, pressed)

    def _keep(self, said: Annotation) -> None:
        """Keep it beside its call, which may have been deleted since the page was opened; raises
        ``AnnotationError``. Blocks."""
        annotations, archive = self._studio.annotations, self._studio.archive
        if archive.get(self._call) is not None:
            annotations.add(self._record.start, said)
            if archive.get(self._call) is not None:
                return
            annotations.forget(self._call)  # it was deleted meanwhile
        raise AnnotationError(
            "This call was deleted, so nothing can be kept of it. Go back to the list of calls."
        )

    async def _remove(self, comment: Annotation) -> None:
        remove = partial(self._studio.annotations.remove, self._call, comment)
        await self._change(remove, comment, f"turn-{comment.turn}")

    async def _change(self, change: Callable[[], None], said: Annotation, pressed: str) -> None:
        """Have it kept, and draw what shows it; the page may be older than the user's rights.
        ``pressed`` is the part whose button it was."""
        user = access.of_page(self._studio, self._client)
        allowed = user is not None and user.name == self._user.name
        if user is None or not allowed or (said.kind != "claim" and not access.is_author(user)):
            ui.notify("Only a coach may say that. Load the page again.", type="negative")
            return
        try:
            await run.io_bound(change)
        except AnnotationError as error:
            ui.notify(str(error), type="negative")
        except OSError as error:
            why = error.strerror or str(error)
            ui.notify(f"Not kept: {why}. Try again when there is room.", type="negative")
        else:
            self._look()
            changed = said.kind in ("objective", "turn") and await self._learnt_anew()
            at = ("score", f"turn-{said.turn}", f"objective-{said.rule}")
            for key, (box, draw) in self._boxes.items():
                settled = key.startswith("settle-") and key.endswith(f"-{said.rule}")
                claimed = said.kind == "claim" and key.startswith("ways-")
                taught = changed and key.startswith("taught-")
                if key in at or settled or claimed or taught:
                    self._renew(box, draw)
            for draw in self._remarked if said.moment is not None else ():
                draw()
            if pressed in self._boxes:
                kit.focus(self._boxes[pressed][0])  # the button that was pressed has gone

    async def _learnt_anew(self) -> bool:
        """Whether the call teaches something else by what was said now."""
        record = corrected(self._record, self.said)
        lesson = await run.io_bound(lesson_of, record, self._persona)
        if lesson is None or lesson == self.lesson:  # None: the app is stopping
            return False
        self.lesson = lesson
        return True

    def _renew(self, box: ui.element, draw: Callable[[], None]) -> None:
        if not box.is_deleted:
            box.clear()
            with box:
                draw()

    # ---- words ----

    def _item(self, rule: str) -> dict[str, Any] | None:
        objectives = (self._record.scorecard or {}).get("objectives", ())
        return next((item for item in objectives if item.get("id") == rule), None)

    def _who(self, said: Annotation, *, within: bool = False) -> str:
        """Who said it and when; ``within`` a sentence or at its beginning."""
        who = "You" if said.by == self._user.name else self._name(said.by)
        who = who.lower() if within and who == "You" else who
        return f"{who}, {words.when_inside(said.at)}"

    def _name(self, name: str) -> str:
        user = self._studio.users.get(name)
        return user.display if user else name or "Somebody who is gone"

    def _place(self, turn: int | None) -> None:
        if turn is not None:
            link = kit.tag("a", f"turn {turn + 1}", "rh-small")
            link.props(f'href="#turn-{turn}"')

    def _teach(self, rule: str, turns: Sequence[int], mark: "ExampleMark") -> None:
        """The way into the editor, where the words are looked at before they are written."""
        if self._slug and turns:
            link_to_studio(self._slug, self._call, turns[0])(TEACH[mark], rule, mark)
        elif self._slug and mark == "like":
            kit.tag("span", NO_TURN, "rh-muted rh-small")
