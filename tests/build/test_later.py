import subprocess
import sys

import pytest


def run(code: str) -> str:
    """Return what code prints in a process of its own, after a build's modules are imported."""
    code = f"import sys\nfrom cvtools.build import sphinx_app\nsphinx_app.import_all()\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_build_imports_no_library_that_it_does_not_use() -> None:
    assert run(
        "print({'charset_normalizer.api', 'urllib3', 'doctest', 'sphinx.ext.autodoc', 'sphinx.builders.epub3'} & sys.modules.keys())"
    ) == ("set()")


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("import bs4; print(bs4.BeautifulSoup('é'.encode('utf-8'), 'html.parser').string)", "é"),
        ("import importlib.util; print(bool(importlib.util.find_spec('requests')))", "True"),
        ("import requests; print(requests.get.__module__)", "requests.api"),
        ("from requests.adapters import HTTPAdapter; print(HTTPAdapter.__name__)", "HTTPAdapter"),
        ("from requests.exceptions import Timeout; print(issubclass(Timeout, OSError))", "True"),
        ("from sphinx.util import requests; print(requests.get.__name__)", "get"),
        ("from sphinx.ext import doctest; print(doctest.blankline_re.pattern)", r"^\s*<BLANKLINE>"),
        ("from sphinx.ext.autosummary import setup; print(setup.__module__)", "sphinx.ext.autosummary"),
        ("from sphinx.ext.autosummary.generate import main; print(main.__name__)", "main"),
    ],
)
def test_what_is_asked_for_is_imported(code: str, printed: str) -> None:
    assert run(code) == printed


def test_exceptions_that_the_theme_catches_are_those_of_the_library() -> None:
    assert (
        run("import pydata_sphinx_theme as t, requests; print(issubclass(requests.HTTPError, t.HTTPError))") == "True"
    )
