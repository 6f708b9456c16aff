"""The link check, with servers that give every answer, hostile servers and private ones."""

import contextlib
import gzip
import itertools
import json
import signal
import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cvtools import limits
from cvtools.checks.link_history import classify, main
from cvtools.checks.linkcheck import is_public
from tests.projects import Project

#: What a server answers, and what that makes of a link.
ANSWERS = {
    **dict.fromkeys(["200", "301", "200#here"], ("good", "")),
    "200#nowhere": ("missing", "no such place on the page"),
    **{status: ("unsure", status) for status in ("400", "403", "408", "429", "500", "502", "999")},
    "401": ("unsure", "unauthorized"),
    "404": ("missing", "404"),
    "410": ("missing", "410"),
    "503": ("unsure", "service unavailable"),
    "slow": ("unsure", "timed out"),
    "cut": ("unsure", "no answer"),
}


#: A page with anchors in every spelling, also where two parts of it meet that are read one after the other.
ANCHORS = "".join(
    [f"{'x' * 65_530}<p class=q id='a'>", '<a name="życie">', '<p\nid = "b&amp;c">', "<p id=d->", "<p id=aa>"]
)


class Server(BaseHTTPRequestHandler):
    """Answers with the status that the path names; takes nothing else."""

    over = threading.Event()

    def do_GET(self) -> None:
        name = self.path[1:]
        if name == "slow":
            self.over.wait(20)
        if name in {"slow", "cut"}:
            return
        kind, _, to = name.partition("/")
        self.send_response({"to": 302, "anchors": 200}.get(kind) or int(kind))
        if name == "301" or to:
            self.send_header("Location", f"http://{to}/200" if to else "/200")
        # Nobody who wants a CV built waits for this.
        self.send_header("Retry-After", "36000")
        self.end_headers()
        if self.command == "GET":
            page = "<p id=here>" if kind != "anchors" else ANCHORS
            self.wfile.write(page.encode())

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        Server.over.set()
        running.shutdown()


def test_each_answer_of_a_server_gives_its_state(
    project: Project, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **named: Any) -> Any:
        if str(host).endswith(".invalid"):
            code = socket.EAI_AGAIN if str(host).startswith("today") else socket.EAI_NONAME
            raise socket.gaierror(code, {socket.EAI_AGAIN: "Temporary failure in name resolution"}.get(code, "unknown"))
        return known(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    expected = {f"{server}/{path}": answer for path, answer in ANSWERS.items()}
    expected["http://nowhere.invalid/"] = ("missing", "no such host")
    expected["http://today.invalid/"] = ("unsure", "no answer")
    expected["http://[:::1]/"] = ("missing", "not an address")
    lines = [f"[link]({url})" for url in expected]
    page = "\n".join(
        ["# Ada", "", "Links:", *lines, "[mail](mailto:a@example.org) [here](#ada) <http://left.out/>", ""]
    )
    built = project.write({"index.md": page}).build(
        "linkcheck",
        warns=True,
        linkcheck_timeout=4,
        linkcheck_ignore=["http://left.out"],
        cv_linkcheck_private=["127.0.0.1"],
        myst_heading_anchors=1,
    )
    monkeypatch.chdir(project.folder)
    history = project.folder / "links.json"
    assert main([str(built.out / "output.json"), str(history)], date(2026, 11, 16)) == 1
    links = json.loads(history.read_text("utf-8"))
    expected["http://%5B:::1%5D/"] = expected.pop("http://[:::1]/")
    assert {url: (link["state"], link["reason"]) for url, link in links.items()} == expected
    # Sphinx says where the paragraph begins, the history where the link stands.
    assert {url: link["location"] for url, link in links.items()} == {
        url: f"docs/index.md:{number}" for number, url in enumerate(expected, 4)
    } | {"http://%5B:::1%5D/": "docs/index.md:3"}
    # Not found for the first time: no alarm, but a word.
    assert history.with_suffix(".md").read_text("utf-8") == "All links are well.\n"
    out = capsys.readouterr().out
    assert f"docs/index.md:16: WARNING: {server}/404 was not found (404); perhaps archived: " in out
    assert f"{server}/999 (docs/index.md:14) may be well: 999\n" in out


#: What a hostile site sends, again and again, and what it sends first.
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HOSTILE = {
    "header": (b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
    "headers": (OK, b"X: %b\r\n" % (b"x" * 60_000)),
    "status": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body#x": (OK + b"\r\n<a ", b"x" * 60_000),
    "slow#x": (OK + b"\r\n<a ", b"x"),
    "chunks#x": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "chunk#x": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 60_000),
    "bomb#x": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(70_000_000)), b"x"),
    "empty-bomb#x": (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
    "names#x": (OK + b"Content-Type: text/html; charset=punycode\r\n\r\n", b'<a id="y"><a <!-- <! ' * 3000),
    "redirects": (b"HTTP/1.1 302 Found\r\nLocation: /redirects\r\n\r\n", b"x"),
    "silent": (b"", b""),
    "handshake": (b"\x16\x03\x03\x3f\xff\x02\0\x3f\xfb", b"\3"),
}


class Hostile:
    """Server that sends a named response until the client hangs up, and lists those that were sent to their end."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.asked: list[str] = []
        self.outlasted: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.answer, args=self.socket.accept()[:1], daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, IndexError):
            sent = connection.recv(4096)
            # How TLS begins
            asked = [b"", b"/handshake"] if sent[0] == 0x16 else sent.split()
            name = asked[1][1:].decode()
            self.asked.append(name)
            # Sphinx sends a GET request if a site refuses the HEAD request.
            if name == "redirects" and asked[0] == b"HEAD":
                connection.sendall(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
            first, again = HOSTILE.get(name) or HOSTILE[f"{name}#x"]
            connection.sendall(first)
            for _ in itertools.takewhile(lambda _: not self.over.is_set(), range(2000)):
                connection.sendall(again or b"")
                connection.settimeout(0.02)
                with contextlib.suppress(TimeoutError):
                    if not connection.recv(4096):
                        return
                connection.settimeout(10)
            self.outlasted.append(name)


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    server = Hostile()
    yield server
    server.over.set()
    server.socket.close()


def try_links(project: Project, *urls: str, **config: Any) -> dict[str, tuple[str, str]]:
    """Return state and reason of links, by address."""
    page = "\n".join(["# Ada", "", *(f"[link]({url})" for url in urls), ""])
    built = project.write({"index.md": page}).build("linkcheck", warns=True, **config)
    results = map(json.loads, (built.out / "output.json").read_text("utf-8").splitlines())
    return {result["uri"]: classify(result["status"], result["info"]) for result in results}


def test_endless_response_is_given_up(project: Project, hostile: Hostile) -> None:
    urls = [f"{hostile.address}/{name}" for name in HOSTILE]
    urls[-1] = urls[-1].replace("http:", "https:")
    found = try_links(project, *urls, linkcheck_timeout=4, cv_linkcheck_private=["127.0.0.1"])
    states = {url.rpartition("/")[2]: state for url, (state, _) in found.items()}
    assert states == dict.fromkeys(HOSTILE, "unsure")
    assert found[f"{hostile.address}/bomb#x"] == ("unsure", f"is longer than {limits.LINK_SIZE} bytes")
    assert found[f"{hostile.address}/header"] == ("unsure", "timed out")
    assert hostile.outlasted == []


def test_no_link_is_tried_after_the_time_limit_of_all(
    project: Project, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINKS_TIME", 0)
    url = f"{hostile.address}/header"
    reason = "not checked: all links together took 0 s"
    assert try_links(project, url, cv_linkcheck_private=["127.0.0.1"]) == {url: ("unsure", reason)}
    assert hostile.asked == []


def test_time_of_a_page_is_not_that_of_the_links(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float] = []

    def resolve(*_: object, **__: object) -> None:
        left.append(signal.getitimer(signal.ITIMER_PROF)[0])
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    try_links(project, "http://one.invalid/", "http://two.invalid/")
    assert left
    assert min(left) > limits.LINKS_TIME - limits.PAGE_TIME


def test_anchor_is_found_anywhere_in_a_page(project: Project, server: str) -> None:
    names = ["#a", "#%C5%BCycie", "#b&c", "#d-", "#A"]
    found = try_links(project, *(f"{server}/anchors{name}" for name in names), cv_linkcheck_private=["127.0.0.0/8"])
    assert [found[f"{server}/anchors{name}"][0] for name in names] == ["good", "good", "good", "good", "missing"]


@pytest.fixture
def secret() -> Iterator[tuple[str, list[object]]]:
    """The address of a server that must not be contacted, and the clients that contacted it."""
    asked: list[object] = []

    class Secret(ThreadingHTTPServer):
        def verify_request(self, request: object, address: object) -> bool:
            asked.append(address)
            return True

    with Secret(("127.0.0.2", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.2:{running.server_port}", asked
        running.shutdown()


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "0x7f.2", "[::ffff:127.0.0.2]"]
)
def test_private_address_is_not_contacted_in_any_notation(
    project: Project, secret: tuple[str, list[object]], host: str
) -> None:
    url = f"http://{host}:{secret[0].partition(':')[2]}/200"
    assert try_links(project, url, cv_linkcheck_private=["127.0.0.1"]) == {url: ("unsure", "is not a public address")}
    assert secret[1] == []


def test_private_address_is_not_contacted_after_a_redirect(
    project: Project, server: str, secret: tuple[str, list[object]]
) -> None:
    url = f"{server}/to/{secret[0]}"
    found = try_links(project, url, f"{url}#here", cv_linkcheck_private=["127.0.0.1"])
    assert set(found.values()) == {("unsure", "is not a public address")}
    assert secret[1] == []


def test_private_address_is_not_contacted_after_dns_rebinding(
    project: Project, secret: tuple[str, list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, answers = socket.getaddrinfo, iter(["127.0.0.1"])

    def resolve(host: Any, *rest: Any, **named: Any) -> Any:
        turned = next(answers, "127.0.0.2") if host == "turns.example" else host
        return known(turned, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = secret[0].partition(":")[2]
    urls = [f"http://turns.example:{port}/{name}" for name in ("200", "404", "200#here")]
    found = try_links(project, *urls, cv_linkcheck_private=["127.0.0.1"])
    assert "good" not in {state for state, _ in found.values()}
    assert secret[1] == []


def test_proxy_is_not_used(project: Project, secret: tuple[str, list[object]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://{secret[0]}")
    url = "http://nowhere.invalid/"
    assert try_links(project, url, cv_linkcheck_private=["127.0.0.2"]) == {url: ("missing", "no such host")}
    assert secret[1] == []


PRIVATE = """
    127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 0.0.0.0 169.254.169.254 100.64.0.1 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 168.63.129.16 192.0.0.192 198.18.0.1 203.0.113.1 192.88.99.1 ::1 :: ::ffff:127.0.0.1
    ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1 fe80::1 fe80::1%1 fc00::1
    fd00:ec2::254 ff02::1 2001:db8::1
"""


@pytest.mark.parametrize("host", PRIVATE.split())
def test_address_is_not_public(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "140.82.121.3", "2606:4700::1111"])
def test_address_is_public(host: str) -> None:
    assert is_public(host)


def test_host_that_cannot_be_parsed_is_broken(project: Project) -> None:
    project.write({"index.md": "# Ada\n:website: http://a\N{ACCOUNT OF}b.example/\n"})
    built = project.build("linkcheck", warns=True)
    result = json.loads(built.read("output.json"))
    assert (result["status"], result["uri"]) == ("broken", "http://a%E2%84%80b.example/")
