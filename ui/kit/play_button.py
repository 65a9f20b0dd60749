"""The button that plays a moment of the recording which its page has."""

from ui import kit


def play_button(at: float, name: str) -> None:
    """Plays from ``at``, seconds of the call; ``name`` is read out. It is seen only once the page
    has a player, ``player.js``, which looks for it."""
    button = kit.tag("button", classes="rh-play")
    button.props(f'type=button data-play={at:.2f} aria-label="{name}" title="{name}"')
    with button:
        kit.tag("span", classes="rh-sign-play").props("aria-hidden=true")
