"""An index of the site for language models, see https://llmstxt.org: ``llms.txt``."""

from collections.abc import Iterable

FILE = "llms.txt"


def llms(name: str, summary: str, pages: Iterable[tuple[str, str]], files: Iterable[tuple[str, str]]) -> str:
    """Return the index.

    :param summary: one sentence about the person; may be empty
    :param pages: titles and addresses
    :param files: names and addresses
    """
    parts = [f"# {_plain(name)}", f"> {_plain(summary)}" if summary else ""]
    for heading, links in (("Pages", pages), ("Files", files)):
        parts.append("\n".join([f"## {heading}", "", *(f"- [{_plain(text)}]({url})" for text, url in links)]))
    return "\n\n".join(filter(None, parts)) + "\n"


def _plain(text: str) -> str:
    """Return words as a line of Markdown that ends no link."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("<", "\\<")
