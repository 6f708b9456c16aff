"""``{facts}``: a list of derived and marked facts, with links."""

from bs4 import BeautifulSoup

from tests.projects import Built, Project

CV = """# Ada
:headline: [Boss of 9]{.fact} {show=pdf}

```{facts}
```

## Work

```{only} latex
[Only for paper]{.fact}
```

### Developer
:organization: Bank
:period: 2014-01 – 2016-03
:technologies: Python, C++

- Moved [10 million documents]{.fact}.

### Hidden
:organization: Elsewhere
:period: 2000-01 – 2010-12 {show=pdf}
:technologies: COBOL

## Talks

```{talks}
```

```{toctree}
technologies
```
"""
PAGES = {
    "index.md": CV,
    "technologies.md": "# Technologies\n\n```{technologies}\n```\n",
    "talks/a.md": "# A talk\n:event: E\n:date: 2014\n",
}


def facts(built: Built) -> list[tuple[str, str]]:
    page = BeautifulSoup(built.read("index.html"), "lxml")
    return [(" ".join(link.get_text().split()), str(link["href"])) for link in page.select(".cv-facts a")]


def test_facts_are_derived_or_marked_and_link_to_their_lines(project: Project) -> None:
    built = project.write(PAGES).build("html")
    assert facts(built) == [
        ("Work: 2 years", "#bank"),
        ("C++: 2 years", "technologies.html#technology-c-plus-plus"),
        ("Talks: 1", "#talks"),
        ("10 million documents", "#fact-1"),
    ]
    assert 'id="fact-1"' in built.read("index.html")


def test_facts_for_the_pdf_are_in_its_list_alone(project: Project) -> None:
    built = project.write(PAGES).build("cvlatex")
    listing = built.read("cv.tex").partition("Talks: 1")[2].partition("cvsection")[0]
    assert listing.index("Boss of 9") < listing.index("10 million documents")
    assert "13 years" in built.read("cv.tex")


def test_list_without_facts_is_left_out(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n```{facts}\n```\n\nWords.\n"}).build("html")
    assert "cv-facts" not in built.read("index.html")


def test_fact_leads_to_its_words_beside_a_heading_of_that_name(project: Project) -> None:
    text = "# Ada\n\n```{facts}\n```\n\n## Fact 1\n\n[One]{.fact} and [two]{.fact}.\n"
    built = project.write({"index.md": text}).build("html")
    assert facts(built) == [("One", "#fact-2"), ("two", "#fact-3")]
