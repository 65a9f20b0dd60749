"""Pages without a mouse: their shortcuts, and what the framework's own elements lack for those who
use keys or hear the page read out."""

from collections.abc import Sequence

from nicegui import app, ui

from ui import kit

# A list of options counts as one only without a focusable element between it and its options.
# A menu is expected to be walked through by the arrow keys.
MENUS = """<script>
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
KEYS = (("?", "Shows this list"), ("Esc", "Leaves a dialog"))

# Keys are caught in the browser: NiceGUI's own keyboard element would also fire while someone
# writes in the text editor, which is no input element. Ctrl+S must stop the browser's own dialog.
SHORTCUTS = """<script>
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const apply = document.querySelector(".rh-apply");
  if (!apply || document.querySelector(".q-dialog")) return;
  event.preventDefault();
  event.stopPropagation();  // the editor would begin a line
  apply.click();
}, true);
document.addEventListener("keydown", (event) => {
  const press = (selector, where = document) => where.querySelector(selector)?.click();
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && document.querySelector(".rh-save")) {
    event.preventDefault();
    // Only what is on top: a save under a dialog would open another one over it.
    press(".rh-save", [...document.querySelectorAll(".q-dialog")].at(-1));
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable=true]");
  if (typing || event.ctrlKey || event.metaKey || document.querySelector(".q-dialog")) return;
  if (event.key === "?") press(".rh-help-button");
  if (event.key === "/" && document.querySelector(".rh-search input")) {
    event.preventDefault();
    document.querySelector(".rh-search input").focus();
  }
});
</script>"""


def register() -> None:
    """Put what the framework lacks into every page."""
    ui.add_head_html(MENUS, shared=True)
    # A bar that flashes at each request, tells nobody anything, and has no name.
    app.config.quasar_config["loadingBar"] = {"color": "primary", "skipHijack": True}


def shortcuts(keys: Sequence[tuple[str, str]]) -> None:
    """Let this page be used by keys, and list them behind a button: its own ``keys``, each as (key,
    what it does), and those of every page."""
    ui.add_head_html(SHORTCUTS)
    with kit.dialog("Keyboard shortcuts") as dialog:
        with kit.tag("dl", classes="rh-keys"):
            for key, words in (*keys, *KEYS):
                with kit.tag("dt"):
                    kit.tag("kbd", key)
                kit.tag("dd", words)
        kit.button("Close", dialog.close)
    kit.icon_button("keyboard", "Keyboard shortcuts (?)", dialog.open).classes("rh-help-button")
