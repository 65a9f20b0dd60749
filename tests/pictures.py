"""Takes the README's pictures from the running app, with a short real call.

Usage: ``uv run python -m tests.pictures [FOLDER]``; the default folder is ``docs``. The catalogue
needs a font with Thai letters on this machine.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.support.caller import ALLOW, Caller, browser
from tests.support.places import ROOT
from tests.support.running import RunningApp

PERSONA = "walter-hughes"
RULE = '\n- Asking him to type an address (+1): "Type what? Into where?"'
"""What the author adds in mid-call."""
LARGEST = 300_000
"""Bytes that a picture in the repository may have."""
SPOKEN = (
    "May I have your account number, please?",
    "I am really sorry about the trouble.",
)
TYPED = (
    "The firmware of the modem has to be updated.",
    "We go one step at a time, in plain words. Which lights are on?",
    "What color is the cable, and where is it plugged in?",
)
HEADSET = """
  navigator.mediaDevices.enumerateDevices = async () =>
    [{ kind: "audioinput", deviceId: "headset", label: "Headset" }];
  const settings = MediaStreamTrack.prototype.getSettings;
  MediaStreamTrack.prototype.getSettings = function () {
    return { ...settings.call(this), deviceId: "headset" };
  };
"""
"""Gives the synthetic microphone a name in the picker; a real one has its own."""


def main(folder: Path) -> None:
    """Write ``catalogue.png``, ``call.png``, ``report.png`` and ``studio.png`` to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        RunningApp(Path(place)) as app,
        browser(ALLOW) as chromium,
    ):
        caller = Caller(chromium, app.url)
        caller.context.add_init_script(HEADSET)
        caller.log_in()
        caller.page.get_by_role("link", name="Start Practice").first.wait_for()
        take(caller, folder / "catalogue.png")
        caller.call(PERSONA, recorded=True)
        talk(caller, folder / "call.png")
        caller.end()
        caller.page.get_by_text("See how it went").click()
        caller.page.wait_for_url("**/calls/*")
        caller.wait_for_text("Objectives")
        take(caller, folder / "report.png")
        author = Caller(chromium, app.url)
        author.context.add_init_script(HEADSET)
        author.log_in("author")
        author.page.goto(f"{app.url}/studio/{PERSONA}")
        author.start()
        write(author, folder / "studio.png")
        author.end()


def write(author: Caller, picture: Path) -> None:
    """Two turns, and a rule more while the persona answers; the picture is of the editor then."""
    for sentence in SPOKEN:
        author.wait_for_silence()
        author.say(sentence)
        author.wait_for_speech()
    author.page.get_by_role("button", name="Phase 2").click()
    author.page.wait_for_timeout(500)
    author.page.keyboard.press("End")
    author.page.keyboard.insert_text(RULE)
    author.page.keyboard.press("Control+Enter")
    author.wait_for_text("Your text speaks from turn")
    take(author, picture)


def talk(caller: Caller, picture: Path) -> None:
    """A few turns of both kinds; the picture is of the persona's answer to the apology."""
    for sentence in SPOKEN:
        caller.wait_for_silence()
        caller.wait_for_text("Connection: excellent", 40)
        caller.say(sentence)
        caller.wait_for_speech()
    caller.page.wait_for_timeout(1500)
    take(caller, picture)
    for text in TYPED:
        caller.wait_for_silence()
        caller.type(text)
        caller.wait_for_speech()


def take(caller: Caller, path: Path) -> None:
    """A picture of what the page shows, in 256 colours."""
    caller.page.mouse.move(0, 0)
    caller.page.wait_for_timeout(500)
    shot = Image.open(io.BytesIO(caller.page.screenshot())).convert("RGB")
    shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path}: {shot.width} x {shot.height}, {size / 1000:.0f} kB")
    if size > LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
