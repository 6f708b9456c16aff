"""Markdown of other programs becomes a page; what is not recognised stays as it is."""

import re
from pathlib import Path

import pytest

from cvtools import limits
from cvtools.importers import markdown
from cvtools.importers.imported_objects import NO_PICTURE
from tests.importers.pages import imported
from tests.projects import Project

CV = """---
layout: cv
title: The CV of Ada
nickname: Bridge
website: ada.example
---
# Ada Example

**Software Architect**

📧 ada@example.org | 📞 +48 123 456 789 | [GitHub](https://github.com/ada) | Gdańsk, Poland
- **LinkedIn:** ada-e
- [Slides](https://slides.example)

I draw *plans*. See [my site][site].\\
{role}`x` and <b>bold</b> <script>alert(1)</script>

---

## Experience

### Engineer, Example Corp (2019 – 2021)

- Cut costs

  - by `10%`

### Senior Developer | Old Corp, Inc. | Jan 2015 - Present
*Gdańsk*

Did things.
:only: short

**Tech stack:** Python, Go

### [Other Corp](https://other.example) — Lead Engineer
*03/2012 – 12/2014 | Sopot, Poland*

### Example Bank

#### Developer (2009–2011)

#### Intern
2008

### Chapters

Without a date.

## Education

**BSc in Maths**, University of Gdańsk, 2004–2008

Thesis.

**School no. 3** | Sopot
*2000 – 2004*

## Projects

### [Footbridge](https://bridge.example)

> Spans
>
> the river

### Other (2017)

## Skills

| Area | What |
|------|------|
| Data | Kafka \\| Redis |

Term
: Definition

```{include} /etc/passwd
```

## Other things

### Windows 2000

### Hiking, since 2010

[site]: https://ada.example
"""
PAGE = """# Ada Example
:headline: Software Architect
:email: ada@example.org
:phone: +48 123 456 789
:website: [ada.example](https://ada.example)
:location: Gdańsk, Poland
:github: [ada](https://github.com/ada)
:linkedin: [ada-e](https://www.linkedin.com/in/ada-e)

- Slides: [Slides](https://slides.example)

I draw *plans*. See [my site](https://ada.example).\\
\\{role}`x` and **bold** \\<script>alert(1)\\</script>

## Experience

### Engineer
:organization: Example Corp
:period: 2019 – 2021

- Cut costs
  - by `10%`

### Senior Developer
:organization: Old Corp, Inc.
:period: Jan 2015 - Present
:location: Gdańsk
:technologies: Python, Go

Did things.
\\:only: short

### Lead Engineer
:organization: [Other Corp](https://other.example)
:period: 03/2012 – 12/2014
:location: Sopot, Poland

### Example Bank
:organization: Example Bank

#### Developer
:period: 2009–2011

#### Intern
:period: 2008

### Chapters

Without a date.

## Education

### BSc in Maths
:institution: University of Gdańsk
:period: 2004–2008

Thesis.

### School no. 3
:institution: School no. 3
:period: 2000 – 2004
:location: Sopot

## Projects
:kind: projects

### [Footbridge](https://bridge.example)

> Spans
>
> the river

### Other
:period: 2017

## Skills

| Area | What |
| --- | --- |
| Data | Kafka \\| Redis |

- **Term:** Definition

```text
{include} /etc/passwd
```

## Other things

### Windows 2000

### Hiking
:period: since 2010

## Also in the file

- Title: The CV of Ada
- Nickname: Bridge
"""


def test_page_has_fields_and_keeps_the_rest(tmp_path: Path) -> None:
    pages, unread = imported(tmp_path, "cv.md", CV)
    assert pages["index"] == PAGE
    assert "front matter.title has no field of its own: it is in the text" in unread


def test_page_builds_without_a_warning(tmp_path: Path) -> None:
    built = Project(tmp_path).write({"index.md": PAGE}).build()
    assert [entry.kind for entry in built.domain.resume.entries].count("position") == 6


@pytest.mark.parametrize(
    ("section", "text", "expected"),
    [
        ("Education", "**U of Oslo**, Ann Arbor, MI — *B.S. in Maths*\\\nExpected May 2026 | GPA: 3.8/4\\\n**Relevant Coursework:** Arches, Steel\\\n**Honors:** List", "### B.S. in Maths\n:institution: U of Oslo\n:period: Expected May 2026\n:location: Ann Arbor, MI\n:score: 3.8/4\n:courses: Arches, Steel\n\n**Honors:** List"),
        ("Experience", "**Corp** | Austin, TX\n\n*Engineer* | June 2019 – Present\n\n- Built.", "### Engineer\n:organization: Corp\n:period: June 2019 – Present\n:location: Austin, TX\n\n- Built."),
        ("Education", "**Oslo College** | Oslo\\\n*BA in Maths* | 2014 – 2018", "### BA in Maths\n:institution: Oslo College\n:period: 2014 – 2018\n:location: Oslo"),
        ("Experience", "**Corp**, Oslo\n*Engineer* | 2018 – now\n- Led.\n\n*Trainee* | 2016 – 2018\n- Built.", "### Engineer\n:organization: Corp\n:period: 2018 – now\n:location: Oslo\n\n- Led.\n\n### Trainee\n:organization: Corp\n:period: 2016 – 2018\n:location: Oslo\n\n- Built."),
        ("Awards", "| Year | Award | By |\n|-|-|-|\n| 2023 | Best | Bar |\n\nMore words.", "### Best\n:issuer: Bar\n:date: 2023\n\nMore words."),
        ("Awards", "| Year | Award | By |\n|-|-|-|\n| 2023 | Best | Bar |", "### Best\n:issuer: Bar\n:date: 2023"),
        ("Projects", "| 2021 | <p>Bridge</p><div>Corp</div> |\n|-|-|\n| 2020 | <header>Dam</header><hr>Other |", "### Bridge\n:organization: Corp\n:period: 2021\n\n### Dam\n:organization: Other\n:period: 2020"),
        ("Projects", "| 2021 | Bridge<br>Corp |\n|-|-|\n| 2020 | Dam<br>Other |", "### Bridge\n:organization: Corp\n:period: 2021\n\n### Dam\n:organization: Other\n:period: 2020"),
        ("Training", "| Datum | Thema | Veranstalter |\n|-|-|-|\n| 11/2022 | Pflege | Akademie |", "### Pflege\n:institution: Akademie\n:period: 11/2022"),
        ("Education", "`2021-now`\n__Oslo College__\n\n- Maths\n\n`2017 - 2021`\n__University of Oslo__\nBSc", "### Oslo College\n:institution: Oslo College\n:period: 2021-now\n\n- Maths\n\n### BSc\n:institution: University of Oslo\n:period: 2017 - 2021"),
        ("Education", "**2011 – 2015** Oslo College, BSc\n\n**2009** *School*", "### BSc\n:institution: Oslo College\n:period: 2011 – 2015\n\n### School\n:institution: School\n:period: 2009"),
        ("Experience", "**Manager** – *Corp* (Remote)\n**2017 – 2020**\n\n**2016**\n\nWords", "### Manager\n:organization: Corp (Remote)\n:period: 2017 – 2020\n\n**2016**\n\nWords"),
        ("Experience", "### —**2019 – 2020**\n\nWords", "### 2019 – 2020\n\nWords"),
        ("Experience", "**2015–2019** – Engineer, Corp\n\n2014: Trainee", "### Engineer\n:organization: Corp\n:period: 2015–2019\n\n### Trainee\n:period: 2014"),
        ("Experience", "2019, when all began, we were four people with a plan.", "2019, when all began, we were four people with a plan."),
        ("Experience", "2019 – 2021 | Engineer, Corp\n\nBuilt.", "### Engineer\n:organization: Corp\n:period: 2019 – 2021\n\nBuilt."),
        ("Experience", "| | |\n|-|-|\n| 2019 – 2021 | Engineer<br>Corp, Oslo<br>Built.<br>Led. |\n| 2018 | Trainee, Corp<br>Drew. |", "### Engineer\n:organization: Corp\n:period: 2019 – 2021\n:location: Oslo\n\n- Built.\n- Led.\n\n### Trainee\n:organization: Corp\n:period: 2018\n\nDrew."),
        ("Education", "| A. Maths | College | 2012–2014 |\n|-|-|-|\n| BSc | University | 2014–2018 |", "### A. Maths\n:institution: College\n:period: 2012–2014\n\n### BSc\n:institution: University\n:period: 2014–2018"),
        ("Education", "**U of Oslo**, BSc, 2018 – 2021 (expected)\n**Oslo College**, 2014 – 2018", "### BSc\n:institution: U of Oslo\n:period: 2018 – 2021 (expected)\n\n### Oslo College\n:institution: Oslo College\n:period: 2014 – 2018"),
        ("Education", "**U of Oslo**, BSc, not yet\n**Oslo College**, 2014 – 2018", "**U of Oslo**, BSc, not yet\n\n### Oslo College\n:institution: Oslo College\n:period: 2014 – 2018"),
        ("Education", "| Years | School |\n|-|-|\n| 2014 | College |", "### College\n:institution: College\n:period: 2014"),
        ("Education", "**MBA**, University of Texas at Austin — *2016*", "### MBA\n:institution: University of Texas at Austin\n:period: 2016"),
        ("Education", "| Degree | Years |\n|-|-|\n| BSc | 2014 |", "### BSc\n:period: 2014"),
        ("Experience", "| Od – do | Company | Role | Place |\n|-|-|-|-|\n| 2019 – present | Corp | Engineer | Oslo |", "### Engineer\n:organization: Corp\n:period: 2019 – present\n:location: Oslo"),
        ("Experience", "| Dates | Role |\n|-|-|\n| 2019 | Engineer |\n\n### Highlights\n\n- Led.", "### Engineer\n:period: 2019\n\n### Highlights\n\n- Led."),
        ("Experience", "| Dates | Role |\n|-|-|\n| 2019 | Engineer |\n\n### Engineer\n\n2019", "| Dates | Role |\n| --- | --- |\n| 2019 | Engineer |\n\n### Engineer\n:period: 2019"),
        ("Education", "| Year of birth: when? | Degree |\n|-|-|\n| 2014 | BSc |", "| Year of birth: when? | Degree |\n| --- | --- |\n| 2014 | BSc |"),
        ("Education", "| Year | School | Major | Degree |\n|-|-|-|-|\n| 2010 – 2014 | Leeds | Steel | BSc |", "### BSc\n:institution: Leeds\n:period: 2010 – 2014\n:area: Steel"),
        ("Experience", "| Period | Company | Role | Location |\n|-|-|-|-|\n| 2018 | Bar | Tester | York |", "### Tester\n:organization: Bar\n:period: 2018\n:location: York"),
        ("Certificates", "| Name | Issuer | Date | Expires |\n|-|-|-|-|\n| Cloud | Corp | 2021 | 2024 |", "### Cloud\n:issuer: Corp\n:date: 2021\n:expires: 2024"),
        ("Education", "| Degree | School | Year |\n|-|-|-|\n| BSc $x^2$ | $\\frac{1}{2}$ | 2010 |", "### BSc {math}`x^2`\n:institution: \\\\frac\\{1\\}\\{2\\}\n:period: 2010"),
        ("Education", "| 时间 | 学校 | 学历 |\n|-|-|-|\n| 2014 | 武汉大学 | 本科 |", "### 本科\n:institution: 武汉大学\n:period: 2014"),
        ("Volunteering", "Tutor, Code Club, 2019 – 2020\n\nTold of Oslo, a town, 2021.", "### Tutor\n:organization: Code Club\n:period: 2019 – 2020\n\nTold of Oslo, a town, 2021."),
        ("Experience", "| Period | Boss | Role |\n|-|-|-|\n| 2018 | Bob | Tester |", "| Period | Boss | Role |\n| --- | --- | --- |\n| 2018 | Bob | Tester |"),
        ("Languages", "polski – ojczysty\nangielski – A2", "- polski – ojczysty\n- angielski – A2"),
        ("Skills", "Known:\n\n**ERP:** SAP, Oracle\n**Web:** HTML\n\nAnd what is\nbetween: nothing.", "Known:\n\n- **ERP:** SAP, Oracle\n- **Web:** HTML\n\nAnd what is\nbetween: nothing."),
        ("Skills", "SAP\n:   expert\n\nExcel\n:   VBA,\n    Query\n\n:   Macros\n\nAnd more.", "- **SAP:** expert\n- **Excel:** VBA, Query, Macros\n\nAnd more."),
        ("Experience", "2018 – 2020\n:   **Engineer**, Corp\n\n    Built.\n\n2015\n:   Trainee\n:   Other", "### Engineer\n:organization: Corp\n:period: 2018 – 2020\n\nBuilt.\n\n### Trainee\n:organization: Other\n:period: 2015"),
        ("Education", "- **2017 – 2019** : MSc, Oslo College\n  - With honours.\n- 2014 – 2017: BSc", "### MSc\n:institution: Oslo College\n:period: 2017 – 2019\n\n- With honours.\n\n### BSc\n:period: 2014 – 2017"),
        ("Experience", "- **2019–present** **Engineer**, Corp. Works on arches.\n- **2018** **Trainee**, Bank.", "### Engineer\n:organization: Corp\n:period: 2019–present\n\nWorks on arches.\n\n### Trainee\n:organization: Bank\n:period: 2018"),
        ("Experience", "- 2019: All began in Oslo.\n- 2020: It ended.", "- 2019: All began in Oslo.\n- 2020: It ended."),
        ("Education", "2021  BSc\n2018  A-levels, Oslo College", "### BSc\n:period: 2021\n\n### A-levels\n:institution: Oslo College\n:period: 2018"),
        ("Experience", "- 2019: Engineer\n- Later: more", "- 2019: Engineer\n- Later: more"),
        ("Experience", "**Engineer**, 2018\n\n- 2018: Built.\n- 2019: Led.", "### Engineer\n:period: 2018\n\n- 2018: Built.\n- 2019: Led."),
        ("Teaching", "- **2019–2024** Statics, master's level, 30 students\n- **2016** Tutor, Oslo University", "### Statics, master's level, 30 students\n:period: 2019–2024\n\n### Tutor\n:institution: Oslo University\n:period: 2016"),
        ("Education", "| 2011 | BSc, Oslo University. Advisor: Bob |\n|-|-|\n| 2007 | A-levels |", "### BSc\n:institution: Oslo University\n:period: 2011\n\nAdvisor: Bob\n\n### A-levels\n:period: 2007"),
        ("Experience", "### Analyst, Corp\n\n`08/2016 - 05/2018`\n\n1. Counted", "### Analyst\n:organization: Corp\n:period: 08/2016 - 05/2018\n\n1. Counted"),
        ("Notes", "在庫を**30％**削減は**「重要」**な **a: b**。", "在庫を**30**％削減は「**重要**」な **a: b**。"),
        ("Notes", "Term\n: One thing", "Term\n: One thing"),
        ("Education", "**Oslo College**, Faculty of Arts\n*BA in Maths*\n*GPA: good*\n*May 2016 - June 2019*", "### BA in Maths\n:institution: Oslo College\n:period: May 2016 - June 2019\n:location: Faculty of Arts\n:score: good"),
        ("Education", "**PhD in Maths** (2016&ndash;2020)\nOslo University, Norway\n\nThesis.", "### PhD in Maths\n:institution: Oslo University\n:period: 2016–2020\n:location: Norway\n\nThesis."),
        ("Education", "2008 | **BSc** Maths, Oslo College", "### BSc Maths\n:institution: Oslo College\n:period: 2008"),
        ("Experience", "2008 | Trainee, Univ. Oslo", "### Trainee\n:organization: Univ. Oslo\n:period: 2008"),
        ("Education", "2016 - 2020\n: **BA in Maths**; Oslo College (Norway)", "### BA in Maths\n:institution: Oslo College (Norway)\n:period: 2016 - 2020"),
        ("Education", "2016 - 2020\n: **BA in Maths**,\n*[Faculty of Arts](https://a.example),\nOslo College*", "### BA in Maths\n:institution: [Faculty of Arts](https://a.example)\n:period: 2016 - 2020\n:location: Oslo College"),
        ("Education", "成都学院 - 数学（本科） 2014-2018", "### 数学（本科）\n:institution: 成都学院\n:period: 2014-2018"),
        ("Experience", "*Lead Developer*, Corp \\hfill 2014 – 2017  \nDrew plans.", "### Lead Developer\n:organization: Corp\n:period: 2014 – 2017\n\nDrew plans."),
        ("Education", "### BA in Maths -- Oslo, NY\n\n**Oslo College** | 2019", "### BA in Maths\n:institution: Oslo College\n:period: 2019\n:location: Oslo, NY"),
        ("Experience", "**Corp** | Lead Developer *2024*\n\nThe *Expo 2000*", "### Lead Developer\n:organization: Corp\n:period: 2024\n\nThe *Expo 2000*"),
        ("Experience", "*Developer* | 2024\n\nBuilt.", "### Developer\n:period: 2024\n\nBuilt."),
        ("Experience", "**[Corp](https://c.example)**\n**Lead Developer |** Oslo, NY **|** May 2019 - Current\n- Led.", "### Lead Developer\n:organization: [Corp](https://c.example)\n:period: May 2019 - Current\n:location: Oslo, NY\n\n- Led."),
        ("Experience", "### Lead at Corp\n\n> Dec 2022—present\n\n- Led.", "### Lead\n:organization: Corp\n:period: Dec 2022—present\n\n- Led."),
        ("Experience", "### **Corp**, Developer\n\nOslo, Norway\n\nMay 2019 – June 2020\n\n- Led.", "### Developer\n:organization: Corp\n:period: May 2019 – June 2020\n:location: Oslo, Norway\n\n- Led."),
        ("Experience", "### Lead\n\nOslo, Norway\n\n2019", "### Lead\n:period: 2019\n\nOslo, Norway"),
        ("Experience", "### Lead Developer\n**Corp** - Sept. 2019 - Present | Oslo", "### Lead Developer\n:organization: Corp\n:period: Sept. 2019 - Present\n:location: Oslo"),
        ("Experience", "**Baker**, Corp, 2016 – 2018\n\n### Cook, Inn (2019)", "### Baker\n:organization: Corp\n:period: 2016 – 2018\n\n### Cook\n:organization: Inn\n:period: 2019"),
        ("Education", "- 2010年4月 – 2014年3月　例大学\n- 2008年　例高等学校", "### 例大学\n:institution: 例大学\n:period: 2010年4月 – 2014年3月\n\n### 例高等学校\n:institution: 例高等学校\n:period: 2008年"),
        ("Experience", "Sergeant, Army\n\nAustin, TX, May 2015 - June 2016\n\n- Led.", "### Sergeant\n:organization: Army\n:period: May 2015 - June 2016\n:location: Austin, TX\n\n- Led."),
        ("Experience", "**Cook**\n\nThe Inn\n\n2019 – 2020\n\n- Led.\n\n**Aide**\n\n2018", "### Cook\n:organization: The Inn\n:period: 2019 – 2020\n\n- Led.\n\n### Aide\n:period: 2018"),
        ("Experience", "### Lead\n📅 2020 - 2022", "### Lead\n:period: 2020 - 2022"),
        ("Experience", "`05.2017 - 12.2018`\n__Arches__ : Drew all the plans, and built bridges. Told others how to.", "### Arches\n:period: 05.2017 - 12.2018\n\nDrew all the plans, and built bridges. Told others how to."),
        ("Experience", "2018 | **World Corp** *Consultant*. Drew plans. " + "Built bridges. " * 20, "### Consultant\n:organization: World Corp\n:period: 2018\n\nDrew plans. " + "Built bridges. " * 19 + "Built bridges."),
        ("Experience", "| **Zeitraum** | **Position** | **Unternehmen / Projekt** |\n|-|-|-|\n| May 2018 | Lead | Corp / X |\n| 2017 | Pause | - |", "### Lead\n:organization: Corp / X\n:period: May 2018\n\n### Pause\n:period: 2017"),
        ("Skills", "| Skill | Since |\n|-|-|\n| Python | 2010 |", "| Skill | Since |\n| --- | --- |\n| Python | 2010 |"),
    ],
)  # fmt: skip
def test_entries_without_headings(tmp_path: Path, section: str, text: str, expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## {section}\n\n{text}\n")
    assert pages["index"].partition(f"## {section}\n\n")[2] == f"{expected}\n"


@pytest.mark.parametrize(
    "text",
    [
        "| Whole |\n|-|\n| 2019 |",
        ": Started\n: two | 2019",
        "| 2019 – 2021 | |\n|---|---|\n| 2017 | |",
        "### BSc, 2019\n\nUniversity of Oslo: Faculty of Arts\n",
    ],
)
def test_words_that_may_be_an_entry_are_kept(tmp_path: Path, text: str) -> None:
    page, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## Education\n\n{text}\n")
    assert [word for word in re.findall(r"\w+", text) if word not in page["index"]] == []


def test_headings_in_another_language_are_known(tmp_path: Path) -> None:
    text = "# Erika Beispiel\n\n## Berufserfahrung\n\n### Pflegerin, Heim (Seit März 2020)\n\n## Ausbildung\n\nSchule\n"
    pages, _ = imported(tmp_path, "cv.md", text)
    assert "### Pflegerin\n:organization: Heim\n:period: Seit März 2020\n" in pages["index"]


def test_place_and_date_of_a_signature_are_no_entry(tmp_path: Path) -> None:
    text = "## Ehrenamt\n\n- THW\n\nKöln, den 12. November 2026\n\n*Erika Beispiel*\n"
    pages, _ = imported(tmp_path, "cv.md", f"# Erika Beispiel\n\n## Profil\n\nGut.\n\n{text}")
    assert pages["index"].endswith(text)


def test_bold_line_with_the_label_of_a_field_begins_no_entry(tmp_path: Path) -> None:
    text = "2014 – 2018 | University of Oslo\n\n**Degree: Master of Arts**\n\n2010 – 2014 | School of Bergen\n"
    pages, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## Education\n\n{text}")
    assert pages["index"].partition("## Education\n\n")[2] == (
        "### University of Oslo\n:institution: University of Oslo\n:period: 2014 – 2018\n:degree: Master of Arts\n\n"
        "### School of Bergen\n:institution: School of Bergen\n:period: 2010 – 2014\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "### Baker, Acme Ltd\n\n#### MAY 2019 - PRESENT\n\nBaked.\n",
        "### May 2019 - Present\n\n#### Baker, Acme Ltd\n\nBaked.\n",
        "### May 2019 - Present\n\nBaker, Acme Ltd\n\nBaked.\n",
    ],
    ids=["below", "above", "above text"],
)
def test_heading_that_is_a_date_belongs_to_the_entry_beside_it(tmp_path: Path, text: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## Experience\n\n{text}")
    assert pages["index"].casefold() == (
        "# ada\n\n## experience\n\n### baker\n:organization: acme ltd\n:period: may 2019 - present\n\nbaked.\n"
    )


def test_page_of_cvtools_is_recognised() -> None:
    assert markdown.is_own("# Ada\n:email: a@b.pl\n")
    assert not markdown.is_own("# Ada\n:only: short\n")
    assert not markdown.is_own("# Ada\n\nText\n:email: a@b.pl\n")


def test_bold_paragraphs_are_headings_if_there_are_no_others(tmp_path: Path) -> None:
    text = "**📄 RESUME**\n\n**👤 Ada Example**\n\n**💼 WORK HISTORY**\n\n**Corp**, 2019\n\n**Skills:**\n- Ink\n\n**Words**\n"
    pages, _ = imported(tmp_path, "cv.md", text)
    sections = "## 💼 WORK HISTORY\n\n### Corp\n:organization: Corp\n:period: 2019\n\n## Skills\n\n- Ink\n"
    assert pages["index"] == f"# Ada Example\n\n{sections}\n**Words**\n"
    pages, _ = imported(tmp_path, "cv.md", "# Ada\n\n## Work\n\n**Skills**\n\nInk\n")
    assert "**Skills**" in pages["index"]


def test_long_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="more than 1 million characters"):
        imported(tmp_path, "cv.md", "# Ada\n\n" + "x" * limits.IMPORT_MARKDOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <!-- salary --> b\n\n<!-- - old\n\nitem -->\n\n`<!-- code -->` <!-- no end", "a  b\n\n`<!-- code -->` \\<!-- no end"),
        ("- a\n<!-- - old -->\n- b", "- a\n- b"),
        ("`2019 – 2020`\n> said", "`2019 – 2020`\n\n> said"),
        ("![Python](https://a.example) [![](b.png)](https://c.example)", "Python <https://c.example>"),
        ("`{.a}` `$x$` `![](x)` {show=pdf}", "`{.a}` `$x$` `![](x)` \\{show=pdf}"),
        ("::: {.columns}\n[small]{.smallcaps} `x`{=html} {n=3} {#id}\n:::\n\n\\newpage", "small `x` \\{n=3}"),
        ("\\begin{center}\n\\href{https://a.example}{A}\n\\end{center}", "[A](https://a.example)"),
        ("a[^1] b[^1]\n\n[^1]: A *note*\n    in two lines\n[^2]: none", "a (A *note* in two lines) b\n\n\\[^2\\]: none"),
        ("$\\alpha_1$ and $$x^2$$, $5 *to* 6$, $\\def\\x{}$", "{math}`\\alpha_1` and {math}`x^2`, $5 *to* 6$, `\\def\\x{}`"),
        ("<table><tr><th colspan=2>A</th></tr><tr><td>b</td><td>c</td></tr></table>", "| A |  |\n| --- | --- |\n| b | c |"),
        ("a&nbsp;b &eacute; &lt;i&gt; &ast;\n\n<hr/>\n\n\\vspace{2mm}\n\\parindent -0.1in\n{% include a.html %}\n[c]()", "a\xa0b é \\<i> *\n\nc"),
        ("a\n\n##\n\nb\n\n### <br>c\nd", "a\n\nb\n\nc\nd"),
        ("a [[Note]] and [[b/c|*that*]] ^ref\n\n> [!info] Aim\n> b%%not\nyet%% `%% [[x]] %%`", "a Note and *that*\n\n> **Aim**\n>\n> b `%% [[x]] %%`"),
        ("Ask <i.example@example.org> or <b@example.org>.", "Ask [i.example@example.org](mailto:i.example@example.org) or [b@example.org](mailto:b@example.org)."),
    ],
)  # fmt: skip
def test_syntax_of_others_leaves_its_words(tmp_path: Path, text: str, expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## Notes\n\n{text}\n")
    assert pages["index"] == f"# Ada\n\n## Notes\n\n{expected}\n"


def test_comments_and_pictures_are_reported(tmp_path: Path) -> None:
    _, unread = imported(tmp_path, "cv.md", "# Ada\n\nWords. <!-- salary --> %% 10%% ![me](me.jpg)\n")
    assert unread == ["comments (<!-- … -->) are left out", "comments (%% … %%) are left out", NO_PICTURE]


def test_link_titles_and_unused_definitions_are_reported(tmp_path: Path) -> None:
    text = """# Ada

## Notes

A [page](https://a.example "My page") and [other][x]. `[a](b "c")`

[X]: https://b.example (Other words)
[old]: <https://c.example> 'Old page'
[//]: # (not shown)
"""
    pages, unread = imported(tmp_path, "cv.md", text)
    words = 'A [page](https://a.example) and [other](https://b.example). `[a](b "c")`'
    assert pages["index"] == f"# Ada\n\n## Notes\n\n{words}\n"
    assert unread == [
        'titles of links are left out: "My page", (Other words)',
        "addresses that no link refers to are left out: [old]: <https://c.example> 'Old page'",
    ]


def test_settings_of_a_document_are_no_words_of_a_cv(tmp_path: Path) -> None:
    settings = "title: Curriculum vitæ\nauthor: Ada Exemple\ndate: mai 2026\nlang: fr\ncreated: 2024\ntags: [cv]"
    text = f"---\n{settings}\ncssclass: wide\n---\n# Ada Exemple\n\nMots.\n"
    pages, unread = imported(tmp_path, "cv.md", text)
    assert pages["index"] == "# Ada Exemple\n\nMots.\n"
    assert unread == ["front matter: left out, as settings of a document: title, lang, date"]


def test_front_matter_may_have_a_blank_line_words_and_both_names(tmp_path: Path) -> None:
    text = "---\n\nname: Ada\nsurname: Example\ndescription: I draw.\nimg: a.png\n---\n\n# Work\n\nx\n\n# Skills\n\ny\n"
    pages, unread = imported(tmp_path, "cv.md", text)
    assert pages["index"] == "# Ada Example\n\nI draw.\n\n## Work\n\nx\n\n## Skills\n\ny\n"
    assert unread == ["front matter: left out, as settings and pictures: img"]


def test_heading_with_signs_tells_the_language(tmp_path: Path) -> None:
    pages, _ = imported(
        tmp_path, "cv.md", "# 山田\n\n## ■職務経歴\n\n### 株式会社A（2020年4月～現在）\n\n## ■学歴\n\nx\n"
    )
    assert ":period: 2020年4月～現在\n" in pages["index"]


@pytest.mark.parametrize("title", ["# [Ada Example](https://ada.example)", "[Ada Example](https://ada.example) | Dev"])
def test_link_of_the_name_is_a_website(tmp_path: Path, title: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", f"{title}\n\n## Work\n\nWords.\n")
    assert pages["index"].startswith("# Ada Example\n")
    assert ":website: <https://ada.example>\n" in pages["index"]


@pytest.mark.parametrize(("title", "is_reported"), [("Write to me in Oslo", True), ("Contact", False)])
def test_left_out_heading_of_contacts_is_reported_unless_it_is_a_common_one(
    tmp_path: Path, title: str, is_reported: bool
) -> None:
    text = f"# Ada Example\n\nDev\n\n## {title}\n\n- ada@x.example\n\n## Work\n\nWords.\n"
    pages, unread = imported(tmp_path, "cv.md", text)
    assert title not in pages["index"]
    assert any(title in line for line in unread) == is_reported


def test_link_in_a_headline_beside_contacts_is_a_website(tmp_path: Path) -> None:
    line = "CTO of [Example Corp](https://corp.example) | ada@x.example"
    pages, _ = imported(tmp_path, "cv.md", f"# Ada Example\n\n{line}\n\n## Work\n\nWords.\n")
    assert ":headline: CTO of Example Corp\n:email: ada@x.example\n" in pages["index"]
    assert ":website: [Example Corp](https://corp.example)\n" in pages["index"]
