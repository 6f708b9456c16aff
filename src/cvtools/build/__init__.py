"""Build the book, PDFs and data of projects into ``dist/``; do nothing if they are up to date."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvtools.build.state import BuildState, Options, fingerprint_of, forget_moved, record_products, unrecorded
from cvtools.problems import Collector, Problem, Report, report_text
from cvtools.project import ProjectPaths, forget_repository, locked, require_project, source_date
from cvtools.terminal import say

if TYPE_CHECKING:
    # A build that has nothing to do needs neither Sphinx nor TeX.
    from cvtools.build.edition import EditionBuild
    from cvtools.editions import Edition


def build(project: Path, report: Report = report_text, **asked: Any) -> bool:
    """Build a project into its folder ``dist``.

    TeX loads its fonts while Sphinx reads the pages, and typesets while Sphinx writes the book. A product that cannot
    be made is reported; the others are made. If nothing changed since the last build, its problems are reported again.

    :param project: a folder with ``conf.py`` and ``docs/``
    :param report: called with each problem; paths are relative to the working directory
    :param asked: values of :class:`~cvtools.build.state.Options`
    :returns: whether all requested products were made
    :raises ProjectError: the folder is no project
    """
    project, options = project.resolve(), Options(**asked)
    forget_repository()

    def report_here(problem: Problem) -> None:
        report(problem.from_here(project))

    require_project(project)
    paths = ProjectPaths.of(project)
    epoch = int(source_date(project).timestamp())
    fingerprint = fingerprint_of(project, options.html, options.pdf, options.draft, epoch)
    if _report_unchanged(project, fingerprint, options, report_here):
        return True
    with locked(paths.build, f"another build of {project}"):
        if _report_unchanged(project, fingerprint, options, report_here):
            return True
        from cvtools.build.edition import EditionBuild

        paths.dist.mkdir(exist_ok=True)
        editions = _editions(project)
        builds = {each.label: EditionBuild(project, options, epoch, fingerprint, each, its) for each, its in editions}
        forget_moved(project, paths, [each.paths for each in builds.values()])
        was_killed, done = paths.unfinished.exists(), False
        paths.unfinished.touch()
        try:
            if len(builds) == 1:
                done = next(iter(builds.values())).run(report_here)
            else:
                done = _build_editions(project, builds, report_here, fingerprint)
        finally:
            states = {each.paths.folder: BuildState.last(each.paths) for each in builds.values()}
            products = {folder: state.products for folder, state in states.items()}
            stale = record_products(project, paths, products, complete=done)
            unknown = unrecorded(project, paths) if was_killed and done else []
            if done or not was_killed:
                paths.unfinished.unlink(missing_ok=True)
        if stale:
            report_here(Problem(f"{_first(stale)}: an earlier build made this, and it was changed since: delete it"))
        if unknown:
            rule = f"{_first(unknown)}: perhaps a build that was killed made this: delete it, unless it is yours"
            report_here(Problem(rule, level="note"))
        return done and not (stale and options.strict)


def _first(names: Sequence[str]) -> str:
    return f"{names[0]}, and {len(names) - 1} more" if names[1:] else names[0]


def build_all(projects: Sequence[Path], report: Report, **asked: Any) -> list[str]:
    """Build projects, each in a process of its own, as many at a time as there are processors.

    :param report: called with each problem; paths are relative to the working directory
    :param asked: values of :class:`~cvtools.build.state.Options`
    :returns: the projects that lack a product
    """
    from cvtools.build.processes import run_all

    def report_of(project: str, problem: Problem) -> None:
        report(problem if problem.path or problem.pdf else replace(problem, path=project))

    failed = run_all({str(project): partial(build, project, **asked) for project in projects}, report_of)
    summary = f"{len(projects)} projects: {len(projects) - len(failed)} built"
    say(f"{summary}, {len(failed)} not: {', '.join(failed)}" if failed else summary)
    return failed


def _editions(project: Path) -> "list[tuple[Edition, ProjectPaths]]":
    """Return the editions of ``conf.py``, each with its paths; one if it is at fault, which Sphinx will report."""
    from sphinx.errors import ConfigError

    from cvtools import config
    from cvtools.editions import editions, with_paths

    try:
        found = editions(config.read(project))
    except ConfigError:
        found = editions(config.CvConfig())
    return list(with_paths(project, found))


def _build_editions(project: Path, builds: "Mapping[str, EditionBuild]", report: Report, fingerprint: str) -> bool:
    """Build editions by their names, each in a process of its own; report a problem that several have once."""
    from cvtools.build.processes import run_all
    from cvtools.watchdog import processor_time

    state_path = ProjectPaths.of(project).state
    last = BuildState.read(state_path) or BuildState()
    BuildState(products=last.products).write(state_path)
    collected = Collector(report)
    seconds = processor_time(project / "docs", len(builds))
    runs = {name: build.run for name, build in builds.items()}
    failed = run_all(runs, lambda edition, problem: collected(problem), seconds)
    states = [BuildState.read(build.paths.state) or BuildState() for build in builds.values()]
    _write_page_numbers([*builds.values()], states)
    products = {name: state for made in states for name, state in made.products.items()}
    last.remove(project, last.products.keys() - products.keys())
    external_files = {path: digest for state in states for path, digest in state.external_files.items()}
    BuildState(fingerprint, external_files, products, collected.problems, complete=not failed).write(state_path)
    return not failed


def _write_page_numbers(builds: "Sequence[EditionBuild]", states: Sequence[BuildState]) -> None:
    """Write into the book how many pages the PDFs have, which was not known when its pages were written."""
    from cvtools.build.lualatex import page_numbers
    from cvtools.writing.edition_links import write_page_counts

    numbers = {name: number for build in builds for name, number in page_numbers(build.paths.latex).items()}
    for build, state in zip(builds, states, strict=True):
        pages = [build.project / name for name in state.products if name.endswith(".html")]
        if changed := list(write_page_counts(pages, numbers)):
            state.record(build.project, changed)
            state.write(build.paths.state)


def _report_unchanged(project: Path, fingerprint: str, options: Options, report: Report) -> bool:
    """If nothing changed since the last build, report its problems again and return True."""
    last = BuildState.read(ProjectPaths.of(project).state)
    if not last or not last.is_current(project, fingerprint) or (options.strict and last.has_warnings):
        return False
    for problem in last.problems:
        report(problem)
    say(f"{os.path.relpath(project / 'dist')}: unchanged")
    return True
