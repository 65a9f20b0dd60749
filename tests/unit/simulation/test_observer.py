"""The lexical observer: rules in an author's words, turns in a trainee's."""

import random
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.simulation.language.lexicon import english, read_acts, thai
from agent.simulation.language.patterns import PatternError, compile_pattern
from agent.simulation.observing.observer import LexicalObserver
from personas.model import Kind, Persona
from personas.parse import examine
from tests.support import heldout
from tests.support.personas import make_persona, rule, rule_id
from tests.support.places import ROOT

HERE = Path(__file__).parent
FILES = sorted(p for p in (ROOT / "personas").glob("*.md") if p.stem != "README")

Cases = dict[str, dict[Kind, dict[str, list[str]]]]


@cache
def cases(name: str = "paraphrases.yaml") -> Cases:
    loaded: Cases = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return loaded


def neutral(slug: str) -> list[str]:
    sentences: dict[str, Any] = yaml.safe_load((HERE / "neutral.yaml").read_text(encoding="utf-8"))
    return list(sentences["th" if slug.startswith("sarah") else "en"])


@cache
def persona_of(slug: str, name: str = "paraphrases.yaml") -> Persona:
    rules = [rule(kind, text) for kind, texts in cases(name)[slug].items() for text in texts]
    return make_persona(rules, name=slug.replace("-", " ").title())


def matched(observer: LexicalObserver, text: str) -> set[str]:
    return {match.rule for match in observer.observe(text).matches}


def only(kind: Kind, text: str) -> LexicalObserver:
    return LexicalObserver(make_persona([rule(kind, text)]))


def sees(kind: Kind, rule_text: str, said: str) -> bool:
    return rule_id(kind, rule_text) in matched(only(kind, rule_text), said)


def rate(slug: str, kinds: tuple[Kind, ...], name: str = "paraphrases.yaml") -> tuple[int, int]:
    observer = LexicalObserver(persona_of(slug, name))
    hits = total = 0
    for kind in kinds:
        for text, sentences in cases(name)[slug][kind].items():
            hits += sum(rule_id(kind, text) in matched(observer, said) for said in sentences)
            total += len(sentences)
    return hits, total


@pytest.mark.parametrize("slug", cases())
def test_paraphrases_of_triggers_and_calming_points_are_matched(slug: str) -> None:
    hits, total = rate(slug, ("trigger", "deescalation"))
    assert hits >= 0.9 * total


def test_paraphrases_of_all_rules_are_matched() -> None:
    rates = [rate(s, ("trigger", "deescalation", "criterion", "objective")) for s in cases()]
    assert sum(h for h, _ in rates) >= 0.9 * sum(t for _, t in rates)


def test_rules_that_the_lists_do_not_know_are_matched_by_their_words() -> None:
    """Rules of other trades: fewer are found, since their synonyms are in no list."""
    file = "free_rules.yaml"
    rates = [
        rate(s, ("trigger", "deescalation", "criterion", "objective"), file) for s in cases(file)
    ]
    assert sum(h for h, _ in rates) >= 0.6 * sum(t for _, t in rates)


@pytest.mark.parametrize("slug", cases())
def test_neutral_sentences_match_next_to_nothing(slug: str) -> None:
    persona = persona_of(slug)
    observer = LexicalObserver(persona)
    wrong = sum(len(matched(observer, said)) for said in neutral(slug))
    assert wrong <= 0.01 * len(neutral(slug)) * len(persona.rules)


@pytest.mark.parametrize(
    ("rule_text", "said", "expected"),
    [
        ("A sincere apology", "I'm so sorry about that.", True),
        ("A sincere apology", "I do apologise for the trouble.", True),
        ("A sincere apology", "I can't apologise enough.", True),
        ("A sincere apology", "I'm not going to apologise.", False),
        ("A sincere apology", "I won't say sorry.", False),
        ("A sincere apology", "Did you get an apology?", False),
        ("A sincere apology", "Has anyone apologized to you?", False),
        ("A sincere apology", "Sorry, could you repeat that?", False),
        ("A sincere apology", "You should apologise to me.", False),
        ("A sincere apology", "I apologze for the trouble.", True),
        ("Confirming the refund", "I have just refunded the money.", True),
        ("Confirming the refund", "I can't refund that.", False),
        ("Confirming the refund", "A refund is not possible.", False),
        ("Confirming the refund", "Did somebody promise you a refund?", False),
        ("Confirming the refund", "Can I refund that to your card?", True),
        ("Taking ownership of the problem", "I'll take care of this personally.", True),
        (
            "Offers to ship a replacement before the broken one comes back",
            "I can send you a new one right away, you don't have to return the old one first",
            True,
        ),
        ("Telling her that it is not her fault", "You did nothing wrong.", True),
        ("Asking which lights are on", "Which lights do you see?", True),
        ("Asking which lights are on", "The lights are on.", False),
        ("A sincere apology", "Sorry, was that a B or a P?", False),
        ("A sincere apology", "We let you down there and I feel terrible about it.", True),
        ("Naming a clear price", "It's eighty-nine dollars a month.", True),
        ("Naming a clear price", "Two hundred and fifty a month.", True),
        ("Giving her the suite at the hotel", "Your corner suite is waiting for you.", True),
        ("Giving her the suite at the hotel", "The hotel desk is closed.", False),
        ("ขอโทษอย่างจริงใจ", "ต้องขออภัยจริง ๆ ค่ะ", True),
        ("ขอโทษอย่างจริงใจ", "ดิฉันจะไม่ขอโทษค่ะ", False),
        ("ขอโทษอย่างจริงใจ", "ได้รับคำขอโทษหรือยังคะ", False),
        ("ขอโทษอย่างจริงใจ", "ขอโทษนะคะ เมื่อกี้พูดว่าอะไรนะคะ", False),
        ("ขอโทษอย่างจริงใจ", "ดิฉันไม่เห็นว่าต้องขอโทษเรื่องอะไรค่ะ", False),
        ("ทวนปัญหาให้ลูกค้าฟังด้วยคำพูดของตัวเอง", "ขอทวนชื่อนะคะ คุณซาร่าห์ใช่ไหมคะ", False),
        ("ทวนปัญหาให้ลูกค้าฟังด้วยคำพูดของตัวเอง", "คุณนัทบอกว่าอะไรบ้างคะ", False),
        ("ขอเลขบัญชีเพื่อยืนยันตัวตน", "ดิฉันมีเลขบัญชีของคุณแล้วค่ะ", False),
        ("ยืนยันว่าจะคืนเงินเต็มจำนวน", "คืนเงินเต็มจำนวนให้ค่ะ", True),
        ("ยืนยันว่าจะคืนเงินเต็มจำนวน", "คืนเงินให้ไม่ได้ค่ะ", False),
    ],
)
def test_calming_points(rule_text: str, said: str, expected: bool) -> None:
    assert sees("deescalation", rule_text, said) is expected


@pytest.mark.parametrize(
    ("rule_text", "said", "expected"),
    [
        ("Being told to calm down", "You need to calm down, sir.", True),
        ("Being told to calm down", "Can you calm down please?", True),
        ("Being told to calm down", "I'd never tell you to calm down.", False),
        ("Being told that nothing can be done", "There's nothing I can do.", True),
        ("Being told that nothing can be done", "Yes, I can do that for you.", False),
        ("Being put on hold without asking", "I'm putting you on hold.", True),
        ("Being put on hold without asking", "May I put you on hold for a minute?", False),
        ("Being put on hold without asking", "I won't put you on hold.", False),
        ("Being put on hold without asking", "Did somebody put you on hold yesterday?", False),
        ("Changing the email", "Your email hasn't been changed.", False),
        ("Being transferred", "I'm not going to transfer you.", False),
        ("Refusing a refund", "I can't refund that.", True),
        ("Refusing a refund", "I'll refund that.", False),
        ("Being blamed for the problem", "That's your own fault.", True),
        ("Being blamed for the problem", "That's not your fault.", False),
        ("Blaming the customer for the problem", "How are you doing today?", False),
        ("Being blamed for the problem", "You must have put it in the wrong way.", True),
        ("Blaming him for not reading the email", "I'm not blaming you for that email.", False),
        ("Mentioning a cancellation fee", "There's a fee if you leave.", True),
        ("Mentioning a cancellation fee", "There's no fee if you leave.", False),
        ("Saying that nothing can be done", "My hands are tied.", True),
        ("Saying that nothing can be done", "I can't give you my number.", False),
        ("Refusing what he asks for", "I'm not going to offer it again.", False),
        ("โทษว่าเป็นความผิดของลูกค้า", "ไม่ได้บอกว่าเป็นความผิดของคุณนะครับ", False),
        ("บอกให้ใจเย็น", "ใจเย็น ๆ นะคะ", True),
        ("บอกให้ใจเย็น", "ดิฉันไม่ได้บอกให้ใจเย็นนะคะ", False),
        ("โอนสายไปแผนกอื่น", "ขอโอนสายไปแผนกบัญชีนะคะ", True),
        ("ให้ถือสายรอโดยไม่ถามก่อน", "ขอโทษนะคะที่ปล่อยให้คุณรอสองอาทิตย์", False),
        ("ขอให้เล่าเรื่องใหม่ตั้งแต่ต้น", "เมื่อกี้ไม่ได้ยินค่ะ พูดอีกทีได้ไหมคะ", False),
        ("ขอให้เล่าเรื่องใหม่ตั้งแต่ต้น", "ขอทวนที่คุณเล่าอีกครั้งนะคะ", False),
    ],
)
def test_triggers(rule_text: str, said: str, expected: bool) -> None:
    assert sees("trigger", rule_text, said) is expected


@pytest.mark.parametrize(
    ("rule_text", "said", "expected"),
    [
        ("A sincere apology", "Sorry, Grace, was that a B or a P?", False),
        ("Being blamed for the problem", "Nobody, Grace, is blaming you for it.", False),
        ("Calling her a liar", "You are not Grace Bennett.", True),
    ],
)
def test_a_name_is_read_over_where_it_only_addresses(
    rule_text: str, said: str, expected: bool
) -> None:
    meant = rule("trigger", rule_text)
    observer = LexicalObserver(make_persona([meant], name="Grace Bennett"))
    assert matched(observer, said) == ({meant.id} if expected else set())


def test_sentences_from_which_no_list_was_made_are_matched() -> None:
    """The benchmark ``heldout`` has the figures; they were better than these bounds."""
    for language in ("en", "th"):
        said = list(heldout.sentences("test", language))
        observers = {one.slug: LexicalObserver(heldout.persona_of(one.slug)) for one in said}
        seen = [(one.rules, matched(observers[one.slug], one.text)) for one in said]
        found = sum(len(meant & found) for meant, found in seen)
        assert found >= 0.9 * sum(len(meant) for meant, _ in seen)
        assert sum(bool(found) for meant, found in seen if not meant) <= 0.15 * len(seen)


def test_what_confirms_and_what_refuses_are_told_apart() -> None:
    refused = rule("trigger", "Being told that nothing can be done")
    confirmed = rule("criterion", "A refund is confirmed")
    observer = LexicalObserver(make_persona([refused, confirmed]))
    assert matched(observer, "I can't refund that, nothing can be done") == {refused.id}
    assert matched(observer, "your refund is confirmed") == {confirmed.id}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I am so sorry about your kettle.", False),
        ("Tell me about your kettle.", False),
        ("I promise you a new kettle.", True),
        ("We promise to send another kettle tomorrow.", True),
    ],
)
def test_what_the_customer_speaks_of_anyway_is_no_sign_of_a_rule_by_itself(
    said: str, expected: bool
) -> None:
    meant = rule("criterion", "A new kettle is promised")
    opening = ("Hello? My kettle is leaking all over the kitchen.",)
    persona = make_persona([meant], lines=(opening, (), (), ()))
    assert matched(LexicalObserver(persona), said) == ({meant.id} if expected else set())


def test_words_arrive_without_punctuation_or_capitals() -> None:
    said = "okay so i am really sorry about that can i have your account number please"
    sorry = rule("deescalation", "A sincere apology")
    account = rule("objective", "Asks for the account number")
    observer = LexicalObserver(make_persona([sorry, account]))
    assert matched(observer, said) == {sorry.id, account.id}


@pytest.mark.parametrize("slug", cases())
def test_a_quote_is_the_trainees_own_words(slug: str) -> None:
    observer = LexicalObserver(persona_of(slug))
    for kinds in cases()[slug].values():
        for said in (s for sentences in kinds.values() for s in sentences):
            for match in observer.observe(said).matches:
                assert match.quote
                assert match.quote in said
                assert 0.5 <= match.confidence <= 1


def test_the_quote_is_the_sentence_that_matched() -> None:
    observer = only("deescalation", "A sincere apology")
    said = "Hello there. I'm very sorry about that. Let me look."
    assert observer.observe(said).matches[0].quote == "I'm very sorry about that"


@pytest.mark.parametrize(
    ("said", "hostile"),
    [
        ("Go away!", True),
        ("Did the red light go away?", False),
        ("That should make the problem go away.", False),
        ("Did the parcel get lost?", False),
        ("Oh, get lost.", True),
        ("Shut up, you idiot.", True),
        ("shut up", True),
        ("I don't care about your problem.", True),
        ("You people are so annoying.", True),
        ("หุบปากไปเลย", True),
        ("That's not a stupid question at all.", False),
        ("That must have been so annoying.", False),
        ("It was our stupid mistake.", False),
        ("I'm sorry for the trouble.", False),
        ("Man, you're a pain.", True),
        ("Don't make such a drama of it.", True),
        ("Are you stupid or what?", True),
        ("So who's dumb enough to let that get out?", True),
        ("Honestly, lady, that's not a real business.", True),
        ("Use your brain for once.", True),
        ("Do I have to spell it out for you?", True),
        ("God, you're slow.", True),
        ("Why do you have to be so difficult?", True),
        ("You're acting like a child.", True),
        ("You people never listen.", True),
        ("What a whiner.", True),
        ("คุณนี่จู้จี้จังเลยนะคะ", True),
        ("อย่ามาโวยวายค่ะ", True),
        ("What's your problem?", False),
        ("What did you say your problem was?", False),
        ("You're not difficult at all.", False),
        ("Why is it so slow?", False),
        ("You're right to make a fuss.", False),
        ("You're in pain, I hear it.", False),
        ("I know it's a pain to wait.", False),
        ("What a nightmare, I'm sorry.", False),
        ("You have nothing to be ashamed of.", False),
        ("You must be out of your mind with worry.", False),
        ("I don't care what the screen says.", False),
        ("We need people like you.", False),
        ("Good morning, Mr. Walker.", False),
        ("When did they do the bloods?", False),
        ("It's our own stupid fault.", False),
        ("คุณไม่ได้จู้จี้เลยค่ะ", False),
        ("เข้าใจที่คุณโวยวายค่ะ", False),
        ("สวัสดีค่ะ", False),
    ],
)
def test_hostility(said: str, hostile: bool) -> None:
    observer = only("deescalation", "A sincere apology")
    assert observer.observe(said).hostile is hostile


@pytest.mark.parametrize(
    ("said", "question"),
    [("What's your account number?", True), ("I see.", False), ("can i have your name", True)],
)
def test_questions(said: str, question: bool) -> None:
    assert only("deescalation", "A sincere apology").observe(said).question is question


@pytest.mark.parametrize("said", ["", "   ", "...", "🙂", "a" * 5000, "so " * 2000, "ค" * 3000])
def test_odd_turns_match_nothing(said: str) -> None:
    assert only("trigger", "Being told to calm down").observe(said).matches == ()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_rule_of_the_personas_can_be_matched_by_its_own_words(path: Path) -> None:
    persona = examine(path.read_bytes(), path.stem).persona
    assert persona is not None
    observer = LexicalObserver(persona)
    aims = [rule.id for rule in persona.rules if observer.looks_for(rule.id)]
    assert len(aims) == len(persona.rules)


def test_a_turn_is_read_well_within_the_pause_before_an_answer() -> None:
    """A bound against runaway patterns; the usual turn takes about a millisecond."""
    observer = LexicalObserver(persona_of("walter-hughes"))
    words = [w for s in neutral("walter-hughes") for w in s.split()]
    said = " ".join(random.Random(3).choices(words, k=60))
    observer.observe(said)
    started = time.thread_time()
    observer.observe(said)
    assert time.thread_time() - started < 0.25


def test_both_languages_name_the_acts_alike() -> None:
    assert set(thai().acts) <= set(english().acts)


def test_every_act_is_recognised_in_its_own_example() -> None:
    from agent.simulation.language.reading import read_english

    lists = english()
    for act in lists.acts.values():
        for example in act.examples:
            assert act.name in read_english(example, lists, lists.said).acts, (act.name, example)


def test_a_word_list_that_cannot_be_read_is_named_with_its_line() -> None:
    with pytest.raises(PatternError, match=r"list, line 2: cannot read 'sorry'"):
        read_acts("[apology]\nsorry", "list")
    with pytest.raises(PatternError, match="unclosed"):
        compile_pattern("(sorry|no")


def test_an_edited_persona_is_observed_by_its_rules_as_they_are() -> None:
    """Whether the observer of the version before was at hand or not."""
    texts = ["Being told to calm down", "A sincere apology", "A refund or a discount"]
    before = LexicalObserver(make_persona([rule("trigger", text) for text in texts]))
    edited = [rule("deescalation", texts[1]), rule("trigger", texts[2]), rule("trigger", "Lies")]
    after = LexicalObserver(make_persona(edited), before)
    fresh = LexicalObserver(make_persona(edited))
    for said in ["Calm down, please.", "I am really sorry.", "You get a refund.", "You are lying."]:
        assert after.observe(said) == fresh.observe(said)
    assert matched(after, "I am really sorry.") == {rule_id("deescalation", texts[1])}
    assert not matched(after, "Calm down, please.")
