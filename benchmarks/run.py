"""Measure how fast cvtools builds this repository's CV, in one edition, in comparison with other tools.

    nox -s benchmark [-- --rounds 9] [-- --only cv preview scale]

Each round runs every command once, one after the other, so that other load on the machine affects all of them; a ratio
is the median of the ratios within the rounds. The tables mark missed targets, which fail nothing. Tools that are not
installed are left out: the session installs RenderCV; `latexmk` must be on the PATH.
"""

import argparse
import contextlib
import csv
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from plot import bars
from pypdfium2 import PdfDocument

from cvtools import __version__

REPOSITORY = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results")
CVTOOLS = [sys.executable, "-c", "import sys; from cvtools.cli import main; sys.exit(main())"]
SPHINX = [sys.executable, "-m", "sphinx", "-q"]
RENDERCV = ["rendercv", "render", "cv.yaml"]


@dataclass(frozen=True)
class Measure:
    """A single run of a command."""

    seconds: float
    #: Of all processors together.
    cpu: float = 0
    #: Of the largest process, in megabytes.
    memory: float = 0


@dataclass(frozen=True)
class Target:
    """A figure, with the greatest value that meets its target; None if it has no target."""

    name: str
    value: float
    most: float | None = None

    def __str__(self) -> str:
        wanted = "" if self.most is None else f"at most {self.most:g}{', missed' if self.value > self.most else ''}"
        return f"| {self.name} | {self.value:.2f} | {wanted} |"


@dataclass(frozen=True)
class Command:
    """A command to measure; `prepare` brings its folder into the initial state."""

    name: str
    steps: Sequence[Sequence[str]]
    folder: Path
    prepare: Callable[[], object] = lambda: None


#: The runs of each command, by name, one for each round.
Runs = dict[str, list[Measure]]


def main() -> None:
    """Measure the selected commands; write tables and a plot."""
    parser = argparse.ArgumentParser(description="Measure cvtools beside others.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    options = parser.parse_args()
    # Commands are measured with compiled modules, as they are installed.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["SOURCE_DATE_EPOCH"] = "1790000000"
    groups: dict[str, Runs] = {}
    targets: list[Target] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            work = Path(folder, name)
            work.mkdir()
            groups[name], group_targets = GROUPS[name](work, options.rounds)
            targets += group_targets
    write(groups, targets)


def measure(command: Command) -> Measure:
    """Run a command, and measure it; raise RuntimeError with its output if it fails."""
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


def compare(commands: Sequence[Command], rounds: int) -> Runs:
    """Run commands in turns, and return the runs of those that are installed."""
    runs: Runs = {}
    for command in commands:
        # Run once to fill the caches of the system, and to leave out commands that fail.
        try:
            measure(command)
        except (RuntimeError, OSError) as error:
            print(f"left out: {error}", file=sys.stderr)
        else:
            runs[command.name] = []
    for number in range(rounds):
        for command in commands:
            if command.name in runs:
                runs[command.name].append(measure(command))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return runs


def ratio(runs: Runs, name: str, other: str, most: float, *, cpu: bool = False) -> Iterator[Target]:
    """Yield the ratio of two commands' times, or of their CPU times, if both were measured."""
    if {name, other} <= runs.keys():
        pairs = zip(runs[name], runs[other], strict=True)
        value = statistics.median(a.cpu / b.cpu if cpu else a.seconds / b.seconds for a, b in pairs)
        yield Target(f"{name} / {other}{', CPU' if cpu else ''}", value, most)


# The CV ---------------------------------------------------------------------------------------------------------------


def the_cv(work: Path, rounds: int) -> tuple[Runs, list[Target]]:
    """Measure builds from scratch, and after an earlier build."""
    run = [*CVTOOLS, "build"]
    cv, ready, changed, editions = (project(work / name) for name in ("cv", "ready", "changed", "editions"))
    shutil.copy(REPOSITORY / "conf.py", editions)
    for folder in (ready, changed):
        subprocess.run(run, cwd=folder, check=True, capture_output=True)
    rendered, plain = with_rendercv(work / "rendercv", ready), plain_sphinx(work / "plain")
    numbers, words = iter(range(1_000)), first_words(cv / "docs/index.md")
    sphinx = [[*SPHINX, "-b", name, "-c", ".", "docs", f"out/{name}"] for name in ("html", "latex")]
    # The command of Sphinx's own Makefile for LaTeX
    tex = ["latexmk", "-lualatex", "-interaction=nonstopmode", "-quiet", "-cd", "out/latex/cv.tex"]
    commands = [
        Command("cvtools: all", [run], cv, lambda: clean(cv, "dist", "build")),
        Command("RenderCV: all", [RENDERCV], rendered, lambda: clean(rendered, "rendercv_output")),
        Command("cvtools: nothing changed", [run], ready),
        Command("cvtools: a word changed", [run], changed, lambda: edit(changed, words, next(numbers))),
        Command("cvtools: four editions", [run], editions, lambda: clean(editions, "dist", "build")),
        Command("plain Sphinx: html, latexpdf", [*sphinx, tex], plain, lambda: clean(plain, "out")),
    ]
    runs = compare(commands, rounds)
    return runs, [
        *ratio(runs, "cvtools: all", "RenderCV: all", 1.0),
        *ratio(runs, "cvtools: all", "RenderCV: all", 1.8, cpu=True),
        *ratio(runs, "cvtools: nothing changed", "RenderCV: all", 0.05),
        *ratio(runs, "cvtools: a word changed", "RenderCV: all", 0.6),
        *ratio(runs, "cvtools: four editions", "cvtools: all", 2.2),
        *ratio(runs, "cvtools: all", "plain Sphinx: html, latexpdf", 0.35),
        Target("cvtools: all, memory in MB", max(measured.memory for measured in runs["cvtools: all"]), 148),
        Target("10,000 CVs, hours of one processor", median(runs["cvtools: all"]).cpu * 10_000 / 3_600),
    ]


def project(folder: Path) -> Path:
    """Copy this repository's CV, reduced to its default edition."""
    for name in ("docs", "locales"):
        shutil.copytree(REPOSITORY / name, folder / name)
    conf = (REPOSITORY / "conf.py").read_text("utf-8")
    (folder / "conf.py").write_text(f'{conf}\ndel cv_editions, cv_languages\ncv_variant = "full"\n', "utf-8")
    return folder


def edit(folder: Path, words: str, number: int) -> None:
    """Put a number before words of the CV's page, or change the number there."""
    page = folder / "docs/index.md"
    page.write_text(numbered(page.read_text("utf-8"), words, number), "utf-8")


def first_words(page: Path, *texts: str) -> str:
    """Return the first three words of a line of a CV's page that are in each text as well."""
    source = page.read_text("utf-8")
    lines: list[str] = re.findall(r"^(?:- |#+ )?([\w-]+ [\w-]+ [\w-]+) ", source, re.MULTILINE)
    return next(words for words in lines if source.count(words) == 1 and all(words in text for text in texts))


def numbered(text: str, words: str, number: int) -> str:
    """Return text with a number before words."""
    return re.sub(rf"([0-9]+ )?{re.escape(words)}", f"{number} {words}", text, count=1)


def clean(folder: Path, *names: str) -> None:
    """Remove the products."""
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)


def plain_sphinx(folder: Path) -> Path:
    """Write the same CV for Sphinx without cvtools, with the same theme, TeX engine and parser."""
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


def with_rendercv(folder: Path, built: Path) -> Path:
    """Write the CV of a built project in RenderCV's format."""
    folder.mkdir()
    resume = json.loads((built / "dist/resume.json").read_text("utf-8"))
    (folder / "cv.yaml").write_text(json.dumps(rendercv(resume), ensure_ascii=False), "utf-8")
    return folder


def rendercv(resume: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    """Return a CV in the format of RenderCV, from one in JSON Resume."""
    basics: dict[str, Any] = resume["basics"]  # type: ignore[assignment]

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


def the_preview(work: Path, rounds: int) -> tuple[Runs, list[Target]]:
    """Measure the time from a save until the browser has the page, and the picture of the PDF's page that is in view.

    Writers save several times in one place of the text: the first save in a new place is measured separately.
    """
    cv = project(work / "cv")
    subprocess.run([*CVTOOLS, "build"], cwd=cv, check=True, capture_output=True)
    theirs = with_rendercv(work / "rendercv", cv)
    yaml = theirs / "cv.yaml"
    with PdfDocument(cv / "dist/cv.pdf") as document:
        texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    pages = (1, len(texts) // 2 + 1, len(texts))
    runs: Runs = {}
    with running([*CVTOOLS, "watch", "--port=0"], cv) as preview, running([*RENDERCV, "--watch"], theirs):
        address = re.findall("http[^ ]+/", preview.stdout.readline())[0]
        until(lambda: list(theirs.glob("rendercv_output/*.png")))
        (pdf,) = theirs.glob("rendercv_output/*.pdf")
        wait_for_state(address, lambda state: state["pdfs"].get("cv") and not state["busy"])
        for page in pages:
            words = first_words(cv / "docs/index.md", texts[page - 1], yaml.read_text("utf-8"))
            for number in range(rounds + 1):
                # A writer pauses; in between, TeX loads what it can.
                time.sleep(2)
                kind = f"page {page}" if number else "another place"
                for name, seconds in saved(address, page, lambda: edit(cv, words, number)):  # noqa: B023
                    runs.setdefault(f"save to {name}, {kind}", []).append(Measure(seconds))
                time.sleep(2)
                before, start = pdf.stat().st_mtime_ns, time.perf_counter()
                yaml.write_text(numbered(yaml.read_text("utf-8"), words, number), "utf-8")
                until(lambda: pdf.stat().st_mtime_ns != before)  # noqa: B023
                runs.setdefault(f"RenderCV, {kind}", []).append(Measure(time.perf_counter() - start))
            print(f"page {page}", file=sys.stderr)
    targets: list[Target] = []
    for kind in (*(f"page {page}" for page in pages), "another place"):
        targets += ratio(runs, f"save to PDF, {kind}", f"RenderCV, {kind}", 2.0)
        targets += ratio(runs, f"save to picture, {kind}", f"RenderCV, {kind}", 1.0)
        targets.append(Target(f"save to HTML, {kind}, seconds", median(runs[f"save to HTML, {kind}"]).seconds, 0.1))
    return runs, targets


@contextlib.contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[Any]:
    """Run a command until the end of the context."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def saved(address: str, page: int, save: Callable[[], None]) -> Iterator[tuple[str, float]]:
    """Save, and yield the seconds until the HTML, the PDF and the picture of one of its pages are new."""
    before = wait_for_state(address, lambda state: not state["busy"])

    def html() -> Iterator[tuple[str, float]]:
        wait_for_state(address, lambda state: state["website"] != before["website"])
        fetch(address)
        yield "HTML", time.perf_counter() - start

    def picture() -> Iterator[tuple[str, float]]:
        wait_for_state(address, lambda state: state["pdfs"]["cv"] != before["pdfs"]["cv"])
        yield "PDF", time.perf_counter() - start
        fetch(f"{address}_preview/cv/{page}?width=900")
        yield "picture", time.perf_counter() - start

    with ThreadPoolExecutor() as pool:
        start = time.perf_counter()
        waiting = [pool.submit(list, wait()) for wait in (html, picture)]
        save()
        for future in waiting:
            yield from future.result()


def wait_for_state(address: str, is_so: Callable[[Mapping[str, Any]], object]) -> Mapping[str, Any]:
    """Return the first state of the preview for which a condition holds."""
    with urlopen(f"{address}_preview/events", timeout=60) as events:  # noqa: S310 - this machine's
        states = (json.loads(line[6:]) for line in events if line.startswith(b"data: "))
        return next(state for state in states if is_so(state))


def fetch(address: str) -> bytes:
    """Return what an address of this machine answers."""
    with urlopen(address, timeout=60) as answer:  # noqa: S310
        return bytes(answer.read())


def until(is_so: Callable[[], object]) -> None:
    """Wait until a condition holds, for a minute at most."""
    deadline = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("the preview does not follow")
        time.sleep(0.001)


# Scale ----------------------------------------------------------------------------------------------------------------


def the_scale(work: Path, rounds: int) -> tuple[Runs, list[Target]]:
    """Measure books of 10, 100 and 1,000 talks, built from scratch, and after an edit of one talk."""
    run = [*CVTOOLS, "build", "--html"]
    commands = []
    for count in (10, 100, 1000):
        folder = with_talks(work / str(count), count)
        fresh = partial(clean, folder, "dist", "build")
        commands.append(Command(f"{count} talks", [run], folder, fresh))
        commands.append(Command(f"{count} talks, one edited", [run], folder, partial(touch, folder)))
    commands.append(Command("1000 talks, -j 2", [[*run, "-j", "2"]], folder, fresh))
    runs = compare(commands, min(rounds, 3))
    cpu = [[measured.cpu for measured in runs[f"{count} talks"]] for count in (10, 100, 1000)]
    growth = statistics.median((c - b) / (b - a) * 90 / 900 for a, b, c in zip(*cpu, strict=True))
    return runs, [
        *ratio(runs, "1000 talks, one edited", "10 talks, one edited", 1.3),
        Target("CPU for a page more, 100 to 1,000 talks / 10 to 100", growth, 1.0),
        *ratio(runs, "1000 talks, -j 2", "1000 talks", 1.0),
    ]


def with_talks(folder: Path, count: int) -> Path:
    """Write this repository's CV with further talks."""
    project(folder)
    talk = min((folder / "docs/talks").glob("*.md")).read_text("utf-8")
    for number in range(count):
        (folder / f"docs/talks/{2000 + number % 25}-{number:04}.md").write_text(
            talk.replace("# ", f"# Talk {number}: ", 1), "utf-8"
        )
    return folder


def touch(folder: Path) -> None:
    """Change the page of a talk."""
    with (folder / "docs/talks/2000-0000.md").open("a", encoding="utf-8") as file:
        file.write("\nMore words.\n")


# Results --------------------------------------------------------------------------------------------------------------

GROUPS = {"cv": the_cv, "preview": the_preview, "scale": the_scale}


def versions() -> Iterator[tuple[str, str]]:
    """Return the date, the machine and the versions of the measurement."""
    yield "date", datetime.datetime.now(datetime.UTC).date().isoformat()
    yield "processors", f"{os.cpu_count()}, {platform.machine()}"
    yield "Python", platform.python_version()
    yield "cvtools", __version__
    for package in ("sphinx", "myst-parser", "sphinx-book-theme"):
        yield package, version(package)
    for program in ("lualatex", "latexmk", "rendercv"):
        with contextlib.suppress(OSError):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            yield program, next((line for line in said.splitlines() if re.search(r"\d\.\d", line)), "").strip()


def median(runs: Sequence[Measure]) -> Measure:
    """Return the median times of runs, and the greatest memory."""
    seconds, cpu = (statistics.median(getattr(run, name) for run in runs) for name in ("seconds", "cpu"))
    return Measure(seconds, cpu, max(run.memory for run in runs))


def write(groups: Mapping[str, Runs], targets: Sequence[Target]) -> None:
    """Write the results as Markdown, JSON, CSV and a plot."""
    RESULTS.mkdir(exist_ok=True)
    about = dict(versions())
    rows = {name: median(runs) for group in groups.values() for name, runs in group.items()}
    lines = ["# Results", "", "; ".join(f"{name} {value}" for name, value in about.items()) + ".", ""]
    lines += ["| what | medians of ratios, or figures | target |", "|---|---|---|", *map(str, targets)]
    lines += ["", "| medians | seconds | CPU, s | memory, MB |", "|---|---|---|---|"]
    for name, row in rows.items():
        used = f"{row.cpu:.2f} | {row.memory:.0f}" if row.memory else " | "
        lines.append(f"| {name} | {row.seconds:.2f} | {used} |")
    (RESULTS / "results.md").write_text("\n".join([*lines, ""]), "utf-8")
    data = {
        "about": about,
        "targets": [*map(asdict, targets)],
        "rows": {name: asdict(row) for name, row in rows.items()},
    }
    (RESULTS / "results.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with (RESULTS / "results.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["name", "seconds", "cpu", "memory"])
        table.writerows([name, *(round(value, 4) for value in asdict(row).values())] for name, row in rows.items())
    values = [(name, row.seconds) for name, row in rows.items() if name not in groups.get("scale", {})]
    (RESULTS / "results.svg").write_text(bars("Seconds, the middle of all rounds", values), "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
