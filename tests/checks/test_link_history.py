"""The history of links, by which links are gone or only unreachable today."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from cvtools import limits
from cvtools.checks.link_history import Link, classify, main, read, report, update

MONDAY, THURSDAY, LATER = date(2026, 11, 16), date(2026, 11, 19), date(2026, 12, 3)


@pytest.mark.parametrize(
    "text",
    [
        "http://x_y/**bold**_@org/team_",
        "https://a_b.c_d/![x](https://evil.example/t.png)",
        "https://x/`**b**`<img src=x>@octocat #12",
        "`",
        "``` `` a ````",
        "https://x/\n\n# Heading\n\n- @octocat\r\n\n    x",
        "https://x/|a|\x1b[2J\u202e\u2028\\",
        "https://x/" + "`a" * 5000,
        "`" * 100 + "**b** @octocat",
        " ",
    ],
)
def test_report_has_untrusted_text_in_code_only(text: str) -> None:
    gone = Link(text, "gone", "404", "", ("2026-01-01",))
    found = MarkdownIt("gfm-like", {"linkify": False}).parse(report({text: gone, f"{text}.": gone}))
    kinds = [token.type for token in found]
    item = ["list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close"]
    assert kinds == ["bullet_list_open", *item, *item, "bullet_list_close"]
    for inline in (token for token in found if token.type == "inline"):
        parts = [child.type for child in inline.children or []]
        assert parts == ["code_inline", "text", "code_inline", "text", "code_inline"]
        said = [child.content for child in inline.children or [] if child.type == "text"]
        assert said == [": ", " was not found since 2026-01-01 (404); perhaps archived: "]
        assert all("`" not in child.content for child in inline.children or [])
        assert len(inline.content) < 2000


def test_report_fits_into_an_issue() -> None:
    gone = Link(f"docs/{'y' * 250}/{'y' * 250}.md:12", "gone", "404", "2026-01-01", ("2026-01-02", "2026-02-02"))
    text = report({f"https://example.org/{number}{'x' * 900}": gone for number in range(1000)})
    assert len(text) < 65_000
    assert text.endswith("\n- and 950 more\n")


def test_lines_of_links_cost_one_reading_of_each_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def read_text(path: Path, *arguments: str, **options: str) -> str:
        read.append(path)
        return path.read_bytes().decode("utf-8")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    links = [f"https://example.org/{number}" for number in range(500)]
    for name in ("a.md", "b.md"):
        (tmp_path / "docs" / name).write_text("x\n\n" + "\n".join(f"<{link}{name[0]}>" for link in links))
    found = [result("404 ", url=f"{link}{name[0]}") | {"filename": name} for link in links for name in ("a.md", "b.md")]
    (output := tmp_path / "output.json").write_text("\n".join(map(json.dumps, found)), "utf-8")
    monkeypatch.setattr(Path, "read_text", read_text)
    main([str(output), str(tmp_path / "links.json")], MONDAY)
    assert len([path for path in read if path.suffix == ".md"]) == 2
    history = json.loads((tmp_path / "links.json").read_bytes())
    assert [history[f"{links[number]}b"]["location"] for number in (0, 499)] == ["docs/b.md:3", "docs/b.md:502"]
    monkeypatch.setattr(limits, "LINES_TIME", 0)
    main([str(output), str(tmp_path / "links.json")], MONDAY)
    assert json.loads((tmp_path / "links.json").read_bytes())[f"{links[499]}b"]["location"] == "docs/b.md:3"


def test_line_of_a_link_is_counted_by_newlines_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Ada\n\nA\u2028B\x0cC\x85\n<https://example.org/x>\n", "utf-8")
    (output := tmp_path / "output.json").write_text(json.dumps(GONE), "utf-8")
    main([str(output), str(tmp_path / "links.json")], MONDAY)
    assert read(tmp_path / "links.json")["https://example.org/x"].location == "docs/index.md:4"


def test_log_is_limited_in_lines_and_in_their_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    long = [f"https://example.org/{'x' * 9_000}{number}" for number in range(limits.WARNINGS + 40)]
    found = [result("timed out" if number % 2 else "404 ", url=url) for number, url in enumerate(long)]
    (output := tmp_path / "output.json").write_text("\n".join(map(json.dumps, found)), "utf-8")
    assert main([str(output), "links.json"], MONDAY) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == limits.WARNINGS
    assert last == "and 40 more, in links.json"
    assert max(map(len, lines)) <= limits.WARNING_LENGTH
    # What was not found comes first, with its reason.
    known = [line.endswith(" [cv.link]") and "was not found (404)" in line for line in lines]
    assert known == sorted(known, reverse=True)
    assert sum(known) == len(long) / 2


def test_links_that_were_not_checked_are_counted_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for day, tried in ((MONDAY, GOOD), (THURSDAY, result("not checked: x", "unchecked"))):
        (output := tmp_path / "output.json").write_text(json.dumps(tried), "utf-8")
        assert main([str(output), str(tmp_path / "links.json")], day) == 0
    assert "https://example.org/x (docs/index.md:3) may be well: not checked: x\n" in capsys.readouterr().out
    assert read(tmp_path / "links.json")["https://example.org/x"].good == MONDAY.isoformat()


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"https://x/": {"state": "gone"}}', '{"https://x/": 3}', "\udcff"])
def test_damaged_history_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str) -> None:
    monkeypatch.chdir(tmp_path)
    (output := tmp_path / "output.json").write_text(json.dumps(GOOD), "utf-8")
    (history := tmp_path / "links.json").write_text(damaged, "utf-8", errors="surrogateescape")
    assert main([str(output), str(history)], MONDAY) == 0
    assert list(json.loads(history.read_text("utf-8"))) == ["https://example.org/x"]


def test_address_cannot_control_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (output := tmp_path / "output.json").write_text(json.dumps(result(url="http://x/\n::error::\x1b[2J")), "utf-8")
    main([str(output), str(tmp_path / "links.json")])
    assert capsys.readouterr().out == "http://x/ ::error::␛[2J (docs/index.md:3) may be well: no answer\n"


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
        ([(MONDAY, FLAKY), (THURSDAY, FLAKY), (LATER, FLAKY)], "unsure"),
        ([(MONDAY, GOOD), (THURSDAY, FLAKY)], "unsure"),
        ([(MONDAY, BLOCKED), (THURSDAY, BLOCKED)], "unsure"),
    ],
)
def test_link_is_gone_when_not_found_on_two_days(tries: list[tuple[date, dict[str, Any]]], state: str) -> None:
    history: dict[str, Link] = {}
    for day, tried in tries:
        history = update(history, [tried], day)
    (link,) = history.values()
    assert link.state == state
    assert link.good == max((day.isoformat() for day, tried in tries if tried is GOOD), default="")


def test_report_gives_first_day_and_archived_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    output, history = tmp_path / "output.json", tmp_path / "links.json"
    statuses = []
    for day, tried in [(MONDAY, GOOD), (THURSDAY, GONE), (LATER, GONE)]:
        flaky = result("timed out", url="https://slow.example/")
        output.write_text(f"{json.dumps(tried)}\n{json.dumps(flaky)}\n", "utf-8")
        statuses.append(main([str(output), str(history)], day))
    assert statuses == [0, 1, 1]
    assert history.with_suffix(".md").read_text("utf-8") == (
        "- `docs/index.md:3`: `https://example.org/x` was not found since 2026-11-19 (404); it was good on 2026-11-16; "
        "perhaps archived: `https://web.archive.org/web/20261116/https://example.org/x`\n"
    )
    assert (
        "docs/index.md:3: WARNING: https://example.org/x was not found since 2026-11-19 (404)"
        in capsys.readouterr().out
    )
    output.write_text(json.dumps(GOOD), "utf-8")
    assert main([str(output), str(history)]) == 0
    assert history.with_suffix(".md").read_text("utf-8") == "All links are well.\n"
    # What is linked no more is forgotten.
    assert list(json.loads(history.read_text("utf-8"))) == ["https://example.org/x"]


def test_all_archived_copies_are_offered_without_a_good_day() -> None:
    said = Link("docs/index.md:3", "missing", "404", missed=["2026-11-16"]).describe("https://example.org/x")
    assert said.endswith("; perhaps archived: https://web.archive.org/web/*/https://example.org/x")


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
def test_unknown_error_is_not_reported_as_gone(info: str) -> None:
    assert classify("broken", info) == ("unsure", "no answer")
