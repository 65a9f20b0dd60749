"""Small edits of a persona file's text that leave every other byte as it is."""

from personas.draft import Draft, read_draft
from personas.source import Findings


def set_rule(text: str, rule_id: str, new_text: str) -> str:
    """The text with other words for that rule; its bullet, marks and replies stay.

    Raises KeyError for an unknown id, and ValueError when the new words would not be read back
    as these words, for instance because they hold a mark or a quotation.
    """
    words = " ".join(new_text.split())
    before = read_draft(text, Findings())
    section, index, spans = _find(before, rule_id)
    (start, end), *rest = spans
    # Words on both sides of a mark: the new ones take the first place, the others go.
    for a, b in reversed(rest):
        text = text[:a].rstrip(" \t") + text[b:]
    changed = text[:start] + words + text[end:]
    after = read_draft(changed, Findings())
    expected = [rule.text for rule in before.rules(section)]
    expected[index] = words
    if [rule.text for rule in after.rules(section)] != expected:
        raise ValueError(f"these words would be read differently: {words!r}")
    return changed


def _find(draft: Draft, rule_id: str) -> tuple[str, int, tuple[tuple[int, int], ...]]:
    for section, content in draft.contents.items():
        for index, rule in enumerate(content.rules):
            if rule.id == rule_id:
                return section, index, content.spans[index]
    raise KeyError(rule_id)
