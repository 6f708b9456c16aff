"""Show a talk in the language of an edition if its page has a translation: a heading with ``:language:`` below it."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from docutils import nodes

from cvtools.config import CvConfig
from cvtools.reading.entry_draft import EntryDraft


def show_in_language(entries: Collection[EntryDraft], config: CvConfig) -> None:
    """Exchange the text of each talk with its translation into the language of the edition.

    Translators are not offered the texts that are exchanged, nor that of a talk with translations into all languages.
    """
    first, *further = [language.replace("_", "-") for language in config.languages] or [""]
    if not further:
        return
    for talk in (entry for entry in entries if entry.kind == "talk"):
        children = [entry for entry in entries if entry.parent is talk]
        translations = [entry for entry in children if entry.kind == "translation" and "language" in entry.fields]
        by_language = {str(entry.value("language")): entry for entry in reversed(translations)}
        shown = by_language.get(config.language.replace("_", "-"))
        if shown:
            _exchange(talk, shown, translations, first)
        if shown or by_language.keys() >= {*further}:
            for text in [*_texts(talk, translations), *(_texts(shown, ()) if shown else ())]:
                for words in text.findall(nodes.TextElement):
                    words["translatable"] = False


def _exchange(talk: EntryDraft, shown: EntryDraft, translations: Sequence[EntryDraft], language: str) -> None:
    """Exchange heading, text and fields of a talk and of the translation to show.

    :param language: the language of the talk, unless a field of the talk says another
    """
    talk_texts, shown_texts = _texts(talk, translations), _texts(shown, ())
    talk.section.children, shown.section.children = [], []
    talk.section += [shown_texts[0], talk.field_list, *shown_texts[1:], *(entry.section for entry in translations)]
    shown.section += [talk_texts[0], shown.field_list, *talk_texts[1:]]
    # A heading may be in the language of the pages without saying so.
    talk.fields.setdefault("language", [replace(shown.fields["language"][0], parsed=language)])
    before = talk.fields
    talk.fields = before | shown.fields
    shown.fields = {name: before[name] for name in shown.fields if name in before}


def _texts(entry: EntryDraft, translations: Sequence[EntryDraft]) -> list[nodes.Node]:
    """Return the heading and the text of an entry, without its fields and its translations."""
    apart = {id(entry.field_list), *(id(translation.section) for translation in translations)}
    return [node for node in entry.section if id(node) not in apart]
