"""Define the command ``cvtools``: its arguments, and what each of its commands runs."""

import argparse
import atexit
import contextlib
import errno
import gc
import io
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cvtools import __version__, limits
from cvtools.errors import ProjectError, describe
from cvtools.problems import REPORTERS, Problem, Report, from_here, report_text
from cvtools.signals import interruptible
from cvtools.terminal import ask, printable, say, shorten

if TYPE_CHECKING:
    from cvtools.importers import Import

#: Exit status: success; a problem was found, or a product could not be made; wrong usage, or unreadable input.
OK, FAILED, MISUSED = 0, 1, 2

#: Texts below the options in the help of ``import``, ``new`` and ``check``.
_IMPORT_NOTE = (
    "Reads JSON Resume (JSON, YAML), RenderCV (YAML), LaTeX (moderncv, Awesome-CV, AltaCV, plain sections), "
    "Markdown, DOCX, BibTeX, the ZIP that LinkedIn makes, and PDFs made by cvtools."
)
_NEW_NOTE = "On a terminal, asks for a missing name or language; elsewhere, takes the CV's, or Ada Example and en."
_CHECK_NOTE = "Exit status: 0, all is well; 1, something was found; 2, a file cannot be checked."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status: 0 only if all requested products were made."""
    try:
        options = _parser().parse_args(arguments)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Write characters that the encoding lacks as escapes, as stderr does.
            sys.stdout.reconfigure(errors="backslashreplace")
        with interruptible():
            return int(options.run(options))
    except KeyboardInterrupt as error:
        say("cvtools: interrupted")
        return getattr(error, "status", 130)
    except BrokenPipeError:
        # The reader of the output has ended; Python must not write the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - nobody is shown a traceback
        say(f"cvtools: {describe(error)}")
        return MISUSED if isinstance(error, ProjectError) else FAILED


class _ArgumentParser(argparse.ArgumentParser):
    """Parser of arguments whose errors are printable: an argument may be the name of a stranger's file."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _parser(complete: Any = None) -> argparse.ArgumentParser:
    """Return the parser of the arguments.

    :param complete: how shells complete paths (``shtab.FILE``); None unless a completion script is printed
    """
    parser = _ArgumentParser(
        prog="cvtools", description="Make a website, typeset PDFs and data out of a CV in Markdown."
    )
    help_ = "print a script with which a shell completes the arguments"
    parser.add_argument("--print-completion", action=_PrintCompletion, choices=["bash", "zsh", "fish"], help=help_)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add_command(name: str, run: Callable[[argparse.Namespace], int], help_: str, epilog: str | None = None) -> Any:
        command = commands.add_parser(name, help=help_, epilog=epilog)
        command.set_defaults(run=run)
        return command

    def add_path(command: Any, name: str, *names: str, metavar: str = "DIR", **options: Any) -> None:
        command.add_argument(name, *names, type=Path, metavar=metavar, **options).complete = complete

    def add_format(command: Any) -> None:
        help_ = "how problems are reported: as text, as JSON (one object a line), or as annotations on GitHub"
        command.add_argument("--format", choices=REPORTERS, default="text", help=help_)

    here: dict[str, Any] = {"nargs": "?", "default": Path()}

    build = add_command("build", _build, "build a project into its folder dist/")
    add_path(build, "projects", nargs="*", help="folders with conf.py and docs/; if none, this one")
    only = build.add_mutually_exclusive_group()
    only.add_argument("--html", action="store_true", help="build the website alone; needs no TeX")
    only.add_argument("--pdf", action="store_true", help="build the PDFs alone")
    build.add_argument("-W", "--fail-on-warning", action="store_true", help="a warning fails the build")
    build.add_argument("--draft", action="store_true", help="PDFs for a glance: untagged, without data, not checked")
    build.add_argument("-j", "--jobs", type=int, default=1, metavar="N", help="how many processes read and write")
    add_format(build)

    watch = add_command("watch", _watch, "show page and PDF in the browser, updated after every save")
    add_path(watch, "project", help="a folder with conf.py and docs/", **here)
    watch.add_argument("--edition", default="", metavar="NAME", help="such as short-pl; if none, the first")
    watch.add_argument("--port", type=int, default=8000, help="port of this machine; 0 for any that is free")
    watch.add_argument("--open-browser", action="store_true", help="show it at once")

    imported = add_command("import", _import, "write a CV of another format as a project of Markdown", _IMPORT_NOTE)
    add_path(imported, "file", metavar="FILE")
    add_path(imported, "-o", "--output", default=Path(), help="folder for conf.py and docs/; if none, this one")

    new = add_command("new", _new, "write a small complete project, to fill in", _NEW_NOTE)
    add_path(new, "folder", help="a folder that is new or empty")
    add_path(new, "--from", dest="file", metavar="FILE", help="a CV to begin with, see `cvtools import`")
    new.add_argument("--name", help="the name of the CV's owner")
    new.add_argument("--language", metavar="TAG", help="the language of the CV, such as en or pl")

    fields = add_command("fields", _fields, "list the kinds of entry and their fields")
    fields.add_argument(
        "kind",
        nargs="?",
        metavar="KIND",
        # Without choices, the command itself suggests a kind.
        choices=_kinds() if complete else None,
        help="show the fields of one kind, with their other names",
    )
    add_path(add_command("translate", _translate, "renew the catalogs of translations in locales/"), "project", **here)
    editions = add_command("editions", _editions, "show which entries each edition of a project has")
    add_path(editions, "project", **here)

    match = add_command("match", _match, "compare the advertisement of a job with the CV")
    add_path(match, "job", metavar="JOB.txt", help="the text of the advertisement")
    add_path(match, "project", **here)
    match.add_argument("--pages", type=int, default=2, metavar="N", help="how many pages to choose entries for")
    match.add_argument(
        "--edition", default="", metavar="NAME", help="write a patch that makes an edition with these entries"
    )

    check = add_command("check", _check, "check fonts, tags, text, layout and links of PDFs", _CHECK_NOTE)
    add_path(check, "pdfs", nargs="+", metavar="FILE.pdf")
    add_format(check)
    return parser


class _PrintCompletion(argparse.Action):
    """Action that prints a script for a shell, and ends the command."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: object, shell: Any, *_: Any) -> None:
        import shtab

        say(shtab.complete(_parser(shtab.FILE), shell), file=sys.stdout)
        parser.exit()


def _check(options: argparse.Namespace) -> int:
    from cvtools import sandbox
    from cvtools.build.lualatex import typeset_warnings
    from cvtools.checks.pdf_process import PdfProcess
    from cvtools.checks.readers import skipped
    from cvtools.expected_pdf import expected_of

    status, checked = OK, []
    with REPORTERS[options.format](sys.stdout) as report, _limited_memory(), PdfProcess(options.pdfs) as process:
        for path in options.pdfs:
            try:
                problems = process.check(path, expected_of(path))
            except ValueError as error:
                report(Problem(str(error), str(path), level="fatal"))
                status = MISUSED
                continue
            checked.append(path)
            for problem in [*problems, *typeset_warnings(path)]:
                report(replace(problem, pdf=str(path)))
                status = status if problem.level == "note" else max(status, FAILED)
        for note in skipped(checked):
            report(note)
        if reason := sandbox.missing():
            report(Problem(reason, code="skipped", level="note"))
    return status


def _build(options: argparse.Namespace) -> int:
    from cvtools.build import build, build_all

    if options.jobs < 1:
        raise ProjectError(f"--jobs {options.jobs}: use 1 or more")
    # Collect garbage less often than by default, and not at all for a CV: that saves a tenth of its build's time.
    gc.set_threshold(400_000, 20, 50)
    # Do not collect it when Python exits either, which takes another tenth.
    atexit.register(gc.freeze)
    asked = {
        "html": not options.pdf,
        "pdf": not options.html,
        "strict": options.fail_on_warning,
        "draft": options.draft,
        "jobs": options.jobs,
    }
    # Build a folder once, even if it is named by two paths.
    projects = list({os.path.realpath(path): path for path in options.projects or [Path()]}.values())
    with REPORTERS[options.format](None) as report, _limited_memory():
        try:
            if len(projects) > 1:
                return FAILED if build_all(projects, report, **asked) else OK
            return OK if build(projects[0], report, **asked) else FAILED
        except Exception as error:  # noqa: BLE001 - nobody is shown a traceback
            report(Problem(describe(error), level="fatal"))
            return MISUSED if isinstance(error, ProjectError) else FAILED


@contextlib.contextmanager
def _limited_memory() -> Iterator[None]:
    """Limit the memory of this process, and of each child, to a fixed amount beyond its present size."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        # Not Linux.
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + limits.MEMORY
    if soft == resource.RLIM_INFINITY or limit < soft:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def _importing(file: Path) -> Iterator[None]:
    """Limit the memory and the processor time of an import, and name the file that cannot be read."""
    from cvtools.sphinx_warnings import SourceError
    from cvtools.watchdog import WATCHDOG

    try:
        with WATCHDOG.on(), _limited_memory():
            WATCHDOG.start_timer(file, "reading", limits.IMPORT_TIME)
            yield
    except SourceError as error:
        raise ProjectError(str(error)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
            # The error names the file at fault, which may be another one.
            raise ProjectError(describe(error)) from None
        raise ProjectError(f"{file}: {error}") from None


def _import(options: argparse.Namespace) -> int:
    from cvtools.importers import read, write_project

    with _importing(options.file):
        imported = read(options.file)
        paths = write_project(imported, options.output)
    for path in paths:
        say(f"{os.path.relpath(path)}: written{f' from {imported.format}' if path.suffix == '.md' else ''}")
    _report_unread(imported, options.file)
    say(f"Now run: cvtools build {options.output}")
    return OK


def _report_unread(imported: "Import", file: Path) -> None:
    for line in imported.unread[: limits.WARNINGS]:
        say(f"{file}: {shorten(line, limits.WARNING_LENGTH)}")
    if more := imported.unread[limits.WARNINGS :]:
        say(f"{file}: {len(more)} more values have no field of their own, or are left out")
    if imported.page and "phone" in dict(imported.page.fields):
        say("The page will show the phone number: write {show=pdf} after it to have it in the PDF alone")


def _new(options: argparse.Namespace) -> int:
    from cvtools import importers, scaffold
    from cvtools.config import check_language_tag

    scaffold.require_empty(options.folder)
    with _importing(options.file) if options.file else contextlib.nullcontext():
        imported = importers.read(options.file) if options.file else None
        name = options.name or (imported and imported.name) or ask("Your name", "Ada Example")
        language = options.language or ask("The language of the CV", imported.language if imported else "en")
        try:
            check_language_tag(language)
        except ValueError as error:
            raise ProjectError(f"--language {error}") from None
        paths = [
            *(importers.write_project(imported, options.folder) if imported else []),
            *scaffold.write(options.folder, name, language, has_pages=bool(imported)),
        ]
    # The template of conf.py replaces that of the import.
    for path in dict.fromkeys(paths):
        say(f"{os.path.relpath(path)}: written")
    if imported:
        _report_unread(imported, options.file)
    say(f"Now write into {options.folder}/docs/index.md, and run make there")
    return OK


def _kinds() -> Sequence[str]:
    from cvtools.model.kinds import KINDS

    return [*KINDS]


def _fields(options: argparse.Namespace) -> int:
    from cvtools.model.kinds import KINDS, REQUIRED

    if options.kind is None:
        width = max(map(len, KINDS))
        for kind, fields in KINDS.items():
            say(f"{kind:{width}}  {', '.join(fields) or 'a section: a list, or text'}", file=sys.stdout)
        return OK
    if options.kind not in KINDS:
        from cvtools.config import suggestion

        say(f'cvtools: there is no kind "{options.kind}": {suggestion(options.kind, KINDS)}')
        return MISUSED
    for name, others in KINDS[options.kind].items():
        is_required = name == REQUIRED.get(options.kind)
        notes = filter(None, ["required" if is_required else "", f"also: {', '.join(others)}" if others else ""])
        say(f":{name}:{' ' * (16 - len(name))}{'; '.join(notes)}".rstrip(), file=sys.stdout)
    return OK


def _watch(options: argparse.Namespace) -> int:
    from cvtools.project import require_project

    try:
        from sphinx.errors import SphinxError

        from cvtools import config, editions
        from cvtools.preview.server import watch_project
    except ImportError as error:
        say(f"cvtools: {error.name} is not installed: pip install 'sphinx-cvtools[watch]'")
        return MISUSED
    require_project(project := options.project.resolve())
    if options.edition:
        # Refuse an unknown edition, but not a faulty conf.py: the preview waits until that is corrected.
        with contextlib.suppress(SphinxError):
            editions.named(config.read(project), options.edition)
    with _limited_memory():
        watch_project(project, options.port, options.edition, open_browser=options.open_browser)
    return OK


def _editions(options: argparse.Namespace) -> int:
    from cvtools.build.edition_table import table

    return _print_lines(table, options.project)


def _match(options: argparse.Namespace) -> int:
    from cvtools.build.match import match

    return _print_lines(partial(match, job=options.job, pages=options.pages, name=options.edition), options.project)


def _translate(options: argparse.Namespace) -> int:
    from cvtools.build.translate import translate

    return _print_lines(translate, options.project)


def _print_lines(function: Callable[[Path, Report], Iterator[str]], project: Path) -> int:
    """Print what a function yields about a project; report what it raises."""
    from sphinx.errors import SphinxError

    from cvtools.build.conf_errors import problem_of
    from cvtools.files import locked
    from cvtools.project import require_project
    from cvtools.watchdog import WATCHDOG

    require_project(project := project.resolve())
    # All commands read the pages in the same folders.
    lock = locked(project / "build", f"another build of {project}")
    with lock, _limited_memory():
        report = from_here(report_text, project)
        try:
            # Limit all editions together, since a project may have many.
            with WATCHDOG.on(limits.BUILD_TIME):
                for line in function(project, report):
                    say(line, file=sys.stdout)
        except SphinxError as error:
            report(problem_of(error, project))
            return FAILED
    return OK
