"""Links that are gone, told from sites that are slow, busy or closed to robots today.

Sphinx's `linkcheck` tries the links; a ledger remembers what came of it on other days. Run as

    python -m cvtools.checks.links build/linkcheck/output.json build/links.json
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from requests import HTTPError, Response
from sphinx.application import Sphinx
from sphinx.builders import linkcheck

from cvtools.checks.source import line_of
from cvtools.files import whole

#: How what Sphinx says begins, the state that it means, and the reason; without one, it is the HTTP status.
_SIGNS = (
    ("(404|410) ", "gone", ""),
    (r"(408|425|429|5\d\d) ", "flaky", ""),
    ("service unavailable", "flaky", "503"),
    (r"(4\d\d|999) ", "blocked", ""),
    ("unauthorized", "blocked", "401"),
    ("(?!.*Temporary failure).*NameResolutionError", "gone", "no such host"),
    ("Anchor '.*' not found", "gone", "no such place on the page"),
    ("Invalid URL|Failed to parse", "gone", "not an address"),
    (".*timed out", "flaky", "timed out"),
    ("", "flaky", "no answer"),
)


@dataclass(frozen=True)
class Link:
    """What is known of an address."""

    #: Where it stands first, as "docs/index.md:12".
    place: str
    #: "good"; "missing": not found today; "gone": not found on two days or more, and not seen since;
    #: "flaky": no answer, or none that counts; "blocked": closed to robots, so that nobody can say.
    state: str
    #: What the site or the network said; empty if it was good.
    reason: str = ""
    #: The last day on which it was good (ISO 8601); empty if none is known.
    good: str = ""
    #: The first and the last day on which it was not found, since it was good.
    missed: Sequence[str] = ()

    def describe(self, url: str) -> str:
        """What is wrong with it, and what may take its place."""
        since = f" since {self.missed[0]}" if self.state == "gone" else ""
        seen = f"; it was good on {self.good}" if self.good else ""
        return f"{url} was not found{since} ({self.reason}){seen}; perhaps archived: {archived(url, self.good)}"


def archived(url: str, day: str) -> str:
    """Where the Wayback Machine has a page as it was on a day, if it has it; all its copies, if no day is known."""
    return f"https://web.archive.org/web/{day.replace('-', '') or '*'}/{url}"


def judge(status: str, info: str) -> tuple[str, str]:
    """State and reason of one try.

    :param status: Sphinx's
    :param info: what Sphinx says of it: an HTTP status with its meaning, or the network's own words
    """
    if status in {"working", "redirected"}:
        return "good", ""
    return next((state, reason or info[:3]) for pattern, state, reason in _SIGNS if re.match(pattern, info))


def update(ledger: Mapping[str, Link], results: Iterable[Mapping[str, Any]], today: date) -> dict[str, Link]:
    """The ledger after another try; what is linked no more is forgotten.

    :param results: Sphinx's, one for each address
    """
    updated, day = {}, today.isoformat()
    for result in results:
        url, place = result["uri"], f"docs/{result['filename']}:{max(1, result['lineno'])}"
        if not url.startswith("http") or (result["status"], result["info"]) in {("ignored", ""), ("unchecked", "")}:
            continue
        state, reason = judge(result["status"], result["info"])
        old = ledger.get(url, Link(place, ""))
        if state == "good":
            updated[url] = Link(place, state, good=day)
        elif state == "gone":
            missed = sorted({*old.missed[:1], day})
            updated[url] = Link(place, "gone" if len(missed) > 1 else "missing", reason, old.good, missed)
        elif old.missed:
            # No answer today neither proves nor clears what was found before.
            updated[url] = Link(place, old.state, old.reason, old.good, old.missed)
        else:
            updated[url] = Link(place, state, reason, old.good)
    return updated


def report(ledger: Mapping[str, Link]) -> str:
    """The links that are gone, as Markdown for people."""
    gone = [f"- `{link.place}`: {link.describe(url)}" for url, link in ledger.items() if link.state == "gone"]
    return "\n".join([*(gone or ["All links are well."]), ""])


def main(arguments: Sequence[str], today: date | None = None) -> int:
    """Bring the ledger up to date, and say what is wrong; a failure if a link was not found."""
    output, path = map(Path, arguments)
    results = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    for result in results:
        if (page := Path("docs", result["filename"])).exists():
            result["lineno"] = line_of(result["uri"], page, max(1, result["lineno"]))
    old = {url: Link(**link) for url, link in json.loads(path.read_text("utf-8")).items()} if path.exists() else {}
    ledger = update(old, results, today or datetime.now(UTC).date())
    with whole(path) as beside:
        data = {url: asdict(link) for url, link in sorted(ledger.items())}
        beside.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    path.with_suffix(".md").write_text(report(ledger), "utf-8")
    for url, link in ledger.items():
        if link.missed:
            print(f"{link.place}: WARNING: {link.describe(url)} [cv.link]")
        elif link.state != "good":
            print(f"{url} ({link.place}) may be well: {link.reason}")
    return int(any(link.missed for link in ledger.values()))


class _Worker(linkcheck.HyperlinkAvailabilityCheckWorker):
    """Tries links as Sphinx does, but waits for no site that asks for patience, and takes 999 for no page."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._session.hooks["response"].append(_refuse)


def _refuse(response: Response, **_: Any) -> None:
    if response.status_code in {429, 999}:
        raise HTTPError(f"{response.status_code} for {response.url}")


def _readable(app: Sphinx, url: str) -> str | None:
    """An address that is none, so that trying it fails; as it is, Sphinx would wait for it without end."""
    try:
        urlsplit(url)
    except ValueError:
        return url.replace("[", "%5B").replace("]", "%5D")
    return None


def setup(app: Sphinx) -> None:
    """Make the link check one that ends, whatever a site asks for."""
    # Sphinx has no other way to say which worker it takes.
    linkcheck.HyperlinkAvailabilityCheckWorker = _Worker  # type: ignore[misc,assignment]
    app.connect("linkcheck-process-uri", _readable)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
