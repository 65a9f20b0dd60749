"""What is wrong with a microphone and how to mend it, browser by browser, in words."""

TRY = "Then press Try again."

UNDO = {
    "chrome": "Click the icon at the left of the address bar and set Microphone to Allow.",
    "edge": "Click the lock at the left of the address bar and set Microphone to Allow.",
    "firefox": "Click the crossed-out microphone in the address bar and remove the block.",
    "safari": "Choose Safari, Settings for This Website, and set Microphone to Allow.",
    "android": "Tap the icon left of the address, then Permissions, and allow Microphone.",
    "ios": (
        "Tap the page icon in the address bar, then Website Settings, and allow Microphone; if it "
        "is not there, look in Settings, under your browser."
    ),
}
"""How to undo a block, by the browser's kind."""

WORDS = {
    "blocked": ("Microphone blocked", "Your browser blocks the microphone. {undo} " + TRY),
    "dismissed": (
        "Microphone not allowed yet",
        "The question was closed without an answer. Press Try again and choose Allow.",
    ),
    "blocked_by_system": (
        "Microphone blocked by the system",
        "Your computer does not let the browser use the microphone. Allow it in the system's "
        "privacy settings, under Microphone. " + TRY,
    ),
    "none": ("No microphone found", "Plug one in or switch your headset on. " + TRY),
    "busy": (
        "The microphone is in use",
        "Another program holds it. Close that program. " + TRY,
    ),
    "insecure": (
        "No microphone on this address",
        "Browsers give the microphone only to pages on https:// or on this machine itself. Open "
        "Rehearsal as http://localhost, or put it behind https.",
    ),
    "unsupported": (
        "This browser has no microphone for pages",
        "Use a recent Chrome, Edge, Firefox or Safari.",
    ),
    "error": ("The microphone does not work", "The browser says: {detail}. Press Try again."),
    "silent": (
        "Your microphone is silent",
        "{who} hears nothing from you. Is it muted on the headset, or is another microphone "
        "chosen below?",
    ),
}
"""Title and words by the microphone's state (see ``ui.call.voice_call.Microphone``)."""

HOPELESS = ("insecure", "unsupported")
"""States that another try would not change."""


def browser_of(user_agent: str) -> str:
    """The key of ``UNDO`` for a User-Agent header; Chrome when it says nothing known."""
    marks = (
        ("iphone", "ios"),
        ("ipad", "ios"),
        ("android", "android"),
        ("edg/", "edge"),
        ("firefox", "firefox"),
        ("chrom", "chrome"),
        ("safari", "safari"),
    )
    text = user_agent.lower()
    return next((key for mark, key in marks if mark in text), "chrome")
