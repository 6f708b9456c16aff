"""Keep a history of links, which tells broken ones from sites that are slow, busy or closed to robots.

Sphinx's ``linkcheck`` tries the links, see :mod:`cvtools.checks.linkcheck`. This updates the history and reports:

    python -m cvtools.checks.link_history build/linkcheck/output.json build/links.json
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from cvtools import limits
from cvtools.files import write_atomically
from cvtools.problems import Problem, line_of
from cvtools.terminal import printable, say, shorten

#: Patterns of Sphinx's reports on links that are not found, with the reason to report; if empty, the HTTP status.
_NOT_FOUND = {
    "(404|410) ": "",
    "(?!.*Temporary failure).*NameResolutionError": "no such host",
    "Anchor '.*' not found": "no such place on the page",
    "Invalid URL|Failed to parse": "not an address",
}
#: The reason in a report, of Sphinx or :mod:`cvtools.checks.linkcheck`, on a link that may be well.
_UNSURE = re.compile(
    r"^\d{3}(?= )|service unavailable|unauthorized|timed out|is not a public address|is longer than .*|not checked.*"
)


@dataclass(frozen=True)
class Link:
    """The state and the history of an address."""

    #: Source file and line of its first use, such as "docs/index.md:12".
    location: str
    #: "good"; "missing": not found on one day; "gone": not found on two days or more, without being good in between;
    #: "unsure": no conclusive answer, or closed to robots.
    state: str
    #: The HTTP status or the network's error; empty if the link was good.
    reason: str = ""
    #: The last day on which the link was good (ISO 8601); empty if it never was.
    good: str = ""
    #: The first and the last day on which the link was not found after it was last good.
    missed: Sequence[str] = ()

    def describe(self, url: str, marked: Callable[[str], str] = str) -> str:
        """Return a message about a link that was not found, with an archived copy; `marked` formats an address."""
        since = f" since {self.missed[0]}" if self.state == "gone" else ""
        seen = f"; it was good on {self.good}" if self.good else ""
        # The Wayback Machine's copy of the last good day, or the list of all its copies
        copy = marked(f"https://web.archive.org/web/{self.good.replace('-', '') or '*'}/{url}")
        return f"{marked(url)} was not found{since} ({self.reason}){seen}; perhaps archived: {copy}"


def code(text: str) -> str:
    """Return an address or a path as a code span of Markdown, escaped and shortened."""
    text = " ".join(printable(text).split()).replace("`", "%60") or " "
    return f"`{text[: limits.LINK_SHOWN]}…`" if len(text) > limits.LINK_SHOWN else f"`{text}`"


def classify(status: str, info: str) -> tuple[str, str]:
    """Return the state of a link ("good", "missing" or "unsure") and the reason, by Sphinx's status and details."""
    if status in {"working", "redirected"}:
        return "good", ""
    for pattern, reason in _NOT_FOUND.items():
        if re.match(pattern, info):
            return "missing", reason or info[:3]
    match = _UNSURE.search(info)
    return "unsure", match[0] if match else "no answer"


def update(history: Mapping[str, Link], results: Iterable[Mapping[str, Any]], today: date) -> dict[str, Link]:
    """Return the history with the results of another check, without addresses that are no longer linked."""
    updated, day = {}, today.isoformat()
    for result in results:
        url, location = result["uri"], f"docs/{result['filename']}:{max(1, result['lineno'])}"
        if not url.startswith("http") or (result["status"], result["info"]) in {("ignored", ""), ("unchecked", "")}:
            continue
        state, reason = classify(result["status"], result["info"])
        link = replace(history.get(url, Link(location, "")), location=location)
        if state == "good":
            link = Link(location, state, good=day)
        elif state == "missing":
            missed = sorted({*link.missed[:1], day})
            link = replace(link, state="gone" if len(missed) > 1 else state, reason=reason, missed=missed)
        # An inconclusive answer leaves a link that was not found as it is.
        elif not link.missed:
            link = replace(link, state=state, reason=reason)
        updated[url] = link
    return updated


def report(history: Mapping[str, Link]) -> str:
    """Return a Markdown list of the links that are gone."""
    gone = [
        f"- {code(link.location)}: {link.describe(url, code)}" for url, link in history.items() if link.state == "gone"
    ]
    if len(gone) > limits.LINKS_SHOWN:
        gone[limits.LINKS_SHOWN :] = [f"- and {len(gone) - limits.LINKS_SHOWN} more"]
    return "\n".join([*(gone or ["All links are well."]), ""])


def read(path: Path) -> dict[str, Link]:
    """Read the history of earlier checks; return an empty one if it is missing or damaged."""
    try:
        return {url: Link(**link) for url, link in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def main(arguments: Sequence[str], today: date | None = None) -> int:
    """Update and report the history by Sphinx's output, given both paths; return 1 if a link was not found, else 0."""
    output, path = map(Path, arguments)
    results = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    end = time.process_time() + limits.LINES_TIME
    # Sort by page, so that line_of() reads each page once.
    for result in sorted(results, key=itemgetter("filename", "lineno")):
        if (page := Path("docs", result["filename"])).exists() and time.process_time() < end:
            result["lineno"] = line_of(result["uri"], page, max(1, result["lineno"]))
    history = update(read(path), results, today or datetime.now(UTC).date())
    data = {url: asdict(link) for url, link in sorted(history.items())}
    write_atomically(path, json.dumps(data, ensure_ascii=False, indent=1))
    path.with_suffix(".md").write_text(report(history), "utf-8")
    missed = {url: link for url, link in history.items() if link.missed}
    unsure = {url: link for url, link in history.items() if link.state == "unsure"}
    lines = [
        *(str(Problem.at(link.location, link.describe(url, _short), code="cv.link")) for url, link in missed.items()),
        *(f"{_short(url)} ({link.location}) may be well: {link.reason}" for url, link in unsure.items()),
    ]
    if more := lines[limits.WARNINGS :]:
        lines[limits.WARNINGS :] = [f"and {len(more)} more, in {path}"]
    # An address may contain line breaks.
    say(*(shorten(line, limits.WARNING_LENGTH) for line in lines), file=sys.stdout)
    return int(bool(missed))


def _short(url: str) -> str:
    return shorten(url, limits.LINK_SHOWN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
