"""The checker: each mistake is found on its line, in words; and the command ``check``."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest
import yaml

from agent.engines.registry import EngineRegistry
from personas.cli import Form, annotation, run_check
from personas.model import Finding
from personas.parse import examine
from tests.support.persona_text import FULL, PLAIN, line_of, swap
from tests.support.places import ROOT

ENGINES = EngineRegistry().voices


def find(text: str | bytes, level: str = "error") -> list[Finding]:
    return [f for f in examine(text, "sarah", ENGINES).findings if f.level == level]


def only(text: str | bytes, level: str = "error") -> Finding:
    """The one finding of that level, when there is no other."""
    findings = find(text, level)
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize("text", [FULL, PLAIN])
def test_a_persona_comes_only_without_errors(text: str) -> None:
    assert examine(text, "sarah").persona is not None
    assert examine(text.replace("# Constraints", "# Limits"), "sarah").persona is None


def test_no_name() -> None:
    assert only(swap("# Persona: Sarah Thompson", "# Persona:")).line == line_of("# Persona")
    assert only(swap("# Persona: Sarah Thompson", "# Persona")).line == line_of("# Persona")
    assert "# Persona: Name" in only(swap("# Persona: Sarah Thompson\n", "")).message


@pytest.mark.parametrize(
    "heading",
    [
        "# Profile Data",
        "# Scenario Context",
        "# Emotional State & Behavior Rules",
        "## Phase 1: Opening (0-30 seconds)",
        "## Phase 2: Escalation Triggers",
        "## Phase 3: De-escalation Points",
        "## Phase 4: Resolution Acceptance",
        "# Test Objectives",
        "# Constraints",
    ],
)
def test_a_missing_section(heading: str) -> None:
    start = FULL.index(heading)
    end = FULL.find("\n#", start)
    text = FULL[:start] + (FULL[end + 1 :] if end > 0 else "")
    name = heading.lstrip("# ").split(":")[0]
    finding = only(text)
    assert f"no section {name!r}; write" in finding.message
    assert heading.split(" (")[0] in finding.message
    end_of_file = len(text.rstrip().splitlines())
    assert finding.line == (line_of("# Emotional", text) if "Phase" in name else end_of_file)


def test_a_misspelt_section_is_pointed_at() -> None:
    text = swap("# Constraints", "# Constrants")
    assert f"is '# Constrants' on line {line_of('# Constrants', text)} meant?" in (
        only(text).message
    )


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("difficulty: hard", "difficulty: [hard", "difficulty: ["),
        ("difficulty: hard", 'difficulty: "hard', "difficulty:"),
        ("difficulty: hard", "difficulty: hard: er", "difficulty:"),
        ("difficulty: hard", "\tdifficulty: hard", "\tdifficulty"),
        ("difficulty: hard", "difficulty: {a: 1", "difficulty:"),
        ("difficulty: hard", "difficulty: @hard", "difficulty:"),
        ("difficulty: hard", "difficulty", "difficulty"),
    ],
)
def test_unreadable_front_matter(old: str, new: str, wrong: str) -> None:
    text = swap(old, new)
    finding = only(text)
    assert finding.message.startswith("unreadable front matter")
    assert finding.line == line_of(wrong, text)


def test_front_matter_of_another_kind_or_without_end() -> None:
    assert only("---\njust words\n---\n" + PLAIN).line == 2
    assert "never closed" in only("---\nscenario: x\n" + PLAIN).message
    assert "unreadable" in only(swap("patience: 12", "patience: &a 12\nother: *a")).message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("difficulty: hard", "difficulty: brutal", "unknown difficulty 'brutal'; write easy"),
        ("difficulty: hard", "difficulty: [hard]", "unknown difficulty; write easy"),
        ("language: th-TH", "language: english", "unknown language tag 'english'"),
        ("language: th-TH", "language: th_TH", "(here: th-TH)"),
        ("language: th-TH", "language: xx-YY", "such as th-TH or en"),
        ("language: th-TH", "language: en-UK", "such as en-GB"),
        ("language: th-TH", "language: {th: TH}", "unknown language tag"),
        ("patience: 12", "patience: long", "bad patience 'long'"),
        ("patience: 12", "patience: 0", "bad patience"),
        ("patience: 12", "patience: -3", "bad patience"),
        ("patience: 12", "patience: .nan", "bad patience"),
        ("patience: 12", "patience: [1]", "bad patience"),
        ("patience: 12", "patience: 12\nengine: hal", "unknown engine 'hal'; write auto"),
        ("patience: 12", "patience: 12\nPatience: 13", "written twice (lines 5 and 6)"),
        ("patience: 12", "published: maybe", "bad published 'maybe'; write yes or no"),
        ("patience: 12", "hang_up: 0", "bad hang_up '0'; write yes or no"),
        ("patience: 12", "exam: [yes]", "bad exam; write yes or no"),
        ("patience: 12", "recording: never", "bad recording 'never'; write yes or no"),
        ("patience: 12", "exam: " + "9" * 5000, "bad exam '999"),
        ("voice: {offline: {pitch: 60}, gemini: Kore}", "voice: Kore", "voice must name engines"),
        ("{pitch: 60}", "60", "voice: offline has the wrong type"),
        ("pitch: 60", "pitch: high", "offline.pitch must be a number from 0 to 1000"),
        ("pitch: 60", "pitch: -1", "offline.pitch must be a number from 0 to 1000"),
        ("pitch: 60", "size: .inf", "offline.size must be a number from 0.6 to 1.4"),
        ("pitch: 60", "tone: .nan", "offline.tone must be a number from 0.5 to 2"),
        ("pitch: 60", "pace: 0", "offline.pace must be a number from 0.5 to 2"),
        ("pitch: 60", "size: tall", "offline.size must be a number from 0.6 to 1.4"),
        ("pitch: 60", "size: [1]", "offline.size must be a number"),
        ("pitch: 60", "speaker: bella", "offline.speaker must be heart, kore, emma, fenrir or"),
        ("pitch: 60", "speaker: 3", "offline.speaker must be heart"),
        ("gemini: Kore", "gemini: [Kore]", "voice: gemini has the wrong type"),
        ("gemini: Kore", "openai: {voice: coral}", "voice: openai has the wrong type"),
    ],
)
def test_wrong_values_in_front(old: str, new: str, words: str) -> None:
    text = swap(old, new)
    finding = only(text)
    assert words in finding.message
    assert finding.line == line_of(new.split("\n")[-1], text)


def test_espeak_s_settings_of_a_voice_stand_beside_the_english_ones_without_a_word() -> None:
    espeak = "pitch: 60, range: 40, rate: 150, volume: 90, variant: f2, voice: en-us+f2"
    english = "speaker: emma, size: 0.82, tone: 0.8, pace: 1.05"
    for settings in (espeak, english, f"{espeak}, {english}"):
        text = swap("pitch: 60", settings)
        assert find(text) == find(text, "warning") == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Intensity: 8/10", "Intensity: high", "bad intensity"),
        ("Intensity: 8/10", "Intensity: 11/10", "bad intensity"),
        ("Intensity: 8/10", "Intensity: 7-8/10", "bad intensity"),
        ("Intensity: 8/10", "Intensity: 7.5/10", "bad intensity"),
        ("Intensity: 8/10", "Intensity: 4/5", "bad intensity"),
        ("Threshold: 4/10", "Threshold: low", "bad threshold"),
        ("Threshold: 4/10", "Threshold: 12/10", "bad threshold"),
        ("Threshold: 4/10", "Threshold: -1", "bad threshold"),
        (
            "- Owning the mistake (-3)\n- Threshold: 4/10",
            "- Threshold: 2/10",
            "2 can never be reached",
        ),
        ("(+2)", "(+2.5)", "bad change of intensity (+2.5)"),
        ("(+2)", "(+20)", "bad change of intensity"),
        ("down (+2)", "down (+2) (+3)", "two changes"),
        ("- Being transferred", "- (+1)", "a rule without words"),
        ("(weight 2)", "(weight two)", "bad weight 'two'"),
        ("(weight 2)", "(weight: 0)", "bad weight"),
        ("(weight 2)", "(weight 1.5)", "bad weight"),
        ("(weight 2)", "(weight)", "bad weight"),
        ("- Stays calm", "# Persona: Two", "a file holds one persona"),
        ("- Threshold: 4/10", "- Threshold: 4/10\n- Threshold: 5/10", "written twice"),
        ("- Speaks fast", "- Speaks fast\0", "a NUL byte"),
        ("patience: 12", "patience: 12 \0", "a NUL byte"),
    ],
)
def test_wrong_marks(old: str, new: str, words: str) -> None:
    text = swap(old, new)
    finding = only(text)
    assert words in finding.message
    assert finding.line == line_of(new, text) + new.count("\n")


@pytest.mark.parametrize(
    ("intensity", "points", "threshold", "reached"),
    [
        (8, (-2,), 4, True),
        (8, (-2,), 3, False),
        (8, (-1, -1), 6, True),
        (8, (-1, -1), 5, False),
        (3, (-9,), 0, True),
        (2, (1,), 4, True),
    ],
)
def test_reach_of_the_threshold(
    intensity: int, points: tuple[int, ...], threshold: int, reached: bool
) -> None:
    bullets = "".join(f"- Deed {n} ({change:+})\n" for n, change in enumerate(points))
    text = swap(
        '- A sincere apology (-2): "Well. Thank you."\n- Owning the mistake (-3)\n', bullets
    )
    text = swap("Intensity: 8/10", f"Intensity: {intensity}", text)
    text = swap("Threshold: 4/10", f"Threshold: {threshold}", text)
    assert [f.line for f in find(text)] == ([] if reached else [line_of("- Threshold", text)])


def test_no_threshold_is_an_error_once_any_number_is_set() -> None:
    finding = only(swap("- Threshold: 4/10\n", ""))
    assert "no threshold" in finding.message
    assert finding.line == line_of("## Phase 3")
    assert find(PLAIN) == []
    for old, new in (
        ("to wait", "to wait (+2)"),
        ("- Apologises", "- Apologises (weight 2)"),
        ("- Asks where", "- Intensity: 7/10\n- Asks where"),
    ):
        assert "no threshold" in only(swap(old, new, PLAIN)).message


@pytest.mark.parametrize("phase", [1, 2, 3, 4])
def test_an_empty_phase(phase: int) -> None:
    start = FULL.index("\n", FULL.index(f"## Phase {phase}"))
    end = FULL.index("\n#", start)
    text = FULL[:start] + "\n<!-- later -->\n" + FULL[end:]
    findings = [f for f in find(text) if "is empty" in f.message]
    assert [(f.line, f.message[:7]) for f in findings] == [
        (line_of(f"## Phase {phase}"), f"Phase {phase}")
    ]


def test_a_phase_of_marks_or_lines_alone() -> None:
    text = swap('- A sincere apology (-2): "Well. Thank you."\n- Owning the mistake (-3)\n', "")
    assert "Phase 3 is empty" in only(text).message
    text = swap("- The full refund is confirmed\n- A time is named\n", '- "Thanks."\n')
    assert "what the trainee does" in only(text).message


def test_empty_test_objectives() -> None:
    start, end = FULL.index("\n- Verifies"), FULL.index("\n\n# Constraints")
    assert "Test Objectives is empty" in only(FULL[:start] + FULL[end:]).message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Being transferred", '- being told  to CALM down! (+1): "Other words."'),
        ("- A time is named", "- The full refund is **confirmed**"),
        ("- Stays calm", "- Verifies identity before discussing the account."),
        ("- Owning the mistake (-3)", "- Owning the mistake (-3)\n- Being told to calm down"),
    ],
)
def test_two_rules_with_the_same_words(old: str, new: str) -> None:
    text = swap(old, new)
    finding = only(text)
    assert finding.line == line_of(new, text) + new.count("\n")
    twin = {"- b": "- Being told", "- T": "- The full", "- S": "- Verifies", "- V": "- Verifies"}
    first = line_of(twin.get(new[:3], "- Being told"), text)
    assert f"on lines {first} and {finding.line}" in finding.message


def test_thai_words_that_differ_in_a_tone_mark_are_not_the_same() -> None:
    text = swap("- Being transferred", "- พูดถึงม้า\n- พูดถึงมา")
    assert find(text) == []


def test_not_utf8() -> None:
    data = FULL.encode()
    at = data.index(b"Being transferred")
    finding = only(data[:at] + b"\xe9" + data[at:])
    assert (finding.line, "0xe9" in finding.message) == (line_of("Being transferred"), True)
    assert only(FULL.encode("utf-16")).message.startswith("the file is not UTF-8 (it looks like")
    assert only("\ud800").line == 1


def test_over_256_kb() -> None:
    full = FULL.encode()
    fits = full + b"x\n" * ((256 * 1024 - len(full)) // 2)
    assert find(fits) == []
    finding = only(fits + b"x\n" * 5)
    assert "over 256 KB" in finding.message
    assert finding.line >= fits.count(b"\n")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("# Constraints", "# Backstory\nTwo dogs.\n# Constraints", "unknown section '# Backstory'"),
        ("patience: 12", "mood: bad\npatience: 12", "unknown key 'mood'"),
        ("- Being transferred", "- a", "nothing that is said can be compared with 'a'"),
        ("- Being transferred", "- \U0001f621\U0001f621", "can be compared with"),
        ("- Stays calm", "".join(f"- Asks for part {n}\n" for n in range(200)), "207 rules; over"),
        (
            "language: th-TH",
            "language: fr-FR",
            "rules in fr-FR count by their examples (like:) alone",
        ),
        ("patience: 12", "patience:", "patience has no value"),
        ("patience: 12", "exam:", "exam has no value; its default holds"),
        ('- "I was charged twice!"', "- Shouts", "no opening line in quotes"),
        ("- Speaks fast", "- " + "fast " * 300, "a line of 15"),
        ('"I was charged twice!"', '"I was charged twice!', "without its partner"),
        ("gemini: Kore", "hal: Kore", "unknown engine 'hal'"),
        ("pitch: 60", "spaker: heart", "offline.spaker is no setting of a voice and does nothing"),
        ("apology (-2)", "apology (+2)", "a de-escalation point that upsets"),
        ("down (+2)", "down (-2)", "a trigger that calms"),
        ("- Being transferred", "- Being transferred\n- Intensity: 9/10", "read in Phase 1 only"),
        ("- A time is named", "- A time is named (-1)", "(-1) has no effect here"),
        ("- Account: TC-88213", "- Account:", "'Account' has no value"),
        ("- Never agrees to be called back", "", "Constraints is empty"),
        ("# Constraints", "```\n# Constraints", "never closed"),
    ],
)
def test_warnings(old: str, new: str, words: str) -> None:
    warnings = find(swap(old, new), "warning")
    assert any(words in warning.message for warning in warnings), warnings


def check(*paths: Path, form: Form = "text") -> tuple[int, str]:
    out = io.StringIO()
    code = run_check(list(paths), form, out, ENGINES)
    return code, out.getvalue()


def test_the_command_prints_file_and_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(FULL, encoding="utf-8")
    bad.write_text(swap("difficulty: hard", "difficulty: brutal"), encoding="utf-8")
    for aside in ("README.md", ".#bad.md", "~bad.md"):
        (tmp_path / aside).write_text("Not a persona.", encoding="utf-8")
    assert check(good) == (0, "1 persona checked, nothing found\n")
    code, printed = check(tmp_path)
    assert code == 1
    assert printed.splitlines() == [
        f"{bad}:3: error: unknown difficulty 'brutal'; write easy, medium or hard"
    ]


def test_warnings_are_printed_and_pass(tmp_path: Path) -> None:
    path = tmp_path / "ann.md"
    path.write_text(PLAIN, encoding="utf-8")
    code, printed = check(path)
    assert code == 0
    assert all(line.startswith(f"{path}:") for line in printed.splitlines())
    assert ": warning: " in printed


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert check(tmp_path / "none.md")[0] == 1
    assert check(tmp_path) == (1, f"{tmp_path}:1: error: no persona files (*.md) in this folder\n")


def test_a_name_that_the_app_skips(tmp_path: Path) -> None:
    (tmp_path / "Sarah Thompson.md").write_text(FULL, encoding="utf-8")
    code, printed = check(tmp_path)
    assert (code, "sarah-thompson.md" in printed) == (0, True)


def test_json_lists_rules_and_findings_also_of_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "sarah.md"
    path.write_text(swap("difficulty: hard", "difficulty: brutal"), encoding="utf-8")
    code, printed = check(path, form="json")
    (file,) = json.loads(printed)["files"]
    assert code == 1
    assert file["path"] == str(path)
    assert [(f["line"], f["level"]) for f in file["findings"]] == [(3, "error")]
    kinds = [rule["kind"] for rule in file["rules"]]
    assert kinds == [k for k in ("trigger", "deescalation", "criterion", "objective") for _ in "ab"]
    assert file["rules"][0] == {
        "id": file["rules"][0]["id"],
        "kind": "trigger",
        "text": "Being told to calm down",
        "change": 2,
        "line": line_of("- Being told"),
    }
    assert file["rules"][6]["weight"] == 2
    assert "change" not in file["rules"][6]


def test_json_lists_what_stands_below_rules_and_facts(tmp_path: Path) -> None:
    text = swap("- Account: TC-88213", "- Account: TC-88213\n  - only after: A time is named")
    text = swap("since 2016", 'since 2016\n  - asked: "Since when?"', text)
    below = '  - like: "At ten."\n  - unlike: "Soon."\n  - then: Account: closed'
    text = swap("- A time is named", f"- A time is named\n{below}", text)
    path = tmp_path / "sarah.md"
    path.write_text(text.replace("Account: closed", "Account: shut"), encoding="utf-8")
    (file,) = json.loads(check(path, form="json")[1])["files"]
    (rule,) = [rule for rule in file["rules"] if "like" in rule]
    assert (rule["text"], rule["like"], rule["unlike"]) == (
        "A time is named",
        ["At ten."],
        ["Soon."],
    )
    then = {"label": "Account", "value": "shut", "line": line_of("  - then", text)}
    assert rule["then"] == [then]
    line = line_of("- Account", text)
    account = {"label": "Account", "value": "TC-88213", "line": line}
    since = {"label": "", "value": "Has been a customer since 2016", "line": line + 2}
    assert file["facts"] == [
        {**account, "only_after": rule["id"]},
        {**since, "asked": ["Since when?"]},
    ]


def test_a_console_without_thai_still_gets_the_line(tmp_path: Path) -> None:
    path = tmp_path / "sarah.md"
    path.write_text(swap("difficulty: hard", "difficulty: ยาก"), encoding="utf-8")
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="cp1252")
    assert run_check([path], "text", out) == 1
    assert run_check([path], "json", out) == 1
    out.flush()
    assert raw.getvalue().startswith(f"{path}:3: error".encode())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is a text")
@pytest.mark.parametrize("form", get_args(Form))
def test_a_name_that_is_no_text_costs_only_its_letters(tmp_path: Path, form: Form) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))
    path.write_text(swap("difficulty: hard", "difficulty: brutal"), encoding="utf-8")
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    assert run_check([tmp_path], form, out) == 1
    out.flush()
    assert b"brutal" in raw.getvalue()
    if form == "json":
        (file,) = json.loads(raw.getvalue())["files"]
        assert Path(file["path"]) == path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_in_the_folder_is_told_and_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    # A persona waits in it, and its end comes only later: a check that reads it waits for that.
    end = os.open(pipe, os.O_RDWR)
    os.write(end, FULL.encode())
    later = threading.Timer(5.0, os.close, (end,))
    later.start()
    code, printed = check(tmp_path)
    later.cancel()
    later.join()
    with suppress(OSError):
        os.close(end)
    assert (code, "no ordinary file" in printed) == (1, True)


def test_the_personas_that_come_with_the_app_pass() -> None:
    assert check(ROOT / "personas") == (0, "8 personas and 64 scripts checked, nothing found\n")


def test_only_a_folder_s_own_files_are_checked_as_the_app_reads_them(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "archive"):
        folder.mkdir(exist_ok=True)
        (folder / "ann.md").write_text("nothing", encoding="utf-8")
    _, printed = check(tmp_path)
    assert str(tmp_path / "ann.md") in printed
    assert "archive" not in printed
    other = tmp_path / "other"
    other.mkdir()
    (other / "sarah.md").write_text(FULL, encoding="utf-8")
    assert check(other, other) == (0, "2 personas checked, nothing found\n")


def test_annotations_for_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "personas"
    folder.mkdir()
    (folder / "sarah.md").write_text(
        swap("difficulty: hard", "difficulty: 100% bad, really: bad"), encoding="utf-8"
    )
    (folder / "ann.md").write_text(PLAIN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, printed = check(folder, form="github")
    lines = printed.splitlines()
    assert code == 1
    assert (
        "::error file=personas/sarah.md,line=3,title=Persona::"
        "unreadable front matter: mapping values are not allowed in this context" in lines
    )
    warning = line_of("## Phase 1", PLAIN)
    start = f"::warning file=personas/ann.md,line={warning},title=Persona::"
    assert any(line.startswith(start) for line in lines)
    assert check(Path("personas"), form="github")[1] == printed


@pytest.mark.parametrize(
    ("name", "message", "shown"),
    [
        ("a,b:c%.md", "x", "::error file=a%2Cb%3Ac%25.md,line=7,title=Persona::x"),
        (
            "a.md",
            "5%\r\n::error::x",
            "::error file=a.md,line=7,title=Persona::5%25%0D%0A::error::x",
        ),
    ],
)
def test_no_text_ends_an_annotation_or_begins_another(name: str, message: str, shown: str) -> None:
    assert annotation(Path(name), Finding(7, "error", message)) == shown


def test_the_hook_for_pre_commit_runs(bare: Path, tmp_path: Path) -> None:
    """In a repository that holds nothing but personas, as pre-commit runs it."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"]) == ("rehearsal-check", "script")
    script = ROOT / hook["entry"]
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env -S uv run --script\n")
    passed = [
        name
        for name in ("sarah.md", "personas/ann.md", "README.md", "docs/Contributing.md")
        if re.search(hook["files"], name) and not re.search(hook["exclude"], name)
    ]
    assert passed == ["sarah.md", "personas/ann.md"]
    (tmp_path / "sarah.md").write_text(FULL, encoding="utf-8")
    (tmp_path / "ann.md").write_text("nothing", encoding="utf-8")
    for names, code in ((["sarah.md"], 0), (["sarah.md", "ann.md"], 1)):
        done = run_bare(bare, tmp_path, str(script), *names)
        assert (done.returncode, done.stderr) == (code, "")
    assert "ann.md:1: error: no name" in done.stdout


def test_where_only_the_yaml_package_is_the_command_knows_engines_and_voices(
    bare: Path, tmp_path: Path
) -> None:
    front = "engine: hal\nvoice: {offline: Kore, gemini: {pitch: 60}, openai: coral}"
    (tmp_path / "ann.md").write_text(f"---\n{front}\n---\n{PLAIN}", encoding="utf-8")
    for program in (("app.py", "check"), ("personas/pre_commit.py",)):
        done = run_bare(bare, tmp_path, str(ROOT / program[0]), *program[1:], "ann.md")
        assert (done.returncode, done.stderr) == (1, "")
        engine, offline, gemini, *_ = done.stdout.splitlines()
        *names, last = EngineRegistry().settings
        named = f"write {', '.join(names)} or {last}"
        assert engine == f"ann.md:2: error: unknown engine 'hal'; {named}"
        assert (
            "voice: offline has the wrong type; write offline: {size: 0.85, tone: 0.9}" in offline
        )
        assert "voice: gemini has the wrong type; write gemini: Kore" in gemini


def test_what_is_known_of_engines_needs_nothing_that_is_installed() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import agent.engines.registry; "
        "print(*{name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True)
    ours = {"__main__", "agent", "data", "personas"}
    assert (done.stderr, set(done.stdout.split())) == ("", ours)


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the one package that the checker needs."""
    folder = tmp_path_factory.mktemp("packages")
    shutil.copytree(Path(yaml.__file__).parent, folder / "yaml")
    return folder


def run_bare(packages: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in a folder with nothing but the standard library and these packages."""
    return subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(packages)},
    )


def test_the_hook_asks_for_what_the_checker_needs() -> None:
    text = (ROOT / "personas" / "pre_commit.py").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    block = re.search(r"(?m)^# /// script\n((?:#.*\n)+?)# ///$", text)
    assert block is not None
    asked = tomllib.loads(re.sub(r"(?m)^# ?", "", block[1]))
    assert asked["requires-python"] == project["requires-python"]
    assert set(asked["dependencies"]) < set(project["dependencies"])
