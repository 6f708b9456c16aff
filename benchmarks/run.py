"""Measure how fast cvtools builds this repository's CV, beside other tools that make a page and a PDF of it.

    nox -s benchmark [-- --rounds 9] [-- --only cv preview scale]

Each round runs every command once, one after the other, so that whatever else the machine does meets all of them; a
ratio is the median over the rounds of the ratios within a round. What is not installed is left out: `sphinx-build` is
always there; `latexmk`, `rendercv`, `pandoc` and `resumed` are looked for on the PATH.
"""

import argparse
import contextlib
import csv
import datetime
import json
import logging
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from plot import bars

from cvtools import __version__

REPOSITORY = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results")
CVTOOLS = [sys.executable, "-c", "import sys; from cvtools.cli import main; sys.exit(main())"]
SPHINX = [sys.executable, "-m", "sphinx", "-q"]


@dataclass(frozen=True)
class Measure:
    """A single run of a command."""

    seconds: float
    #: Of all processors together.
    cpu: float
    #: Of the largest process, in megabytes.
    memory: float


@dataclass(frozen=True)
class Row:
    """The runs of one command in all rounds."""

    group: str
    name: str
    #: The fastest and the middle run, in seconds.
    best: float
    median: float
    cpu: float = 0
    memory: float = 0


@dataclass(frozen=True)
class Command:
    """A command to measure; `prepare` brings its folder into the initial state."""

    name: str
    steps: Sequence[Sequence[str]]
    folder: Path
    prepare: Callable[[], object] = lambda: None


def main() -> None:
    """Measure the selected commands; write tables and a plot."""
    parser = argparse.ArgumentParser(description="Measure cvtools beside others.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    options = parser.parse_args()
    # As they are once installed: with compiled modules.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["SOURCE_DATE_EPOCH"] = "1790000000"
    rows: list[Row] = []
    ratios: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            work = Path(folder, name)
            work.mkdir()
            GROUPS[name](work, options.rounds, rows, ratios)
    write(rows, ratios)


def measure(command: Command) -> Measure:
    """Run a command; its output is shown only if it fails."""
    command.prepare()
    with tempfile.TemporaryFile() as output:
        start, cpu, memory = time.perf_counter(), 0.0, 0.0
        for step in command.steps:
            process = subprocess.Popen(step, cwd=command.folder, stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                output.seek(0)
                raise RuntimeError(f"{command.name}: {output.read().decode('utf-8', 'replace')[-2000:]}")
            cpu += usage.ru_utime + usage.ru_stime
            memory = max(memory, usage.ru_maxrss / 1024)
        return Measure(time.perf_counter() - start, cpu, memory)


def compare(commands: Sequence[Command], rounds: int, group: str) -> tuple[list[Row], dict[str, list[float]]]:
    """Run commands in turns.

    :returns: a row for each that works, and its times by round
    """
    measures: dict[str, list[Measure]] = {}
    for command in commands:
        # Once for the caches of the system; what cannot run here is left out.
        try:
            measure(command)
        except (RuntimeError, OSError) as error:
            print(f"left out: {error}", file=sys.stderr)
        else:
            measures[command.name] = []
    for number in range(rounds):
        for command in commands:
            if command.name in measures:
                measures[command.name].append(measure(command))
        print(f"{group}: round {number + 1} of {rounds}", file=sys.stderr)
    rows = [summarise(group, name, found) for name, found in measures.items()]
    return rows, {name: [measured.seconds for measured in found] for name, found in measures.items()}


def summarise(group: str, name: str, found: Sequence[Measure]) -> Row:
    """Return the figures for the runs of one command."""
    seconds = [measured.seconds for measured in found]
    cpu, memory = min(measured.cpu for measured in found), max(measured.memory for measured in found)
    return Row(group, name, min(seconds), statistics.median(seconds), cpu, memory)


def ratio(times: dict[str, list[float]], name: str, other: str) -> float | None:
    """Return the ratio of two commands' times."""
    if name not in times or other not in times:
        return None
    return statistics.median(a / b for a, b in zip(times[name], times[other], strict=True))


# The CV ---------------------------------------------------------------------------------------------------------------


def the_cv(work: Path, rounds: int, rows: list[Row], ratios: list[tuple[str, float, str]]) -> None:
    """Measure builds from nothing, and with earlier products present."""
    cv = project(work / "cv")
    run = [*CVTOOLS, "build"]
    fresh = lambda: clean(cv, "dist", "build")  # noqa: E731
    subprocess.run(run, cwd=cv, check=True, capture_output=True)
    rendered = work / "rendercv"
    rendered.mkdir()
    (rendered / "cv.yaml").write_text(json.dumps(rendercv(json.loads((cv / "dist/resume.json").read_text()))), "utf-8")
    shutil.copy(cv / "dist/resume.json", rendered)
    plain = plain_sphinx(work / "plain")
    ready = project(work / "ready")
    subprocess.run(run, cwd=ready, check=True, capture_output=True)
    sphinx = [[*SPHINX, "-b", name, "-c", ".", "docs", f"out/{name}"] for name in ("html", "latex")]
    # As Sphinx's own Makefile for LaTeX has it.
    tex = ["latexmk", "-lualatex", "-interaction=nonstopmode", "-quiet", "-cd", "out/latex/cv.tex"]
    pandoc = ["pandoc", "docs/index.md", "--standalone"]
    theme = ["resumed", "render", "resume.json", "--theme", "jsonresume-theme-even", "--output", "resume.html"]
    commands = [
        Command("cvtools: all", [run], cv, fresh),
        Command("cvtools: all, draft PDFs", [[*run, "--draft"]], cv, fresh),
        Command("cvtools: the book alone", [[*run, "--html"]], cv, fresh),
        Command("cvtools: nothing changed", [run], ready),
        Command("plain Sphinx: html", sphinx[:1], plain, lambda: clean(plain, "out")),
        Command("plain Sphinx: html, latexpdf", [*sphinx, tex], plain, lambda: clean(plain, "out")),
        Command("RenderCV: all", [["rendercv", "render", "cv.yaml"]], rendered),
        Command("pandoc: html, lualatex", [
            [*pandoc, "-o", "page.html"],
            [*pandoc, "--pdf-engine=lualatex", "-o", "cv.pdf"],
        ], plain),
        Command("resumed: html", [theme], rendered),
    ]  # fmt: skip
    found, times = compare(commands, rounds, "cv")
    rows += found
    for name, other, target in (
        ("cvtools: all", "plain Sphinx: html, latexpdf", "at most 0.35"),
        ("cvtools: all", "RenderCV: all", "at most 2.0"),
        ("cvtools: all, draft PDFs", "RenderCV: all", "at most 1.3"),
        ("cvtools: nothing changed", "RenderCV: all", "at most 0.2"),
    ):
        if (value := ratio(times, name, other)) is not None:
            ratios.append((f"{name} / {other}", value, target))


def project(folder: Path) -> Path:
    """Copy this repository's CV."""
    for name in ("docs", "locales"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "conf.py", folder)
    return folder


def clean(folder: Path, *names: str) -> None:
    """Remove the products."""
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)


def plain_sphinx(folder: Path) -> Path:
    """Write the same Markdown for Sphinx without cvtools: the same theme, LaTeX and parser."""
    project(folder)
    for page in folder.rglob("docs/**/*.md"):
        text = page.read_text("utf-8")
        text = re.sub(r"```\{talks\}.*?```", "```{toctree}\n:glob:\ntalks/*\n```", text, flags=re.DOTALL)
        text = re.sub(r"```\{(timeline|technologies|only)\}.*?```\n", "", text, flags=re.DOTALL)
        page.write_text(re.sub(r"\{tech\}`(.*?)`", r"\1", text), "utf-8")
    syntax = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist"]
    (folder / "conf.py").write_text(
        f'project = "CV"\nextensions = ["myst_parser"]\nhtml_theme = "sphinx_book_theme"\nlatex_engine = "lualatex"\n'
        f'myst_enable_extensions = {syntax!r}\nlatex_documents = [("index", "cv.tex", "CV", "A", "howto")]\n',
        "utf-8",
    )
    return folder


def rendercv(resume: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    """Write the same CV in RenderCV's format."""
    basics: dict[str, str] = resume["basics"]  # type: ignore[assignment]

    def dated(entry: dict[str, str]) -> dict[str, object]:
        dates = {"start_date": entry.get("startDate"), "end_date": entry.get("endDate", "present")}
        return {**dates, "highlights": [*filter(None, [entry.get("summary")]), *entry.get("highlights", [])]}

    def placed(entry: dict[str, str]) -> dict[str, object]:
        return {"location": entry["location"]} if "location" in entry else {}

    sections = {
        "summary": basics["summary"].split("\n\n"),
        "experience": [
            {"company": entry.get("name", "Self"), "position": entry["position"], **dated(entry), **placed(entry)}
            for entry in resume["work"]
        ],
        "education": [
            {
                "institution": entry["institution"],
                "area": entry.get("area", entry.get("studyType", "")),
                "degree": entry.get("studyType") if "area" in entry else None,
                **dated(entry),
            }
            for entry in resume.get("education", [])
        ],
        "skills": [{"label": entry["name"], "details": ", ".join(entry["keywords"])} for entry in resume["skills"]],
        "talks": [
            {"name": entry["name"], "date": entry["startDate"], "summary": entry.get("description", "")}
            for entry in resume.get("projects", [])
        ],
    }
    person = {
        "name": basics["name"],
        "headline": basics["label"],
        "email": basics["email"],
        "phone": basics.get("phone"),
        "website": basics.get("url"),
        "location": ", ".join(basics.get("location", {}).values()) or None,
        "social_networks": [
            {"network": profile["network"], "username": profile["username"]} for profile in basics.get("profiles", [])
        ],
    }
    return {"cv": {**person, "sections": {name: entries for name, entries in sections.items() if entries}}}


# The preview ----------------------------------------------------------------------------------------------------------


def the_preview(work: Path, rounds: int, rows: list[Row], ratios: list[tuple[str, float, str]]) -> None:
    """Measure the time from a save until the browser can take the page, and the PDF."""
    from threading import Thread

    from cvtools.preview.server import Preview

    logging.getLogger("watchfiles").setLevel(logging.WARNING)

    cv = project(work / "cv")
    page = cv / "docs" / "index.md"
    source = page.read_text("utf-8")
    preview = Preview(cv)
    thread = Thread(target=preview.run)
    thread.start()
    pages, pdfs = [], []
    try:
        until(lambda: preview.state.pdfs.get("cv") and not preview.state.busy)
        for number in range(rounds + 1):
            # A writer pauses; in between, TeX loads what it can.
            time.sleep(1.5)
            before, start = preview.state, time.perf_counter()
            page.write_text(source.replace("Carry software", f"Carry {number} software", 1), "utf-8")
            until(lambda: preview.state.book != before.book)  # noqa: B023
            pages.append(time.perf_counter() - start)
            until(lambda: preview.state.pdfs["cv"] != before.pdfs["cv"])  # noqa: B023
            pdfs.append(time.perf_counter() - start)
            until(lambda: not preview.state.busy)
    finally:
        preview.stop()
        thread.join()
    # The first save warms up.
    for name, found, target in (("page", pages[1:], "at most 0.2 s"), ("PDF", pdfs[1:], "at most 0.6 s")):
        rows.append(Row("preview", f"save to {name}", min(found), statistics.median(found)))
        ratios.append((f"seconds from save to {name}, median", statistics.median(found), target))


def until(is_so: Callable[[], object]) -> None:
    """Wait until a condition holds, for a minute at most."""
    deadline = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("the preview does not follow")
        time.sleep(0.001)


# Scale ----------------------------------------------------------------------------------------------------------------


def the_scale(work: Path, rounds: int, rows: list[Row], ratios: list[tuple[str, float, str]]) -> None:
    """Measure books of 10, 100 and 1,000 talks, and a CV of 200 entries, once each: only the growth counts."""
    run = [*CVTOOLS, "build"]
    best: dict[tuple[int, str], Row] = {}
    for count in (10, 100, 1000):
        folder = with_talks(work / str(count), count)
        fresh = lambda: clean(folder, "dist", "build")  # noqa: B023, E731
        edit = lambda: touch(folder / "docs/talks/2000-0000.md")  # noqa: B023, E731
        for name, command, prepare in (
            ("book", [*run, "--html"], fresh),
            ("book, -j 2", [*run, "--html", "-j", "2"], fresh),
            ("one page edited", [*run, "--html"], edit),
        ):
            found = [measure(Command(name, [command], folder, prepare)) for _ in range(2 if count == 1000 else rounds)]
            row = summarise("scale", f"{count} talks: {name}", found)
            best[count, name] = row
            rows.append(row)
            print(row, file=sys.stderr)
    for name in ("book", "book, -j 2"):
        small, large = ((best[b, name].cpu - best[a, name].cpu) / (b - a) for a, b in ((10, 100), (100, 1000)))
        ratios.append((f"CPU time for a page more, {name}: 100 to 1,000 pages / 10 to 100", large / small, "about 1"))
    ratios.append(("1,000 pages, -j 2 / -j 1", best[1000, "book, -j 2"].best / best[1000, "book"].best, "below 1"))
    long = project(work / "long")
    page = long / "docs/index.md"
    entry = "\n### Developer {0}\n:organization: Firm {0}\n:period: 2012-03 – 2014-04\n:technologies: C\n\n- It.\n"
    page.write_text("# Ada\n:headline: Developer\n\n## Work\n" + "".join(map(entry.format, range(200))), "utf-8")
    shutil.rmtree(long / "docs/talks")
    found = [measure(Command("", [run], long, lambda: clean(long, "dist", "build"))) for _ in range(2)]
    rows.append(summarise("scale", "a CV of 200 entries: all", found))


def with_talks(folder: Path, count: int) -> Path:
    """Write the CV with a number of talks."""
    project(folder)
    talk = min((folder / "docs/talks").glob("*.md")).read_text("utf-8")
    for number in range(count):
        (folder / f"docs/talks/{2000 + number % 25}-{number:04}.md").write_text(
            talk.replace("# ", f"# Talk {number}: ", 1), "utf-8"
        )
    return folder


def touch(page: Path) -> None:
    """Change a page."""
    with page.open("a", encoding="utf-8") as file:
        file.write("\nMore words.\n")


# What is written ------------------------------------------------------------------------------------------------------

# The preview lives in this process, whose memory the system would add to that of the others: it comes last.
GROUPS = {"cv": the_cv, "scale": the_scale, "preview": the_preview}


def versions() -> Iterator[tuple[str, str]]:
    """Return the date, the machine and the versions of the measurement."""
    yield "date", datetime.datetime.now(datetime.UTC).date().isoformat()
    yield "processors", f"{os.cpu_count()}, {platform.machine()}"
    yield "Python", platform.python_version()
    yield "cvtools", __version__
    for package in ("sphinx", "myst-parser", "sphinx-book-theme"):
        yield package, version(package)
    for program in ("lualatex", "latexmk", "rendercv", "pandoc", "resumed"):
        with contextlib.suppress(OSError):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            yield program, next((line for line in said.splitlines() if re.search(r"\d\.\d", line)), "").strip()


def write(rows: Sequence[Row], ratios: Sequence[tuple[str, float, str]]) -> None:
    """Write the results as Markdown, JSON and a plot."""
    RESULTS.mkdir(exist_ok=True)
    about = dict(versions())
    lines = ["# Results", "", "; ".join(f"{name} {value}" for name, value in about.items()) + ".", ""]
    lines += ["| what | ratio or seconds | target |", "|---|---|---|"]
    lines += [f"| {name} | {value:.2f} | {target} |" for name, value, target in ratios]
    lines += ["", "| | | best, s | median, s | CPU, s | memory, MB |", "|---|---|---|---|---|---|"]
    for row in rows:
        used = f"{row.cpu:.2f} | {row.memory:.0f}" if row.memory else " | "
        lines.append(f"| {row.group} | {row.name} | {row.best:.2f} | {row.median:.2f} | {used} |")
    (RESULTS / "results.md").write_text("\n".join([*lines, ""]), "utf-8")
    data = {"about": about, "rows": [asdict(row) for row in rows], "ratios": ratios}
    (RESULTS / "results.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with (RESULTS / "results.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(asdict(rows[0])), lineterminator="\n")
        table.writeheader()
        table.writerows(
            {key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(row).items()} for row in rows
        )
    shown = [(row.name, row.median) for row in rows if row.group != "scale"]
    (RESULTS / "results.svg").write_text(bars("Seconds, the middle of all rounds", shown), "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
