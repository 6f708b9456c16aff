"""What is withheld changes nothing: an output is the same if the withheld words are absent, or others."""

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st

from tests.projects import Built, Project

#: Blocks of a page, between dashes. What a variant leaves out stands in ⟦⟧. N is another number in each.
BLOCKS = """
Kept N and ⟦[canary N]{.only-short}⟧ more.
-----
⟦{.only-short}
Canary N.

⟧Kept N.
-----
⟦[]{.only-short} Canary N.

⟧Kept N.
-----
- Kept N
⟦- []{.only-short} Canary N

  Canary N, too.
⟧⟦- Canary N[]{.only-short}
  - Canary N
⟧- Kept N
  - Kept N
⟦  - []{.only-short} Canary N
⟧  - Kept N
-----
Kept N.

⟦1. []{.only-short} Canary N
1. []{.only-short} Canary N

⟧Kept N.
-----
⟦{.only-short}
- Canary N

⟧Kept N.
-----
⟦{.only-short}
![Canary N](canary.png)

⟧Kept N.
-----
Kept ⟦![Canary N](canary.png){.only-short}⟧ N.
-----
Kept ⟦`canary N`{.only-short}⟧ N.
-----
Kept ⟦[Canary N](https://canary.example){.only-short}⟧ N.
-----
Kept ⟦[{download}`Canary N <canary.pdf>`]{.only-short}⟧ N.
-----
| Kept N | b |
|---|---|
| Kept ⟦[canary N]{.only-short}⟧ | ⟦[canary N]{.only-short}⟧ |
-----
⟦{.only-short}
| Canary N | b |
|---|---|
| Canary N | c |

⟧Kept N.
-----
⟦{.only-short}
> Canary N
> - Canary N

⟧Kept N.
-----
⟦{.only-short}
```python
canary(N)
```

⟧Kept N.
-----
> Kept N
>
> ⟦[]{.only-short} Canary N⟧
-----
Kept N.⟦[Canary[^canaryN]]{.only-short}⟧

⟦[^canaryN]: Canary N.

⟧Kept N.[^keptN]

[^keptN]: Kept ⟦[canary N]{.only-short}⟧ note.
-----
Kept N.[^keptN] ⟦[Canary[^keptN]]{.only-short}⟧

[^keptN]: Kept N.
-----
kept N
: Kept ⟦[canary N]{.only-short}⟧ N.
⟦: []{.only-short} Canary N.
⟧
-----
⟦{.only-short}
canary N
: Canary N.

⟧Kept N.
-----
⟦```{figure} canary.png
:class: only-short
:alt: Canary N
Canary N.
```

⟧Kept N.
-----
```{figure} kept.png
:alt: Kept N
Kept ⟦[canary N]{.only-short}⟧ N.
```
-----
⟦```{note}
:class: only-short
Canary N.
```

⟧Kept N.
-----
⟦{.only-short}
```{index} canary N
```

⟧Kept N.
-----
:::{note}
Kept ⟦[canary N]{.only-short}⟧ N.

- Kept N
⟦- []{.only-short} Canary N
⟧
:::
-----
⟦{.only-short}
```{technologies}
Canary: CanaryN (CanaryotherN)
```

⟧Kept N.
-----
⟦{.only-short}
```{timeline}
```

⟧Kept N.
-----
Kept N ⟦[{tech}`Java`]{.only-short}⟧ {tech}`Python`.
-----
{.only-long}
Gone.

Kept N.
""".strip().split("\n-----\n")

#: Sections, the same way; what an output withholds stands in ‹›, with something else after the bar.
SECTIONS = """
## Same

Kept N.
-----
⟦## Same
:only: short

Canary N.

⟧
-----
⟦(canaryN)=
## Canary N[]{.only-short}

Canary [N](#canaryN).[^canaryN]

[^canaryN]: Canary N.

### Same

Canary N.

⟧
-----
⟦{.only-short}
## Canary N

![Canary N](canary.png)

⟧
-----
## Bank N
:organization: ‹Canary N|Other› {show=PLACE}
:location: ‹Canary N|[Other](https://other.example)› {show=PLACE}
:technologies: ‹CanaryN, Python|Other, Another› {show=PLACE}

### Kept N
:period: ‹1987-03 – 1999-11|2001 – present› {show=PLACE}
:technologies: Python, Kept

⟦### Canary N
:period: 1980-03 – 1986-11
:technologies: CanaryN, Python
:only: short

Canary N.

⟧### Same
:period: 2003-01 – 2004-12
:technologies: Python
:organization: Bank
-----
## Worked N
:organization: [Bank](https://bank.example)
:period: ‹1970-01 – 1971-01|2022-10 – present› {show=PLACE}
:technologies: ‹CanaryN|Python, Kept› {show=PLACE}

- Kept N
-----
## Bank N
:organization: Bank
:period: 2012-01 – 2014-01
:technologies: Python

⟦### Canary N
:period: 1980-03 – 1986-11
:only: short

⟧### Kept N
:period: ‹1987-03 – 1999-11|2014 – 2015› {show=PLACE}
-----
## Studied N
:institution: ‹Canary N|Other› {show=PLACE}
:period: ‹1970-01 – 1971-01|2022› {show=PLACE}
:degree: ‹Canary N|Other› {show=PLACE}
:technologies: ‹CanaryN|Other› {show=PLACE}
-----
## Published N
:publisher: ‹Canary N|Other› {show=PLACE}
:date: ‹1970|2012-02-03› {show=PLACE}
:page: ‹<https://canary.example>|<https://other.example>› {show=PLACE}
-----
## Certified N
:issuer: ‹[Canary N](https://canary.example)|Other› {show=PLACE}
:period: ‹1970|2012-02-03› {show=PLACE}
-----
## Spoke N
:event: ‹Canary N|Other› {show=PLACE}
:date: ‹1970|2012-02-03› {show=PLACE}
:place: Kept ⟦[canary N]{.only-short}⟧
-----
## Skilled N
:kind: skills

- Kept N
⟦- []{.only-short} Canary N
⟧
-----
## Listed N

```{technologies}
Kept: Python
```
""".strip().split("\n-----\n")

TALKS = """
# Talk N
:event: ‹[Canary N](https://canary.example)|Other› {show=PLACE}
:date: ‹1970|2012-02-03› {show=PLACE}
:place: ‹Canary N|Other› {show=PLACE}
:video: ‹<https://canary.example>|<https://other.example>› {show=PLACE}
:language: ‹pl|de› {show=PLACE}

Kept N.

## Wykład N
:language: pl
:slides: ‹<https://canary.example>|<https://other.example>› {show=PLACE}
-----
# Talk N
:event: Kept N
:date: 2011

Kept N.
-----
⟦# Canary N
:event: Canary N
:date: 2012
:only: short

Canary N.
⟧
-----
# Talk N
:event: Kept N ⟦[canary N]{.only-short}⟧
:date: ‹1971|2021› {show=PLACE}
""".strip().split("\n-----\n")

PERSON = """
# Ada
:headline: ‹Canary|Other› {show=PLACE}
:phone: ‹+48 601 602 603|+48 999 000 000› {show=PLACE}
:email: ‹ada@canary.example|ada@other.example› {show=PLACE}
:website: ‹<https://canary.example>|<https://other.example>› {show=PLACE}
:location: ‹Canary|Other› {show=PLACE}
:github: ‹<https://github.com/canary>|<https://github.com/other>› {show=PLACE}

INTRO

```{talks}
```

```{timeline}
```

REST
"""


class Numbers:
    """Gives each piece a number of its own."""

    def __init__(self) -> None:
        self.last = 0

    def of(self, pieces: Iterable[str]) -> list[str]:
        numbered = []
        for piece in pieces:
            self.last += 1
            numbered.append(re.sub(r"\bN\b|(?<=[a-z])N\b", str(self.last), piece))
        return numbered


def cv(intro: list[str], sections: list[list[str]], talks: list[str]) -> dict[str, str]:
    """Pages of these pieces, the sections each with its blocks."""
    numbers = Numbers()
    rest = "\n\n".join(piece for section in sections for piece in numbers.of(section))
    index = PERSON.replace("INTRO", "\n\n".join(numbers.of(intro))).replace("REST", rest).lstrip()
    return {"index.md": index, **{f"talks/{number}.md": talk for number, talk in enumerate(numbers.of(talks))}}


@st.composite
def cvs(draw: st.DrawFn) -> dict[str, str]:
    """Pages in which all that may be withheld is marked."""

    def some(pieces: list[str], least: int, most: int) -> list[str]:
        return draw(st.lists(st.sampled_from(pieces), min_size=least, max_size=most))

    # What stands below a section that is left out is left out with it.
    most = {section: 0 if section.startswith("⟦") else 3 for section in SECTIONS}
    sections = [[section, *some(BLOCKS, 0, most[section])] for section in some(SECTIONS, 2, 7)]
    pages = cv(some(BLOCKS, 0, 3), sections, some(TALKS, 1, 4))
    return {
        name: re.sub("PLACE", lambda _: draw(st.sampled_from(["html", "pdf"])), text) for name, text in pages.items()
    }


def everything(place: str) -> dict[str, str]:
    """Pages of all pieces, each once."""
    pages = cv(BLOCKS, [[section] for section in SECTIONS], TALKS)
    return {name: text.replace("PLACE", place) for name, text in pages.items()}


def written(pages: Mapping[str, str]) -> dict[str, str]:
    """The pages as their author writes them."""
    return {name: re.sub(r"‹(.*?)\|.*?›", r"\1", re.sub("[⟦⟧]", "", text)) for name, text in pages.items()}


def otherwise(pages: Mapping[str, str], output: str) -> dict[str, str]:
    """Without what the variant leaves out, and with something else in place of what an output withholds."""
    other = "pdf" if output == "html" else "html"
    texts = {}
    for name, text in pages.items():
        # The space before words goes with them.
        kept = re.sub("⟦.*?⟧", "", re.sub(" ⟦[^⟦⟧]*⟧(?=[ .,;])", "", text), flags=re.DOTALL)
        kept = re.sub(rf"‹.*?\|(.*?)›(?= \{{show={other}\}})", r"\1", kept)
        texts[name] = re.sub(r"‹(.*?)\|.*?›", r"\1", kept)
    return {name: text for name, text in texts.items() if text.strip()}


def outputs(folder: Path, pages: Mapping[str, str], *builders: str) -> Iterator[Built]:
    folder.mkdir()
    project = Project(folder).write({**pages})
    for name in ("kept.png", "canary.png"):
        shutil.copyfile(".github/pictures/pdf.png", project.docs / name)
    (project.docs / "canary.pdf").write_bytes(b"%PDF-1.5")
    for builder in builders:
        yield project.build(builder, warns=True, html_baseurl="https://cv.example")


def files(built: Built) -> dict[str, str]:
    """The files of an output; of the record of a PDF without the lines of the source."""
    written = built.files()
    if document := written.pop("cv.docx", b""):
        with zipfile.ZipFile(io.BytesIO(document)) as parts:
            written |= {name: parts.read(name).replace(b"<w:p>", b"\n<w:p>") for name in parts.namelist()}
    found = {name: data.decode("utf-8", "surrogateescape") for name, data in written.items()}
    return {f"{built.app.builder.name}/{name}": re.sub(r"\.md:\d+", ".md", text) for name, text in found.items()}


def differences(expected: Iterable[Built], got: Iterable[Built]) -> list[str]:
    """The lines in which outputs differ, each after its file."""
    one, other = (
        {name: text for built in outputs for name, text in files(built).items()} for outputs in (expected, got)
    )
    return [
        f"{name}: {line}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
        for line in unified_diff(one.get(name, "").split("\n"), other.get(name, "").split("\n"), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]


WEB, PAPER = ("html", "cvtext", "cvmarkdown"), ("cvlatex", "cvdocx")


@settings(
    max_examples=6, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate, Phase.shrink]
)
@given(cvs())
@example(everything("html"))
@example(everything("pdf"))
def test_what_is_withheld_changes_nothing(pages: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        *web, pdf, document = outputs(folder / "0", written(pages), *WEB, *PAPER)
        assert differences(outputs(folder / "1", otherwise(pages, "html"), *WEB), web) == []
        assert differences(outputs(folder / "2", otherwise(pages, "pdf"), *PAPER), [pdf, document]) == []
        kept = re.findall(r"kept +\d+", " ".join(otherwise(pages, "html").values()), re.IGNORECASE)
        pages_written = "".join(files(web[0]).values())
        assert [words for words in kept if words not in pages_written] == []
