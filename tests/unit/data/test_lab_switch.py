"""Which personas have their scripts played on each save."""

from pathlib import Path

from data.lab_switch import PlayOnSave
from data.store import Store


def test_it_is_kept_and_follows_a_rename(tmp_path: Path) -> None:
    store = Store(tmp_path)
    switch = PlayOnSave(store)
    assert not switch.on("ann-lee")
    switch.switch("ann-lee", True)
    switch.switch("bo-ken", True)
    switch.switch("bo-ken", False)
    switch.renamed("ann-lee", "anna-lee")
    switch.renamed("bo-ken", "bob-ken")
    again = PlayOnSave(store)
    store.close()
    for each in (switch, again):
        assert each.on("anna-lee")
        assert not any(each.on(name) for name in ("ann-lee", "bo-ken", "bob-ken"))
