"""What comes and goes on the trainee's machine, in Chromium: devices, and the network."""

import pytest
from playwright.sync_api import Browser

from tests.support.caller import ALLOW, Browsers, Caller
from tests.support.doctor_page import NO_UDP
from tests.support.running import BRIEF, RunningApp

pytestmark = pytest.mark.call

DEVICES = """
(() => {
  // Chromium's fake devices; those with a name in `away` are as if they were unplugged.
  const devices = navigator.mediaDevices;
  const all = devices.enumerateDevices.bind(devices);
  const open = devices.getUserMedia.bind(devices);
  const away = new Set(JSON.parse(sessionStorage.getItem("away") ?? "[]"));
  devices.enumerateDevices = async () => (await all()).filter(({ label }) => !away.has(label));
  devices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    const [track] = stream.getAudioTracks();
    if (!away.has(track.label)) {
      window.__microphone = track;
      return stream;
    }
    track.stop();
    throw new DOMException("It is not connected.", "OverconstrainedError");
  };
  const sink = HTMLMediaElement.prototype.setSinkId;
  window.__sinks = [];
  HTMLMediaElement.prototype.setSinkId = function (id) {
    window.__sinks.push(id);
    return sink.call(this, id);
  };
  window.__plug = (labels, plugged) => {
    for (const label of labels) plugged ? away.delete(label) : away.add(label);
    sessionStorage.setItem("away", JSON.stringify([...away]));
    devices.dispatchEvent(new Event("devicechange"));
    if (away.has(window.__microphone?.label)) window.__microphone.dispatchEvent(new Event("ended"));
  };
})();
"""
LATEST_FIRST = """
(() => {
  // What waits for the page's socket comes in the wrong order, as it may on a busy machine.
  const later = window.setTimeout.bind(window);
  let held = [];
  const release = () => {
    if (!window.did_handshake) return later(release, 100);
    held.reverse().forEach((each) => each());
    held = null;
  };
  window.setTimeout = (work, time, ...more) =>
    held === null || time !== 10 ? later(work, time, ...more) : held.push(work);
  later(release, 100);
})();
"""
OFFLINE = "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });"
"""What a browser says of itself where the loopback is the only interface; with ``NO_UDP`` it also
finds no candidate, as there."""
HEADSET = "Fake Audio Input 2"
EARS = "Fake Audio Output 2"


def test_a_chosen_headset_is_taken_again_when_it_comes_back(
    app: RunningApp, chromium: Browser
) -> None:
    caller = Caller(chromium, app.url, synthetic=False)
    caller.context.add_init_script(DEVICES)
    caller.context.add_init_script(LATEST_FIRST)
    caller.call(BRIEF)
    choose(caller, "Microphone", HEADSET)
    choose(caller, "Loudspeaker", EARS)
    caller.until(lambda: microphone(caller) == HEADSET, "the chosen microphone")
    caller.until(lambda: loudspeaker(caller) == EARS, "the chosen loudspeaker")
    plug(caller, plugged=False)
    caller.until(lambda: microphone(caller) not in ("", HEADSET), "another microphone")
    caller.until(lambda: loudspeaker(caller) != EARS, "another loudspeaker")
    caller.until(lambda: f"{HEADSET} (not connected)" in shown(caller, "Microphone"), "its name")
    plug(caller, plugged=True)
    caller.until(lambda: microphone(caller) == HEADSET, "the microphone again")
    caller.until(lambda: loudspeaker(caller) == EARS, "the loudspeaker again")
    caller.wait_for_text("Back again: Fake Audio")
    # After a reload the call goes on with both, and one that is away meanwhile is named.
    caller.page.reload()
    caller.until(lambda: microphone(caller) == HEADSET, "the microphone after a reload")
    caller.until(lambda: loudspeaker(caller) == EARS, "the loudspeaker after a reload")
    plug(caller, plugged=False)
    caller.page.reload()
    caller.until(lambda: f"{HEADSET} (not connected)" in shown(caller, "Microphone"), "its name")
    caller.until(lambda: f"{EARS} (not connected)" in shown(caller, "Loudspeaker"), "its name")


def test_a_browser_without_a_network_is_told_so_at_once(
    app: RunningApp, browsers: Browsers
) -> None:
    with browsers.launch(ALLOW, NO_UDP) as chromium:
        caller = Caller(chromium, app.url)
        caller.context.add_init_script(OFFLINE)
        caller.log_in()
        caller.open_call(BRIEF)
        caller.start_button.click()
        caller.wait_for_text("No network on this machine")
        caller.page.get_by_role("button", name="Try again").wait_for()
        assert "does not answer" not in caller.text()


def choose(caller: Caller, picker: str, label: str) -> None:
    """Choose that device as a trainee does."""
    caller.page.get_by_role("combobox", name=picker).click()
    caller.page.get_by_role("option", name=label).click()


def plug(caller: Caller, *, plugged: bool) -> None:
    """Plug the headset in, or pull it."""
    caller.page.evaluate(
        "([labels, plugged]) => window.__plug(labels, plugged)", [[HEADSET, EARS], plugged]
    )


def microphone(caller: Caller) -> str:
    """The name of the microphone whose sound is sent."""
    return str(
        caller.page.evaluate(
            "() => window.__microphone?.readyState === 'live' ? window.__microphone.label : ''"
        )
    )


def loudspeaker(caller: Caller) -> str:
    """The name of the loudspeaker that the persona's voice was sent to last."""
    return str(
        caller.page.evaluate(
            """async () => (await navigator.mediaDevices.enumerateDevices())
              .filter(({ kind }) => kind === "audiooutput")
              .find(({ deviceId }) => deviceId === window.__sinks.at(-1))?.label ?? ''"""
        )
    )


def shown(caller: Caller, picker: str) -> str:
    """What the picker says."""
    box = caller.page.get_by_role("combobox", name=picker)
    return str(box.evaluate("(box) => box.closest('.q-field').innerText"))
