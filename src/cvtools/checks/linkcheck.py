"""Limit Sphinx's link check: it ends in time whatever a site does, and contacts public addresses only."""

import contextlib
import functools
import io
import re
import socket
import sys
import threading
import time
from collections.abc import Sequence
from html import escape
from ipaddress import IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from requests import HTTPError, Response
from sphinx.application import Sphinx
from sphinx.builders import linkcheck

from cvtools import limits
from cvtools.private_api import use_link_worker
from cvtools.watchdog import WATCHDOG

#: Networks that are registered as public but must not be contacted: services of clouds for their own machines (Azure,
#: which runs GitHub's runners; Oracle), IPv6 that is routed to any IPv4 address (6to4), and examples.
_NOT_PUBLIC = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")))
#: All IPv6 addresses that are allocated; addresses that embed IPv4 (mapped, NAT64) lie outside.
_UNICAST = IPv6Network("2000::/3")


def is_public(host: str) -> bool:
    """Return True if an IP address is on the public internet."""
    address = ip_address(host)
    return (
        address.is_global
        and not address.is_multicast
        and (address.version == 4 or address in _UNICAST)
        and not any(address in network for network in _NOT_PUBLIC)
    )


class _Worker(linkcheck.HyperlinkAvailabilityCheckWorker):
    """Thread that tries links as Sphinx does, but at public addresses only, and within limits of time and size.

    The HTTP status 429 ("try again later") is an error at once, and so is 999, by which LinkedIn refuses robots.
    """

    def __init__(self, config: Any, *arguments: Any) -> None:
        super().__init__(config, *arguments)
        _guard_sockets()
        self._session.hooks["response"].append(self._read)
        self._session.max_redirects = limits.REDIRECTS
        # A proxy would contact private addresses for us, and .netrc holds passwords.
        self._session.trust_env = False
        self._private = [ip_network(network, strict=False) for network in config.cv_linkcheck_private]
        self._seconds = float(self.timeout or limits.LINK_TIME)
        self._last = time.monotonic() + limits.LINKS_TIME
        # Until now the timer of the last page runs. Each worker and the main thread may use all of the time.
        WATCHDOG.start_timer("docs", "trying the links", limits.LINKS_TIME * (config.linkcheck_workers + 1))
        self._deadline = self._last
        self._anchor = ""
        self._sockets: list[socket.socket] = []

    def _check(self, docname: str, uri: str, hyperlink: Any) -> Any:
        """Try a link, its redirects and repetitions included, for at most ``linkcheck_timeout`` seconds.

        When the time for all links is over, the others are told as not checked.
        """
        seconds = min(self._seconds, self._last - time.monotonic())
        if seconds <= 0:
            return "unchecked", f"not checked: all links together took {limits.LINKS_TIME} s", 0
        self._deadline, self._anchor = time.monotonic() + seconds, unquote(uri.partition("#")[2])
        done = threading.Event()
        threading.Thread(target=self._hang_up, args=(done, seconds), daemon=True).start()
        result: Any
        try:
            result = super()._check(docname, uri, hyperlink)
        except Exception as error:  # noqa: BLE001 - the check would wait for ever for a worker that ended
            result = "broken", str(error), 0
        finally:
            done.set()
            self._session.close()
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()
        # Headers that are cut off by the deadline look complete.
        return ("broken", "timed out", 0) if time.monotonic() >= self._deadline else result

    def _hang_up(self, done: threading.Event, seconds: float) -> None:
        """Shut down all connections of a link that takes too long, repeatedly, since new ones may follow."""
        while not done.wait(max(0.1, seconds)):
            seconds = 0
            for connection in self._sockets[:]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def permit(self, event: str, arguments: Sequence[Any]) -> None:
        """Refuse a lookup of a name or a connection, if the time is over or the address is not public."""
        if time.monotonic() >= self._deadline:
            raise TimeoutError("timed out")
        if event == "socket.connect":
            connection, (host, *_) = arguments
            if not is_public(host) and not any(ip_address(host) in network for network in self._private):
                raise PermissionError(f"{host} is not a public address")
            # A duplicate, since TLS detaches the socket.
            self._sockets.append(connection.dup())

    def _read(self, response: Response, **_: Any) -> None:
        """Read a page until its anchor is found; read nothing of other responses.

        :raises HTTPError: the site refuses robots, or the page is too long
        """
        if response.status_code in {429, 999}:
            raise HTTPError(f"{response.status_code} for {response.url}")
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
            # The anchor may be split between two parts.
            part = part[-len(pattern.pattern) :] + new
            found = pattern.search(part) is not None
        response.raw.close()
        # Sphinx's parser, which takes time quadratic in a page's length, gets only the anchor.
        response.raw = io.BytesIO(f'<a id="{escape(self._anchor)}">'.encode() if found else b"")
        # The site could name an encoding that is slow to decode.
        response.encoding = "utf-8"


@functools.cache
def _guard_sockets() -> None:
    """Audit all connections of workers, whichever library opens them and however the address is written."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: Sequence[Any]) -> None:
    if event in {"socket.getaddrinfo", "socket.connect"}:
        worker = threading.current_thread()
        if isinstance(worker, _Worker):
            worker.permit(event, arguments)


def _parseable(app: Sphinx, url: str) -> str | None:
    """Quote an address that cannot be parsed, which would end Sphinx's worker and hang the check."""
    try:
        urlsplit(url)
    except ValueError:
        return quote(url, safe="%/:=&?#+!,;@()")
    return None


def setup(app: Sphinx) -> None:
    """Replace Sphinx's worker by :class:`_Worker`."""
    use_link_worker(_Worker)
    app.connect("linkcheck-process-uri", _parseable)
