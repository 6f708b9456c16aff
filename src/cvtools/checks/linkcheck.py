"""Sphinx's link check, made safe: it ends whatever a site does, and asks public addresses only."""

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

#: Networks that the registries call public though nobody should be asked there: a cloud's service for its machines
#: (Azure, which runs GitHub's runners; Oracle), IPv6 that leads on to any IPv4 address (6to4), and examples.
_NOT_PUBLIC = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")))
#: All IPv6 addresses that are allocated; those that embed IPv4 (mapped, NAT64) lie outside.
_UNICAST = IPv6Network("2000::/3")


def is_public(host: str) -> bool:
    """Return True if anybody on the internet may ask an IP address."""
    address = ip_address(host)
    return (
        address.is_global
        and not address.is_multicast
        and (address.version == 4 or address in _UNICAST)
        and not any(address in network for network in _NOT_PUBLIC)
    )


class _Worker(linkcheck.HyperlinkAvailabilityCheckWorker):
    """Try links as Sphinx does, but ask public addresses only, and give up at the limits of time and bytes.

    A site that asks to be tried again later is not waited for, and a page with the status 999 is an error.
    """

    def __init__(self, config: Any, *arguments: Any) -> None:
        super().__init__(config, *arguments)
        self._session.hooks["response"] += [_refuse, self._read]
        self._session.max_redirects = limits.REDIRECTS
        # A proxy would ask private addresses for us, and a .netrc holds passwords.
        self._session.trust_env = False
        self._private = [ip_network(network, strict=False) for network in config.cv_linkcheck_private]
        self._seconds = float(self.timeout or limits.LINK_TIME)
        self._last = time.monotonic() + limits.LINKS_TIME
        self._deadline = self._last
        self._anchor = ""
        self._sockets: list[socket.socket] = []

    def _check(self, docname: str, uri: str, hyperlink: Any) -> Any:
        """Try a link, its redirects and repetitions included, for at most ``linkcheck_timeout`` seconds."""
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
        """Shut down all connections of a link that takes too long, repeatedly: another may be about to be made."""
        while not done.wait(max(0.1, seconds)):
            seconds = 0
            for connection in self._sockets[:]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def permit(self, event: str, arguments: Sequence[Any]) -> None:
        """Permit to look a name up or to connect, if time is left and the address is public.

        :param event: the audit event, with its arguments
        :raises OSError: the time is over, or the address is not public
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
        """Read a page until its anchor is found, and no other response at all."""
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
    """Audit every connection of a worker when it is made, whichever library makes it and however it is addressed."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: Sequence[Any]) -> None:
    if event in {"socket.getaddrinfo", "socket.connect"}:
        worker = threading.current_thread()
        if isinstance(worker, _Worker):
            worker.permit(event, arguments)


def _refuse(response: Response, **_: Any) -> None:
    if response.status_code in {429, 999}:
        raise HTTPError(f"{response.status_code} for {response.url}")


def _parseable(app: Sphinx, url: str) -> str | None:
    """Return an address that can be parsed for one that cannot, which would end Sphinx's worker but not the check."""
    try:
        urlsplit(url)
    except ValueError:
        return quote(url, safe="%/:=&?#+!,;@()")
    return None


def _prepare(app: Sphinx) -> None:
    if app.builder.name == "linkcheck":
        _guard_sockets()


def setup(app: Sphinx) -> None:
    """Replace Sphinx's worker by :class:`_Worker`."""
    # Sphinx has no setting for it.
    linkcheck.HyperlinkAvailabilityCheckWorker = _Worker  # type: ignore[misc,assignment]
    app.connect("builder-inited", _prepare)
    app.connect("linkcheck-process-uri", _parseable)
