"""How consistent the persona was in a run, in words: three figures and who judged them."""

from data.consistency import Consistency
from ui import kit


def figures(measured: Consistency, most: int = 0) -> None:
    """Draw the figures, with the words that do not agree: at most ``most`` of each (0: all)."""
    with kit.tag("ul", classes="rh-small").mark("figures"):
        for name, figure in measured.named:
            with kit.tag("li"):
                kit.tag("span", f"{name[0].upper()}{name[1:]}: ")
                kit.tag("span", str(figure), "rh-strong rh-number")
                shown = figure.wrong[:most] if most else figure.wrong
                for each in shown:
                    kit.tag("p", f"“{each.words}” against “{each.against}”", "rh-bad")
                if len(figure.wrong) > len(shown):
                    kit.tag("p", f"And {len(figure.wrong) - len(shown)} more.", "rh-muted")
    if measured.problem:
        kit.tag("p", f"No text model judged. {measured.problem}", "rh-muted rh-small")
