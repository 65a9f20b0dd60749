"""What the framework's own elements lack for those who use no mouse, or hear the page read out."""

from nicegui import app, ui

# A list of options counts as one only without a focusable element between it and its options.
# A menu is expected to be walked through by the arrow keys.
SCRIPT = """<script>
new MutationObserver(() => {
  for (const part of document.querySelectorAll(".q-menu .q-virtual-scroll__content[tabindex]"))
    part.removeAttribute("tabindex");
}).observe(document, { childList: true, subtree: true });
document.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1, Home: 0, End: -1 };
  const menu = event.target.closest?.(".q-menu");
  if (!menu || !(event.key in steps)) return;
  const items = [...menu.querySelectorAll("[role^=menuitem]")].filter((item) => item.offsetParent);
  if (!items.length) return;
  event.preventDefault();
  const here = items.indexOf(document.activeElement);
  const inside = event.key.startsWith("Arrow") && here >= 0;
  const place = inside ? here + steps[event.key] : steps[event.key] < 0 ? -1 : 0;
  items.at(place % items.length).focus();
});
</script>"""


def register() -> None:
    """Put it into every page."""
    ui.add_head_html(SCRIPT, shared=True)
    # A bar that flashes at each request, tells nobody anything, and has no name.
    app.config.quasar_config["loadingBar"] = {"color": "primary", "skipHijack": True}
