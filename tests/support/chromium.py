"""A browser for the tests: an installed one, else Playwright's, else the distribution's."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(Exception):
    """No browser could be found or installed; the text lists what was tried."""


@cache
def browser_path() -> str:
    """Path of a Chrome, Chromium or Edge; raises ``NoBrowser`` with what was tried."""
    found = _installed()
    tried = ["no Chrome, Chromium or Edge on PATH or in its usual place"]
    for install in (_playwright, _distribution):
        if found:
            return found
        tried.append(install())
        found = _installed() or _playwright_path()
    if found:
        return found
    raise NoBrowser("The browser tests need Chrome, Chromium or Edge: " + "; ".join(tried))


def _installed() -> str:
    named = (shutil.which(name) for name in NAMES)
    placed = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*named, *placed) if path), "")


def _playwright() -> str:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return f"Playwright's download: {_run(command, seconds=600)}"


def _playwright_path() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


def _distribution() -> str:
    apt = shutil.which("apt-get")
    if apt is None:
        return "no apt-get here"
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    _run([*sudo, apt, "update", "-q"], seconds=300)
    words = _run([*sudo, apt, "install", "-y", "-q", "chromium"], seconds=900)
    return f"the distribution's package: {words}"


def _run(command: list[str], *, seconds: float) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "done" if done.returncode == 0 else (done.stderr.strip() or "failed")[-300:]
