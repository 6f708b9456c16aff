"""Measure what programs that read CVs find in cvtools' files, and in other makers' files of the same CVs.

    nox -s machines

The CVs are one in American style (us.json), and this repository's. Each value of the data is compared with the value
that a reader puts into the field: by the words that both have (F1), or, for e-mail, phone and dates, by equality. Each
job is compared with the one that fits best among those that the reader finds.
"""

import argparse
import datetime
import json
import re
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from run import CVTOOLS, REPOSITORY, RESULTS, project, rendercv

THEMES = "classic ember engineeringclassic engineeringresumes harvard ink moderncv opal sb2nov".split()
FIELDS = ("name", "email", "phone", "employers", "titles", "dates", "degrees", "skills")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LEFT_OUT = """\
Left out: restruct-cv, whose models are not on PyPI; pydparser, whose spaCy does not go with the others' model;
resume-parser (npm) 1.1.0, which calls a function that it does not have; rb-resume-parser, which looks for no
employers; zero-resume-parser, which looks for no names."""


@dataclass(frozen=True)
class Reader:
    """A program that reads CVs, and the formats that it takes."""

    name: str
    command: Sequence[str]
    formats: tuple[str, ...]


def main() -> None:
    """Build the CVs, let all readers read them, and write the table."""
    parser = argparse.ArgumentParser(description="Measure what readers of CVs find.")
    parser.add_argument("folder", type=Path, help="where the session has installed the readers")
    folder: Path = parser.parse_args().folder.resolve()
    readers = the_readers(folder)
    tables = []
    shutil.rmtree(folder / "work", ignore_errors=True)
    for title, prepare in (("A CV in American style", american), ("The CV of this repository", full)):
        work = prepare(folder / "work" / prepare.__name__)
        subprocess.run([*CVTOOLS, "build"], cwd=work, check=True, capture_output=True)
        resume = json.loads((work / "dist/resume.json").read_text("utf-8"))
        files = {f"cvtools, {suffix}": work / f"dist/cv.{suffix}" for suffix in ("pdf", "txt", "docx")}
        files |= peers(folder, work, resume)
        tables.append(f"## {title}\n\n{table(readers, files, resume)}")
    head = f"# What machines read\n\n{datetime.datetime.now(datetime.UTC).date()}; {versions(folder)}.\n\n{LEFT_OUT}\n"
    (RESULTS / "machines.md").write_text("\n\n".join([head.rstrip(), legend(), *tables]) + "\n", "utf-8")


# Files to read --------------------------------------------------------------------------------------------------------


def american(folder: Path) -> Path:
    """Write the project of the American CV, on letter paper."""
    source = Path(__file__).with_name("us.json")
    subprocess.run([*CVTOOLS, "import", "-o", str(folder), str(source)], check=True, capture_output=True)
    with (folder / "conf.py").open("a", encoding="utf-8") as file:
        file.write('cv_paper = "letter"\n')
    return folder


def full(folder: Path) -> Path:
    """Write the project of this repository's CV, in its full edition."""
    project(folder)
    shutil.copy(REPOSITORY / "conf.py", folder)
    return folder


def peers(folder: Path, work: Path, resume: dict[str, Any]) -> dict[str, Path]:
    """Return PDFs with the same content by RenderCV and by a theme of JSON Resume, by name."""
    pdfs, only_pdf = {}, ("--dont-generate-html", "--dont-generate-markdown", "--dont-generate-png")
    for theme in THEMES:
        place = work / "peers" / theme
        place.mkdir(parents=True)
        (place / "cv.yaml").write_text(json.dumps({**rendercv(resume), "design": {"theme": theme}}), "utf-8")
        subprocess.run(
            [folder / "python/bin/rendercv", "render", "cv.yaml", *only_pdf], cwd=place, check=True, capture_output=True
        )
        (pdfs[f"RenderCV, {theme}"],) = place.glob("rendercv_output/*.pdf")
    page, pdf = work / "peers/even.html", work / "peers/even.pdf"
    even = ("--theme", "jsonresume-theme-even", "--output", str(page))
    resumed = [str(folder / "node_modules/.bin/resumed"), "render", str(work / "dist/resume.json"), *even]
    subprocess.run(resumed, cwd=folder, check=True, capture_output=True)
    browser = next(filter(shutil.which, BROWSERS), BROWSERS[0])
    printer = [browser, "--headless", "--no-sandbox", "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()]
    subprocess.run(printer, check=True, capture_output=True)
    return {**pdfs, "JSON Resume, even": pdf}


# Readers --------------------------------------------------------------------------------------------------------------


def the_readers(folder: Path) -> list[Reader]:
    """Return the readers; bundle that of OpenResume for Node."""
    bundle, here = folder / "openresume.cjs", Path(__file__).parent
    alias = f"--alias:lib={folder}/node_modules/open-resume/src/app/lib"
    options = ("--bundle", "--platform=node", "--external:canvas", "--log-level=error", alias, f"--outfile={bundle}")
    env = {"NODE_PATH": str(folder / "node_modules"), "PATH": str(Path(shutil.which("node") or "").parent)}
    subprocess.run([folder / "node_modules/.bin/esbuild", here / "readers.ts", *options], check=True, env=env)
    python = [str(folder / "python/bin/python"), str(here / "readers.py")]
    return [
        Reader("OpenResume", ["node", str(bundle)], ("pdf",)),
        Reader("leverparser", [*python, "leverparser"], ("pdf", "txt", "docx")),
        Reader("openresume-parser", [*python, "openresume-parser"], ("pdf",)),
        Reader("resume-parser-pro", [*python, "resume-parser-pro"], ("pdf", "docx")),
        Reader("sereena-parser", [*python, "sereena-parser"], ("pdf", "docx")),
    ]


def read(reader: Reader, files: dict[str, Path], work: Path) -> dict[str, dict[str, Any]]:
    """Return what a reader finds in each file that it takes."""
    taken = {name: file for name, file in files.items() if file.suffix[1:] in reader.formats}
    done = subprocess.run([*reader.command, *map(str, taken.values())], cwd=work, check=True, capture_output=True)
    lines = [line for line in done.stdout.decode("utf-8").splitlines() if line.startswith("{")]
    return dict(zip(taken, map(json.loads, lines), strict=True))


def versions(folder: Path) -> str:
    """Return the versions of the readers and of the other makers of CVs."""
    names = ("leverparser", "openresume-parser", "rendercv", "resume-parser-pro", "sereena-parser", "spacy")
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    command = [str(folder / "python/bin/python"), "-c", code, *names]
    numbers = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    packages = [f"{name} {number}" for name, number in zip(names, numbers, strict=True)]
    for name in ("open-resume", "pdfjs-dist", "resumed", "jsonresume-theme-even"):
        data = json.loads((folder / "node_modules" / name / "package.json").read_text("utf-8"))
        packages.append(f"{name} {data['version']}")
    return ", ".join(packages)


# Scores ---------------------------------------------------------------------------------------------------------------


def scores(resume: dict[str, Any], found: dict[str, Any]) -> dict[str, float]:
    """Return how much of each field of a CV a reader has found, from 0 to 1."""
    basics = resume["basics"]
    jobs = [fit(job, found["work"]) for job in resume["work"]]
    values = {
        "name": [overlap(basics["name"], found["name"])],
        "email": [basics["email"].casefold() == (found["email"] or "").casefold()],
        "phone": [digits(basics["phone"]) == digits(found["phone"])] if "phone" in basics else [],
        "employers": [job[0] for job, entry in zip(jobs, resume["work"], strict=True) if entry.get("name")],
        "titles": [job[1] for job in jobs],
        "dates": [job[2] for job in jobs],
        "degrees": [best(degrees(entry), found["degrees"]) for entry in resume["education"]],
        "skills": [
            best([keyword], re.split(r"[,;:\n]\s*", "\n".join(found["skills"])))
            for skill in resume["skills"]
            for keyword in skill["keywords"]
        ],
    }
    return {field: statistics.mean(numbers) for field, numbers in values.items() if numbers}


def fit(job: dict[str, str], found: Iterable[dict[str, str]]) -> tuple[float, float, float]:
    """Return how well employer, title and dates of a job fit those of the job that fits best as a whole."""
    true = months(f"{job['startDate']} – {job.get('endDate', 'present')}")
    fits = [
        (
            overlap(job.get("name"), entry["name"]),
            overlap(job["position"], entry["position"]),
            float(months(entry["dates"]) == true),
        )
        for entry in found
    ]
    return max(fits, key=sum, default=(0.0, 0.0, 0.0))


def degrees(entry: dict[str, str]) -> list[str]:
    """Return the ways to write a degree."""
    return [entry["studyType"], *([f"{entry['studyType']} in {entry['area']}"] if "area" in entry else [])]


def best(ways: Iterable[str], found: Sequence[str | None]) -> float:
    """Return how well the best of the values found fits one of the ways to write the true value."""
    return max((overlap(way, value) for way in ways for value in found), default=0.0)


def overlap(true: str | None, found: str | None) -> float:
    """Return the share of words that two values have in common (F1)."""
    left, right = (set(re.findall(r"\w+", (value or "").casefold())) for value in (true, found))
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def digits(phone: str | None) -> str:
    """Return the ten last digits of a phone number."""
    return re.sub(r"\D", "", phone or "")[-10:]


def months(dates: str | None) -> list[str]:
    """Return the months in a text in whatever form, as "2021-03" or "present"."""
    names = "jan feb mar apr may jun jul aug sep oct nov dec".split()
    form = rf"({'|'.join(names)})[a-z]*\.? (\d{{4}})|(\d{{4}}-\d\d)|(present)"
    return [
        f"{year}-{names.index(name) + 1:02}" if name else iso or present
        for name, year, iso, present in re.findall(form, (dates or "").casefold())
    ]


# Results --------------------------------------------------------------------------------------------------------------


def legend() -> str:
    """Return an explanation of the numbers."""
    return (
        "Hundredths of what there is to find, by field; *all* is their mean. Of the other makers' "
        f"{len(THEMES) + 1} designs, the one from which the reader takes most. A reader that fails finds nothing; "
        "sereena-parser takes an e-mail address only if the DNS knows its domain."
    )


def table(readers: Sequence[Reader], files: dict[str, Path], resume: dict[str, Any]) -> str:
    """Return a table of the scores of each reader, for the files of cvtools and the best of the others."""
    lines = [f"| reader | CV | {' | '.join(FIELDS)} | all |", "|---|---|" + "---:|" * (len(FIELDS) + 1)]
    for reader in readers:
        found = read(reader, files, next(iter(files.values())).parent)
        rows = {name: scores(resume, data) for name, data in found.items()}
        mean: Callable[[str], float] = lambda name: statistics.mean(rows[name].values())  # noqa: B023, E731
        ours = [name for name in rows if name.startswith("cvtools")]
        for name in [*ours, max((name for name in rows if name not in ours), key=mean)]:
            cells = [f"{100 * rows[name][field]:.0f}" if field in rows[name] else "" for field in FIELDS]
            lines.append(f"| {reader.name} | {name} | {' | '.join(cells)} | {100 * mean(name):.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
