"""Limit the time, the size and the addresses of Sphinx's link check, whatever a site answers.

:mod:`cvtools.checks.link_history` decides what an answer says of a link.
"""

import contextlib
import functools
import io
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from html import escape
from ipaddress import IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from requests import HTTPError, Response, Session
from sphinx.application import Sphinx
from sphinx.config import Config

from cvtools import limits
from cvtools.private_api import wrap_link_check
from cvtools.watchdog import WATCHDOG

#: Networks that must not be contacted although Python counts them as global: internal services of the clouds of Azure,
#: which runs GitHub's workflows, and Oracle; 6to4, which leads to any IPv4 address; and addresses for documentation.
_NOT_PUBLIC = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")))
#: The allocated IPv6 addresses, without those that embed an IPv4 address (mapped, NAT64).
_UNICAST = IPv6Network("2000::/3")


def is_public(host: str) -> bool:
    """Return whether an IP address is on the public internet."""
    address = ip_address(host)
    return (
        address.is_global
        and not address.is_multicast
        and (address.version == 4 or address in _UNICAST)
        and not any(address in network for network in _NOT_PUBLIC)
    )


class _LinkGuard:
    """Guard of the links that one thread of Sphinx checks: it permits public addresses, and limits time and size.

    It reports HTTP status 429 as an error, rather than try again later, and 999, by which LinkedIn refuses robots.
    """

    def __init__(self, config: Config, session: Session) -> None:
        _guard_sockets()
        self._session = session
        session.hooks["response"].append(self._read)
        session.max_redirects = limits.REDIRECTS
        # A proxy would contact private addresses for us, and .netrc holds passwords.
        session.trust_env = False
        self._private = [ip_network(network, strict=False) for network in config.cv_linkcheck_private]
        self._seconds = float(config.linkcheck_timeout or limits.LINK_TIME)
        self._end = time.monotonic() + limits.LINKS_TIME
        # Stop the timer of the last page. The new one adds up the time of the workers and of the main thread.
        WATCHDOG.start_timer("docs", "trying the links", limits.LINKS_TIME * (config.linkcheck_workers + 1))
        self._deadline = self._end
        self._anchor = ""
        self._sockets: list[socket.socket] = []

    def try_link(self, uri: str, attempt: Callable[[], Any]) -> Any:
        """Check a link, with redirects, within ``linkcheck_timeout`` seconds; skip it if all links took too long.

        :param attempt: Sphinx's own check of the link
        """
        seconds = min(self._seconds, self._end - time.monotonic())
        if seconds <= 0:
            return "unchecked", f"not checked: all links together took {limits.LINKS_TIME} s", 0
        self._deadline, self._anchor = time.monotonic() + seconds, unquote(uri.partition("#")[2])
        done = threading.Event()
        threading.Thread(target=self._hang_up, args=(done, seconds), daemon=True).start()
        result: Any
        try:
            result = attempt()
        except Exception as error:  # noqa: BLE001 - the check would wait for ever for a worker that ended
            result = "broken", str(error), 0
        finally:
            done.set()
            self._session.close()
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()
        # A response that the deadline cut off may look complete.
        return ("broken", "timed out", 0) if time.monotonic() >= self._deadline else result

    def _hang_up(self, done: threading.Event, seconds: float) -> None:
        """Shut down all connections of a link that takes too long, repeatedly, since new ones may follow."""
        while not done.wait(max(0.1, seconds)):
            seconds = 0
            for connection in self._sockets[:]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def audit(self, event: str, arguments: Sequence[Any]) -> None:
        """Raise an error for a name's lookup or a connection if the time is over or the address is not public."""
        if time.monotonic() >= self._deadline:
            raise TimeoutError("timed out")
        if event == "socket.connect":
            connection, (host, *_) = arguments
            if not is_public(host) and not any(ip_address(host) in network for network in self._private):
                raise PermissionError(f"{host} is not a public address")
            # TLS detaches the original socket.
            self._sockets.append(connection.dup())

    def _read(self, response: Response, **_: Any) -> None:
        """Read a page up to the anchor of its link; read nothing if the link has no anchor.

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
        has_anchor, size, tail = False, 0, b""
        while not has_anchor and (chunk := response.raw.read(2**16, decode_content=True)):
            size += len(chunk)
            if size > limits.LINK_SIZE:
                raise HTTPError(f"{response.url} is longer than {limits.LINK_SIZE} bytes")
            # The anchor may be split between two chunks.
            has_anchor = pattern.search(tail + chunk) is not None
            tail = (tail + chunk)[-len(pattern.pattern) :]
        response.raw.close()
        # Sphinx's parser, which takes time quadratic in a page's length, gets only the anchor.
        response.raw = io.BytesIO(f'<a id="{escape(self._anchor)}">'.encode() if has_anchor else b"")
        # The site could name an encoding that is slow to decode.
        response.encoding = "utf-8"


@functools.cache
def _guard_sockets() -> None:
    """Audit all connections of the link check, whatever library opens them and however their address is written."""

    def audit(event: str, arguments: Sequence[Any]) -> None:
        if event in {"socket.getaddrinfo", "socket.connect"}:
            guard = getattr(threading.current_thread(), "guard", None)
            if isinstance(guard, _LinkGuard):
                guard.audit(event, arguments)

    sys.addaudithook(audit)


def _quote_malformed(app: Sphinx, url: str) -> str | None:
    """Quote an address that cannot be parsed, at which Sphinx's worker would end and its check wait for ever."""
    try:
        urlsplit(url)
    except ValueError:
        return quote(url, safe="%/:=&?#+!,;@()")
    return None


def setup(app: Sphinx) -> None:
    """Have the link check use :class:`_LinkGuard`."""
    wrap_link_check(_LinkGuard)
    app.connect("linkcheck-process-uri", _quote_malformed)
