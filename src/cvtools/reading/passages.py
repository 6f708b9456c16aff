"""Show a talk in the language of an edition if its page has a passage in that language."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

from docutils import nodes

from cvtools.config import CvConfig
from cvtools.reading.entry_draft import EntryDraft


def choose(entries: Collection[EntryDraft], config: CvConfig) -> None:
    """Exchange the text of each talk with its passage in the language of an edition, and exempt both from translation.

    The text of a talk that has a passage in each further language is offered to no translator.
    """
    first, *further = [language.replace("_", "-") for language in config.languages] or [""]
    found: dict[int, list[EntryDraft]] = {}
    for entry in entries if further else ():
        if entry.parent and (entry.parent.kind, entry.kind) == ("talk", "translation") and "language" in entry.fields:
            found.setdefault(id(entry.parent), []).append(entry)
    for passages in found.values():
        talk = cast(EntryDraft, passages[0].parent)
        own = {str(entry.value("language")): entry for entry in reversed(passages)}
        if passage := own.get(config.language.replace("_", "-")):
            _exchange(talk, passage, passages, first)
        if passage or own.keys() >= {*further}:
            for text in [*_texts(talk, passages), *(_texts(passage, ()) if passage else ())]:
                for words in text.findall(nodes.TextElement):
                    words["translatable"] = False


def _exchange(talk: EntryDraft, passage: EntryDraft, passages: Sequence[EntryDraft], language: str) -> None:
    """Exchange headings, texts and fields of a talk, in `language` unless it says another, and of a passage."""
    others = [entry.section for entry in passages]
    ours, its = _texts(talk, passages), _texts(passage, ())
    talk.section.children, passage.section.children = [], []
    talk.section += [its[0], talk.field_list, *its[1:], *others]
    passage.section += [ours[0], passage.field_list, *ours[1:]]
    # A heading may be in the language of the pages without saying so.
    talk.fields.setdefault("language", [replace(passage.fields["language"][0], parsed=language)])
    before = talk.fields
    talk.fields = before | passage.fields
    passage.fields = {name: before[name] for name in passage.fields if name in before}


def _texts(entry: EntryDraft, passages: Sequence[EntryDraft]) -> list[nodes.Node]:
    """Return the heading and the text of an entry, without its fields and passages."""
    apart = {id(entry.field_list), *(id(passage.section) for passage in passages)}
    return [node for node in entry.section if id(node) not in apart]
