import subprocess
import sys

import pytest

#: Runs each piece of code in a process of its own, after a build's modules are imported.
RUN = """
import multiprocessing, sys
from cvtools.build.imports import import_all
import_all()
for code in sys.argv[1:]:
    process = multiprocessing.get_context("fork").Process(target=exec, args=(code, {}))
    process.start()
    process.join()
    print("-----", flush=True)
"""
#: What each piece of code prints.
CASES = {
    "import sys; print({'charset_normalizer.api', 'urllib3', 'doctest', 'sphinx.ext.autodoc', 'sphinx.builders.epub3'}"
    " & sys.modules.keys())": "set()",
    "import bs4; print(bs4.BeautifulSoup('é'.encode('utf-8'), 'html.parser').string)": "é",
    "import importlib.util; print(bool(importlib.util.find_spec('requests')))": "True",
    "import requests; print(requests.get.__module__)": "requests.api",
    "from requests.adapters import HTTPAdapter; print(HTTPAdapter.__name__)": "HTTPAdapter",
    "from requests.exceptions import Timeout; print(issubclass(Timeout, OSError))": "True",
    "from sphinx.util import requests; print(requests.get.__name__)": "get",
    "from sphinx.ext import doctest; print(doctest.blankline_re.pattern)": r"^\s*<BLANKLINE>",
    "from sphinx.ext.autosummary import setup; print(setup.__module__)": "sphinx.ext.autosummary",
    "from sphinx.ext.autosummary.generate import main; print(main.__name__)": "main",
    # What Sphinx imported without them.
    "from sphinx.ext.intersphinx._load import requests; print(requests.get.__name__)": "get",
    "from sphinx.transforms.post_transforms.code import doctest; print(doctest.blankline_re.pattern)": (
        r"^\s*<BLANKLINE>"
    ),
    # What the theme catches.
    "import pydata_sphinx_theme as t, requests; print(issubclass(requests.HTTPError, t.HTTPError))": "True",
}


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    done = subprocess.run([sys.executable, "-c", RUN, *CASES], capture_output=True, encoding="utf-8", check=True)
    return dict(zip(CASES, done.stdout.split("-----\n"), strict=False))


@pytest.mark.parametrize("code", CASES)
def test_what_is_asked_for_is_imported_and_no_other_library(printed: dict[str, str], code: str) -> None:
    assert printed[code].strip() == CASES[code]
