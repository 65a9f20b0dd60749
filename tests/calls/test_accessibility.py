"""Every page as axe judges it (WCAG 2.2 A and AA), whether the focus is seen on each control, and
whether a call can be muted and ended whatever its page has to tell.

One visit of each page serves all tests.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from tests.support.caller import Browsers, Caller
from tests.support.running import APOLOGY, RunningApp

pytestmark = pytest.mark.call

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = (
    "/",
    "/progress",
    "/studio",
    "/studio/new",
    "/studio/import",
    "/studio/walter-hughes",
    "/studio/walter-hughes/versions",
    "/studio/walter-hughes/lab",
    "/studio/walter-hughes/objectives",
    "/lab",
    "/accounts",
    "/people/admin",
    "/settings",
    "/doctor",
    "/password",
    "/no-such-page",
)
MOST = 90
"""Controls on which the Tab key may stop on a page; a test would not end in a list of hundreds."""
DRAWN = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
"""Until what has just changed is drawn."""
JUDGE = """async (levels) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: levels }, resultTypes: ["violations"],
    rules: { "label-content-name-mismatch": { enabled: true } },  // WCAG 2.5.3; off by default
  });
  return found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.target.join(" ")} ${node.failureSummary}`,
  ));
}"""
FOCUSED = """async () => {
  await new Promise(requestAnimationFrame);  // what the key has moved
  // Luminance and contrast as WCAG 2.2 defines them.
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    for (let place = element; place; place = place.parentElement) {
      const colour = getComputedStyle(place).backgroundColor;
      if (colour.startsWith("rgb(")) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  // In a list of options the focus stays in the field, and the option is marked instead.
  const marked = document.querySelector("[role=option].q-manual-focusable--focused");
  const element = marked ?? document.activeElement;
  if (!element || element === document.body) return null;
  // What is one control to the eye: the ring may be around the field, not around its bare input.
  const control = element.closest(".q-field, .cm-editor") ?? element;
  const parts = [element, control, ...control.querySelectorAll(".q-field__control")];
  const rings = parts.map((part) => [part, getComputedStyle(part)]).filter(
    ([, style]) => style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3,
  );
  const clear = rings.some(([part, style]) => {
    const inside = parseFloat(style.outlineOffset) < 0;
    const beside = ground(inside ? part : part.parentElement ?? part);
    return contrast(style.outlineColor, beside) >= 3;
  });
  const box = element.getBoundingClientRect();
  const words = element.getAttribute("aria-label") ?? element.innerText ?? "";
  window.__stops ??= new Map();
  if (!window.__stops.has(element)) window.__stops.set(element, window.__stops.size);
  return {
    stop: window.__stops.get(element),
    name: `${element.tagName.toLowerCase()}.${element.className} "${words.slice(0, 40)}"`,
    clear: clear || (box.width <= 1 && box.height <= 1),
  };
}"""

TELL = """() => {
  const told = (words) => `<div class="rh-notice rh-message rh-message-bad"><p>${words}</p></div>`;
  const long = "Your microphone is silent: choose another one, or check its switch. ".repeat(4);
  document.querySelector(".rh-notices").insertAdjacentHTML("beforeend", told(long) + told(long));
  const hint = `<div class="rh-hint"><p class="rh-hint-text">${long}</p></div>`;
  document.querySelector(".rh-hints").insertAdjacentHTML("beforeend", hint + hint);
  const line = `<div class="rh-caption"><p>${long.repeat(3)}</p></div>`;
  document.querySelector(".rh-captions-box").insertAdjacentHTML("beforeend", line.repeat(6));
}"""
"""Notices, hints and captions, as many and long as a page can have."""
SIZES = ((1280, 800), (768, 1024), (360, 740), (360, 640))


@dataclass
class Found:
    """What was wrong where, and the names of all controls that were reached."""

    violations: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    reached: dict[str, list[str]] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    moved: float = 0.0

    def judge(self, caller: Caller, place: str) -> None:
        """Axe's view of the page as it stands."""
        if not caller.page.evaluate("() => 'axe' in window"):
            caller.page.evaluate(AXE_SCRIPT)  # half a megabyte, once for a page
        caller.page.evaluate(DRAWN)
        words = caller.page.evaluate(JUDGE, LEVELS)
        self.violations += [f"{place}: {each}" for each in words]

    def tab(self, caller: Caller, place: str, key: str = "Tab", most: int = MOST) -> None:
        """Go from control to control until the first one comes round again."""
        caller.page.evaluate("() => { window.__stops = new Map(); }")
        names = self.reached.setdefault(place, [])
        for number in range(most):
            caller.page.keyboard.press(key)
            stop: dict[str, Any] | None = caller.page.evaluate(FOCUSED)
            if stop is None or stop["stop"] < number:
                break
            names.append(stop["name"])
            if not stop["clear"]:
                self.unseen.append(f"{place}: {stop['name']}")

    def look_for_the_foot(self, caller: Caller, place: str) -> None:
        """Whether Mute and End Call are in the window, whatever its size."""
        for width, height in SIZES:
            caller.page.set_viewport_size({"width": width, "height": height})
            caller.page.evaluate("() => scrollTo(0, 0)")
            caller.page.evaluate(DRAWN)
            for name in ("Mute", "End Call"):
                button = caller.page.get_by_role("button", name=name, exact=True)
                box = button.bounding_box()
                if box is None or box["y"] < 0 or box["y"] + box["height"] > height:
                    self.outside.append(f"{place}, {width}x{height}: {name} at {box}")
        caller.page.set_viewport_size({"width": 1280, "height": 800})


def visit(chromium: Browser, app: RunningApp) -> Found:
    """Once through all pages, as an admin, who sees most."""
    found = Found()
    caller = Caller(chromium, app.url)
    page = caller.page
    page.emulate_media(reduced_motion="reduce")  # what fades in has no contrast yet
    caller.open("/login")
    found.judge(caller, "/login")
    found.tab(caller, "/login")
    caller.log_in("admin")
    for path in PAGES:
        caller.open(path)
        page.locator("h1").first.wait_for()
        if path == "/studio/walter-hughes":
            page.locator(".cm-line").first.wait_for()
        found.judge(caller, path)
        found.tab(caller, path)
    caller.open("/studio/walter-hughes/versions")
    list_ = page.locator(".rh-history")
    before = list_.bounding_box()
    page.get_by_role("button", name="Name or note").first.click()
    page.get_by_role("dialog").wait_for()
    after = list_.bounding_box()
    assert before is not None
    assert after is not None
    found.moved = after["y"] - before["y"]
    caller.open("/")
    page.get_by_role("button", name="Menu of").click()
    page.get_by_role("menuitem", name="Log out").wait_for()
    found.judge(caller, "menu")
    page.wait_for_function(
        "document.querySelector('.rh-menu').contains(document.activeElement)"
    )  # an open menu takes the focus when it has been drawn
    found.tab(caller, "menu", "ArrowDown", 6)
    page.keyboard.press("Escape")
    caller.open("/")
    page.get_by_role("combobox", name="Difficulty").click()
    page.get_by_role("option").first.wait_for()
    found.judge(caller, "options")
    found.tab(caller, "options", "ArrowDown", 3)
    in_a_call(caller, found)
    return found


def in_a_call(caller: Caller, found: Found) -> None:
    """The call page before, in and after a call, and the pages that tell of it."""
    page = caller.page
    caller.open_call("walter-hughes")
    found.judge(caller, "before a call")
    found.tab(caller, "before a call")
    page.get_by_role("checkbox", name="Record my calls").click()
    page.get_by_role("checkbox", name="Record my calls", checked=True).wait_for()
    page.get_by_role("switch", name="Hints during the call").click()
    caller.start()
    caller.wait_for_recording()
    page.get_by_text("Hint:", exact=True).wait_for()
    caller.type(APOLOGY)
    caller.wait_for_silence()
    found.judge(caller, "in a call")
    found.tab(caller, "in a call")
    found.look_for_the_foot(caller, "in a call")
    page.evaluate(TELL)
    found.look_for_the_foot(caller, "with much to tell")
    page.locator(".rh-briefing summary").click()
    found.look_for_the_foot(caller, "with the briefing unfolded")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found.judge(caller, "in a call, dark")
    found.tab(caller, "in a call, dark")
    caller.end()
    page.get_by_role("link", name="See how it went").wait_for()
    found.judge(caller, "after a call, dark")
    page.get_by_role("link", name="See how it went").click()
    page.get_by_role("heading", name="Transcript").wait_for()
    page.locator(".rh-player-wave[data-drawn]").wait_for(state="attached")
    found.judge(caller, "report, dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found.judge(caller, "report")
    found.tab(caller, "report")
    page.get_by_role("link", name="Try this moment again").first.click()
    page.get_by_text("says once more").wait_for()
    found.judge(caller, "a moment again")
    found.tab(caller, "a moment again")
    caller.open("/calls")
    page.locator("h1").wait_for()
    found.judge(caller, "/calls")
    found.tab(caller, "/calls")


@pytest.fixture(scope="module")
def found(app: RunningApp, browsers: Browsers) -> Found:
    """The visit, once for all tests of this file."""
    with browsers.shared() as chromium:
        found = visit(chromium, app)
    return found


def test_axe_finds_nothing(found: Found) -> None:
    assert not found.violations, "\n".join(found.violations)


def test_every_control_shows_that_it_has_the_focus(found: Found) -> None:
    assert not found.unseen, "\n".join(found.unseen)
    few = {place: len(names) for place, names in found.reached.items() if len(names) < 2}
    assert few == {}, "the Tab key has not gone far there"


def test_mute_and_end_call_are_always_in_view(found: Found) -> None:
    assert not found.outside, "\n".join(found.outside)


def test_a_dialog_does_not_move_the_page_under_it(found: Found) -> None:
    assert found.moved == 0
