"""Links that are gone, told from sites that are slow, busy or closed to robots today.

Sphinx's `linkcheck` tries the links; a history remembers what came of it on other days. Run as

    python -m cvtools.checks.links build/linkcheck/output.json build/links.json
"""

import contextlib
import functools
import io
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from html import escape
from ipaddress import IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from requests import HTTPError, Response
from sphinx.application import Sphinx
from sphinx.builders import linkcheck

from cvtools import limits
from cvtools.checks.source import line_of
from cvtools.project import atomic_write
from cvtools.terminal import printable, say

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
    (".*is not a public address", "blocked", "not a public address"),
    (".*is longer than", "flaky", "too long to look for the place on it"),
    (".*timed out", "flaky", "timed out"),
    ("", "flaky", "no answer"),
)


@dataclass(frozen=True)
class Link:
    """What is known of an address."""

    #: Where it stands first, as "docs/index.md:12".
    location: str
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
        return f"{url} {self._history()}{archived(url, self.good)}"

    def as_markdown(self, url: str) -> str:
        """Return :meth:`describe` with its place as a list item of Markdown in which nothing is live."""
        return f"- {code(self.location)}: {code(url)} {self._history()}{code(archived(url, self.good))}"

    def _history(self) -> str:
        since = f" since {self.missed[0]}" if self.state == "gone" else ""
        seen = f"; it was good on {self.good}" if self.good else ""
        return f"was not found{since} ({self.reason}){seen}; perhaps archived: "


def archived(url: str, day: str) -> str:
    """Where the Wayback Machine has a page as it was on a day, if it has it; all its copies, if no day is known."""
    return f"https://web.archive.org/web/{day.replace('-', '') or '*'}/{url}"


def code(text: str) -> str:
    """Return an address or a path as a code span of Markdown on one line, which no character of it can end."""
    text = " ".join(printable(text).split()).replace("`", "%60") or " "
    return f"`{text[: limits.LINK_SHOWN]}…`" if len(text) > limits.LINK_SHOWN else f"`{text}`"


def judge(status: str, info: str) -> tuple[str, str]:
    """State and reason of one try.

    :param status: Sphinx's
    :param info: what Sphinx says of it: an HTTP status with its meaning, or the network's own words
    """
    if status in {"working", "redirected"}:
        return "good", ""
    return next((state, reason or info[:3]) for pattern, state, reason in _SIGNS if re.match(pattern, info))


def update(history: Mapping[str, Link], results: Iterable[Mapping[str, Any]], today: date) -> dict[str, Link]:
    """The history after another try; what is linked no more is forgotten.

    :param results: Sphinx's, one for each address
    """
    updated, day = {}, today.isoformat()
    for result in results:
        url, location = result["uri"], f"docs/{result['filename']}:{max(1, result['lineno'])}"
        if not url.startswith("http") or (result["status"], result["info"]) in {("ignored", ""), ("unchecked", "")}:
            continue
        state, reason = judge(result["status"], result["info"])
        old = history.get(url, Link(location, ""))
        if state == "good":
            updated[url] = Link(location, state, good=day)
        elif state == "gone":
            missed = sorted({*old.missed[:1], day})
            updated[url] = Link(location, "gone" if len(missed) > 1 else "missing", reason, old.good, missed)
        elif old.missed:
            # No answer today neither proves nor clears what was found before.
            updated[url] = Link(location, old.state, old.reason, old.good, old.missed)
        else:
            updated[url] = Link(location, state, reason, old.good)
    return updated


def report(history: Mapping[str, Link]) -> str:
    """Return the links that are gone, as Markdown for people."""
    gone = [link.as_markdown(url) for url, link in history.items() if link.state == "gone"]
    if len(gone) > limits.LINKS_SHOWN:
        gone[limits.LINKS_SHOWN :] = [f"- and {len(gone) - limits.LINKS_SHOWN} more"]
    return "\n".join([*(gone or ["All links are well."]), ""])


def read(path: Path) -> dict[str, Link]:
    """Return the history of other days; an empty one if there is none, or none that can be read."""
    try:
        return {url: Link(**link) for url, link in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def main(arguments: Sequence[str], today: date | None = None) -> int:
    """Bring the history up to date, and say what is wrong; a failure if a link was not found."""
    output, path = map(Path, arguments)
    results = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    for result in results:
        if (page := Path("docs", result["filename"])).exists():
            result["lineno"] = line_of(result["uri"], page, max(1, result["lineno"]))
    history = update(read(path), results, today or datetime.now(UTC).date())
    with atomic_write(path) as temporary:
        data = {url: asdict(link) for url, link in sorted(history.items())}
        temporary.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    path.with_suffix(".md").write_text(report(history), "utf-8")
    for url, link in history.items():
        if link.missed:
            _say(f"{link.location}: WARNING: {link.describe(url)} [cv.link]")
        elif link.state != "good":
            _say(f"{url} ({link.location}) may be well: {link.reason}")
    return int(any(link.missed for link in history.values()))


def _say(line: str) -> None:
    # An address of a page may hold a line's end.
    say(" ".join(line.split()), file=sys.stdout)


#: Numbers that the registries call public though nobody should be asked there: a cloud's service for its machines
#: (Azure, where GitHub's runners stand; Oracle), IPv6 that leads on to any IPv4 address (6to4), and examples.
_NOT_PUBLIC = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")))
#: All IPv6 that is given out; what stands for IPv4 (mapped, NAT64) lies outside.
_UNICAST = IPv6Network("2000::/3")


def is_public(host: str) -> bool:
    """Return whether an IP address is one that anybody on the internet may ask."""
    address = ip_address(host)
    return (
        address.is_global
        and not address.is_multicast
        and (address.version == 4 or address in _UNICAST)
        and not any(address in network for network in _NOT_PUBLIC)
    )


class _Worker(linkcheck.HyperlinkAvailabilityCheckWorker):
    """Try links as Sphinx does, but ask public addresses only, and give up at the limits of time and of bytes.

    Wait for no site that asks for patience either, and take 999 for no page.
    """

    def __init__(self, config: Any, *arguments: Any) -> None:
        super().__init__(config, *arguments)
        self._session.hooks["response"] += [_refuse, self._read]
        self._session.max_redirects = limits.REDIRECTS
        # No proxy, which would ask for us, and no passwords of a .netrc.
        self._session.trust_env = False
        self._private = [ip_network(network, strict=False) for network in config.cv_linkcheck_private]
        self._seconds = float(self.timeout or limits.LINK_TIME)
        self._last = time.monotonic() + limits.LINKS_TIME
        self._deadline = self._last
        self._anchor = ""
        self._sockets: list[socket.socket] = []

    def _check(self, docname: str, uri: str, hyperlink: Any) -> Any:
        """Try a link for ``linkcheck_timeout`` seconds at most, with its redirects and all tries."""
        seconds = min(self._seconds, self._last - time.monotonic())
        self._deadline, self._anchor = time.monotonic() + seconds, unquote(uri.partition("#")[2])
        done = threading.Event()
        threading.Thread(target=self._hang_up, args=(done, seconds), daemon=True).start()
        result: Any
        try:
            result = super()._check(docname, uri, hyperlink)
        except Exception as error:  # noqa: BLE001 - a worker that ends would leave the check without an end
            result = "broken", str(error), 0
        finally:
            done.set()
            self._session.close()
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()
        # A header that is cut short looks like a whole one.
        return ("broken", "timed out", 0) if time.monotonic() >= self._deadline else result

    def _hang_up(self, done: threading.Event, seconds: float) -> None:
        """End all connections of a link that is not done in time, again and again: one may be about to be made."""
        while not done.wait(max(0.1, seconds)):
            seconds = 0
            for connection in self._sockets[:]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def permit(self, event: str, arguments: Sequence[Any]) -> None:
        """Let a name be looked up or a connection be made, if there is time and the address is public.

        :raises OSError: it may not
        """
        if time.monotonic() >= self._deadline:
            raise TimeoutError("timed out")
        if event == "socket.connect":
            connection, (host, *_) = arguments
            if not is_public(host) and not any(ip_address(host) in network for network in self._private):
                raise PermissionError(f"{host} is not a public address")
            # A copy, since TLS takes the socket over.
            self._sockets.append(connection.dup())

    def _read(self, response: Response, **_: Any) -> None:
        """Read of a page no more than tells whether it has the anchor, and of any other answer nothing."""
        if response.request.method == "HEAD":
            return
        if not self._anchor or not response.ok or response.is_redirect:
            response.raw.close()
            return
        names = "|".join(map(re.escape, {self._anchor, escape(self._anchor)}))
        pattern = re.compile(rf"""\s(?i:id|name)\s?=\s?["']?(?:{names})["'\s/>]""".encode())
        found, size, part = False, 0, b""
        while not found and (new := response.raw.read(2**16, decode_content=True)):
            size += len(new)
            if size > limits.LINK_SIZE:
                raise HTTPError(f"{response.url} is longer than {limits.LINK_SIZE} bytes")
            # The anchor may lie across the border of two parts.
            part = part[-len(pattern.pattern) :] + new
            found = pattern.search(part) is not None
        response.raw.close()
        # Sphinx's parser, which takes the square of a page's length, gets the anchor alone.
        response.raw = io.BytesIO(f'<a id="{escape(self._anchor)}">'.encode() if found else b"")
        # The site may name an encoding that takes as long.
        response.encoding = "utf-8"


@functools.cache
def _guard_sockets() -> None:
    """Have every connection of a worker judged where it is made, whatever made it and whoever named its address."""
    sys.addaudithook(_judge)


def _judge(event: str, arguments: Sequence[Any]) -> None:
    if event in {"socket.getaddrinfo", "socket.connect"}:
        worker = threading.current_thread()
        if isinstance(worker, _Worker):
            worker.permit(event, arguments)


def _refuse(response: Response, **_: Any) -> None:
    if response.status_code in {429, 999}:
        raise HTTPError(f"{response.status_code} for {response.url}")


def _readable(app: Sphinx, url: str) -> str | None:
    """Return a form that can be parsed of an address that cannot: Sphinx's worker would end, and be waited for."""
    try:
        urlsplit(url)
    except ValueError:
        return quote(url, safe="%/:=&?#+!,;@()")
    return None


def _prepare(app: Sphinx) -> None:
    if app.builder.name == "linkcheck":
        _guard_sockets()


def setup(app: Sphinx) -> None:
    """Make the link check one that ends, whatever a site does, and asks nobody who is not public."""
    # Sphinx has no other way to say which worker it takes.
    linkcheck.HyperlinkAvailabilityCheckWorker = _Worker  # type: ignore[misc,assignment]
    app.connect("builder-inited", _prepare)
    app.connect("linkcheck-process-uri", _readable)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
