"""A link is gone only if it is: tried on a server with every answer, and remembered from day to day."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cvtools.checks.links import Link, archived, judge, main, update
from tests.projects import Project

MONDAY, THURSDAY, LATER = date(2026, 11, 16), date(2026, 11, 19), date(2026, 12, 3)

#: What a server answers, and what that makes of a link.
ANSWERS = {
    "200": ("good", ""),
    "301": ("good", ""),
    "200#here": ("good", ""),
    "200#nowhere": ("missing", "no such place on the page"),
    "400": ("blocked", "400"),
    "401": ("blocked", "401"),
    "403": ("blocked", "403"),
    "404": ("missing", "404"),
    "408": ("flaky", "408"),
    "410": ("missing", "410"),
    "429": ("flaky", "429"),
    "500": ("flaky", "500"),
    "502": ("flaky", "502"),
    "503": ("flaky", "503"),
    "999": ("blocked", "999"),
    "slow": ("flaky", "timed out"),
    "cut": ("flaky", "no answer"),
}


class Server(BaseHTTPRequestHandler):
    """Answers with the status that the path names; takes nothing else."""

    over = threading.Event()

    def do_GET(self) -> None:
        name = self.path[1:]
        if name == "slow":
            self.over.wait(20)
        if name in {"slow", "cut"}:
            return
        self.send_response(int(name))
        if name == "301":
            self.send_header("Location", "/200")
        # Nobody who wants a CV built waits for this.
        self.send_header("Retry-After", "36000")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"<p id=here>")

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing of a request."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        Server.over.set()
        running.shutdown()


def test_a_server_with_every_answer(
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
    expected["http://today.invalid/"] = ("flaky", "no answer")
    expected["http://[:::1]/"] = ("missing", "not an address")
    lines = [f"[link]({url})" for url in expected]
    page = "\n".join(
        ["# Ada", "", "Links:", *lines, "[mail](mailto:a@example.org) [here](#ada) <http://left.out/>", ""]
    )
    built = project.write({"index.md": page}).build(
        "linkcheck", warns=True, linkcheck_timeout=1, linkcheck_ignore=["http://left.out"], myst_heading_anchors=1
    )
    monkeypatch.chdir(project.folder)
    ledger = project.folder / "links.json"
    assert main([str(built.out / "output.json"), str(ledger)], MONDAY) == 1
    links = json.loads(ledger.read_text("utf-8"))
    expected["http://%5B:::1%5D/"] = expected.pop("http://[:::1]/")
    assert {url: (link["state"], link["reason"]) for url, link in links.items()} == expected
    # Sphinx says where the paragraph begins, the ledger where the link stands.
    assert {url: link["place"] for url, link in links.items()} == {
        url: f"docs/index.md:{number}" for number, url in enumerate(expected, 4)
    } | {"http://%5B:::1%5D/": "docs/index.md:3"}
    # Not found for the first time: no alarm, but a word.
    assert ledger.with_suffix(".md").read_text("utf-8") == "All links are well.\n"
    out = capsys.readouterr().out
    assert f"docs/index.md:11: WARNING: {server}/404 was not found (404); perhaps archived: " in out
    assert f"{server}/999 (docs/index.md:18) may be well: 999\n" in out


def result(info: str = "", status: str = "broken", url: str = "https://example.org/x") -> dict[str, Any]:
    return {"uri": url, "filename": "index.md", "lineno": 3, "status": status, "info": info}


GOOD, GONE = result(status="working"), result("404 Client Error: Not Found for url: https://example.org/x")
FLAKY, BLOCKED = result("502 Server Error: Bad Gateway for url: x"), result("unauthorized")


@pytest.mark.parametrize(
    ("tries", "state"),
    [
        ([(MONDAY, GONE)], "missing"),
        ([(MONDAY, GONE), (MONDAY, GONE)], "missing"),
        ([(MONDAY, GONE), (THURSDAY, GONE)], "gone"),
        ([(MONDAY, GONE), (THURSDAY, GOOD), (LATER, GONE)], "missing"),
        ([(MONDAY, GONE), (THURSDAY, FLAKY), (LATER, GONE)], "gone"),
        ([(MONDAY, GONE), (THURSDAY, FLAKY)], "missing"),
        ([(MONDAY, GONE), (THURSDAY, GONE), (LATER, FLAKY)], "gone"),
        ([(MONDAY, GONE), (THURSDAY, GONE), (LATER, BLOCKED)], "gone"),
        ([(MONDAY, GONE), (THURSDAY, GONE), (LATER, GOOD)], "good"),
        ([(MONDAY, FLAKY), (THURSDAY, FLAKY), (LATER, FLAKY)], "flaky"),
        ([(MONDAY, GOOD), (THURSDAY, FLAKY)], "flaky"),
        ([(MONDAY, BLOCKED), (THURSDAY, BLOCKED)], "blocked"),
    ],
)
def test_a_link_is_gone_if_it_was_not_found_on_two_days(tries: list[tuple[date, dict[str, Any]]], state: str) -> None:
    ledger: dict[str, Link] = {}
    for day, tried in tries:
        ledger = update(ledger, [tried], day)
    (link,) = ledger.values()
    assert link.state == state
    assert link.good == max((day.isoformat() for day, tried in tries if tried is GOOD), default="")


def test_the_report_says_since_when_and_what_may_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    output, ledger = tmp_path / "output.json", tmp_path / "links.json"
    statuses = []
    for day, tried in [(MONDAY, GOOD), (THURSDAY, GONE), (LATER, GONE)]:
        flaky = result("timed out", url="https://slow.example/")
        output.write_text(f"{json.dumps(tried)}\n{json.dumps(flaky)}\n", "utf-8")
        statuses.append(main([str(output), str(ledger)], day))
    assert statuses == [0, 1, 1]
    assert ledger.with_suffix(".md").read_text("utf-8") == (
        "- `docs/index.md:3`: https://example.org/x was not found since 2026-11-19 (404); it was good on 2026-11-16; "
        "perhaps archived: https://web.archive.org/web/20261116/https://example.org/x\n"
    )
    assert (
        "docs/index.md:3: WARNING: https://example.org/x was not found since 2026-11-19 (404)"
        in capsys.readouterr().out
    )
    output.write_text(json.dumps(GOOD), "utf-8")
    assert main([str(output), str(ledger)]) == 0
    assert ledger.with_suffix(".md").read_text("utf-8") == "All links are well.\n"
    # What is linked no more is forgotten.
    assert list(json.loads(ledger.read_text("utf-8"))) == ["https://example.org/x"]


def test_without_a_good_day_all_copies_are_offered() -> None:
    assert archived("https://example.org/x", "") == "https://web.archive.org/web/*/https://example.org/x"


@pytest.mark.parametrize(
    "info",
    [
        "",
        "('Connection aborted.', RemoteDisconnected())",
        "certificate verify failed",
        "Exceeded 30 redirects.",
        "404ish",
    ],
)
def test_what_is_not_understood_is_no_alarm(info: str) -> None:
    assert judge("broken", info) == ("flaky", "no answer")
