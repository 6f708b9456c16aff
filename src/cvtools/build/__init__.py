"""Build the website, PDFs and data of projects into ``dist/``; do nothing if they are up to date."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvtools.build.publish import has_products, is_intact, publish
from cvtools.build.state import BuildState, Options, fingerprint_of
from cvtools.files import locked
from cvtools.problems import Collector, Problem, Report, from_here, report_text
from cvtools.project import ProjectPaths, require_project
from cvtools.repository import forget_repository, source_date
from cvtools.terminal import say

if TYPE_CHECKING:
    # A build that has nothing to do needs neither Sphinx nor TeX.
    from cvtools.editions import Edition


def build(project: Path, report: Report = report_text, **asked: Any) -> bool:
    """Build a project into its folder ``dist``.

    The products are made in the folder ``build`` and published at the end, so that a build that is stopped changes
    nothing in ``dist``. A PDF that cannot be made is reported; the other products are published. If nothing changed
    since the last build, its problems are reported again.

    :param project: a folder with ``conf.py`` and ``docs/``
    :param report: called with each problem; paths are relative to the working directory
    :param asked: values of :class:`~cvtools.build.state.Options`
    :returns: whether all requested products were made
    :raises ProjectError: the folder is no project
    """
    project, options = project.resolve(), Options(**asked)
    report = from_here(report, project)
    forget_repository()
    require_project(project)
    fingerprint = fingerprint_of(project, [options.html, options.pdf], [options.draft, source_date(project)])
    with locked(project / "build", f"another build of {project}"):
        if _report_unchanged(project, fingerprint, options, report):
            return True
        (project / "dist").mkdir(exist_ok=True)
        make = partial(_build_edition, project, options, fingerprint)
        editions = _editions_with_paths(project)
        first, *others = editions
        states = _build_several(project, editions, make, report) if others else [make(*first, report)]
        # If an edition failed as a whole, publish nothing.
        if any(state.fingerprint != fingerprint for state in states):
            if has_products(project):
                rule = "still that of an earlier build, since this one failed"
                report(Problem(rule, "dist", code="skipped", level="note"))
            return False
        products: dict[str, Path] = {}
        for (_, paths), state in zip(editions, states, strict=True):
            products |= paths.products(state.offered)
        is_clean = _publish(project, products, report)
        return all(state.complete for state in states) and (is_clean or not options.strict)


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


def _editions_with_paths(project: Path) -> "list[tuple[Edition, ProjectPaths]]":
    """Return the editions with their paths; for a faulty ``conf.py``, a default one, whose build reports the fault."""
    from sphinx.errors import ConfigError

    from cvtools import config
    from cvtools.editions import editions, with_paths

    try:
        all_editions = editions(config.read(project))
    except ConfigError:
        all_editions = editions(config.CvConfig())
    return list(with_paths(project, all_editions))


def _build_edition(
    project: Path,
    options: Options,
    fingerprint: dict[str, str],
    edition: "Edition",
    paths: ProjectPaths,
    report: Report,
) -> BuildState:
    """Make the products of an edition; TeX loads its fonts while Sphinx reads, and typesets while Sphinx writes HTML.

    :returns: the new state, which is saved; without a fingerprint if there is nothing to publish
    """
    from cvtools.build.tex_pool import TexPool

    with TexPool(project, paths) as tex_pool:
        if options.pdf:
            tex_pool.preload(replace(edition.config, draft=options.draft), only_changed=True)
        # TeX loads its fonts while Python imports these modules, which takes long.
        from cvtools.build.sphinx_imports import import_sphinx

        import_sphinx()
        from cvtools.build.edition import EditionBuild

        return EditionBuild(project, options, fingerprint, edition, paths, tex_pool).run(report)


def _build_several(
    project: Path,
    editions: "Sequence[tuple[Edition, ProjectPaths]]",
    make: "Callable[[Edition, ProjectPaths, Report], BuildState]",
    report: Report,
) -> list[BuildState]:
    """Build editions, each in a process of its own, and save a state of the project; report each problem once.

    :returns: the states of the editions
    """
    from cvtools.build.lualatex import page_counts
    from cvtools.build.processes import run_all
    from cvtools.watchdog import cpu_limit
    from cvtools.writing.edition_links import write_page_counts

    def makes_all(edition: "Edition", paths: ProjectPaths, report: Report) -> bool:
        return make(edition, paths, report).complete

    project_state = ProjectPaths(project / "build").state
    project_state.unlink(missing_ok=True)
    collected = Collector(report)
    builds = {edition.label: partial(makes_all, edition, paths) for edition, paths in editions}
    seconds = cpu_limit(project / "docs", len(builds))
    failed = run_all(builds, lambda edition, problem: collected(problem), seconds)
    states = []
    for edition, paths in editions:
        # A process may have ended before it replaced the state of an earlier build.
        state = BuildState.read(paths.state) or BuildState()
        states.append(replace(state, complete=state.complete and edition.label not in failed))
    # The website was written before TeX had made all PDFs: add their numbers of pages.
    counts = {name: count for _, paths in editions for name, count in page_counts(paths.latex).items()}
    for _, paths in editions:
        write_page_counts(paths.html.rglob("*.html"), counts)
    external_files = {path: digest for state in states for path, digest in state.external_files.items()}
    complete = all(state.complete for state in states)
    BuildState(states[0].fingerprint, external_files, collected.problems, complete=complete).write(project_state)
    return states


def _publish(project: Path, products: Mapping[str, Path], report: Report) -> bool:
    """Publish products into ``dist``; return False, and report it, if changed files of earlier builds stay there."""
    edited = publish(project, products)
    if edited:
        name = f"{edited[0]}, and {len(edited) - 1} more" if edited[1:] else edited[0]
        report(Problem(f"dist/{name}: an earlier build made this, and it was changed since: delete it"))
    return not edited


def _report_unchanged(project: Path, fingerprint: Mapping[str, str], options: Options, report: Report) -> bool:
    """If nothing changed since the last build, report its problems again and return True."""
    last = BuildState.read(ProjectPaths(project / "build").state)
    if not last or not last.is_current(fingerprint) or not is_intact(project):
        return False
    if options.strict and any(problem.level != "note" for problem in last.problems):
        return False
    for problem in last.problems:
        report(problem)
    say(f"{os.path.relpath(project / 'dist')}: unchanged")
    return True
