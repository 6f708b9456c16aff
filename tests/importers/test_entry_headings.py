"""Headings of entries become a title and fields."""

from pathlib import Path

import pytest

from tests.importers.pages import imported


@pytest.mark.parametrize(
    ("heading", "below", "expected"),
    [
        ("Engineer at Example Corp, 2019-2021", "", "Engineer\n:organization: Example Corp\n:period: 2019-2021"),
        ("**2019 – 2021: Engineer** @ Corp", "", "Engineer\n:organization: Corp\n:period: 2019 – 2021"),
        ("Corp | 2019 – 2021 | Engineer", "", "Engineer\n:organization: Corp\n:period: 2019 – 2021"),
        ("Example Corp 2019 – 2021", "*Engineer*", "Engineer\n:organization: Example Corp\n:period: 2019 – 2021"),
        ("Engineer", "**Corp** | Oslo\n*May 2019 to now*", "Engineer\n:organization: Corp\n:period: May 2019 to now\n:location: Oslo"),
        ("Engineer", "May 2018 – Jun 2019 (1 year 2 months): [**Corp**](https://c.example), Oslo", "Engineer\n:organization: [Corp](https://c.example)\n:period: May 2018 – Jun 2019\n:location: Oslo"),
        ("Engineer", "Corp, Oslo, OH | 2018 – present · 8 years", "Engineer\n:organization: Corp\n:period: 2018 – present\n:location: Oslo, OH"),
        ("Engineer", "Corp, Oslo, 2019", "Engineer\n:organization: Corp\n:period: 2019\n:location: Oslo"),
        ("Engineer (2019)", "Location: Oslo\nCompany: [Corp](https://c.example)", "Engineer\n:organization: [Corp](https://c.example)\n:period: 2019\n:location: Oslo"),
        ("Engineer, Corp, Oslo, Norway (2019)", "", "Engineer, Corp, Oslo, Norway\n:period: 2019"),
        ("Engineer 2017.10 - someday 2019", "", "Engineer 2017.10 - someday 2019"),
        ("Engineer", "*March 2019 – present (part-time, 0.8 FTE)*", "Engineer\n:period: March 2019 – present (part-time, 0.8 FTE)"),
        ("Engineer", "Corp, Sept 2025 – June 2028 expected", "Engineer\n\nCorp, Sept 2025 – June 2028 expected"),
        ("Engineer, Corp, Dec to Feb 2018", "", "Engineer, Corp, Dec to Feb 2018"),
        ("Engineer, Corp, 01 - 05 May 2019", "", "Engineer, Corp, 01 - 05 May 2019"),
        ("Engineer", "Corp, Oslo\\\n2019 – 2021", "Engineer\n:organization: Corp\n:period: 2019 – 2021\n:location: Oslo"),
        ("Engineer, Corp (2019 – 2021)", "**Other Corp**, 2015", "Engineer\n:organization: Corp\n:period: 2019 – 2021\n\n**Other Corp**, 2015"),
        ("Example | Oslo | 2008 – 2021", "**Lead** (2013 – 2021)\n\n**Engineer** (2008 – 2013)", "Example\n:organization: Example\n:period: 2008 – 2021\n:location: Oslo\n\n**Lead** (2013 – 2021)\n\n**Engineer** (2008 – 2013)"),
        ("株式会社サンプル（2019年～2021年）", "シニア／東京都\n\n- API", "シニア\n:organization: 株式会社サンプル\n:period: 2019年～2021年\n:location: 東京都\n\n- API"),
        ("Example GmbH (2019)", "- Built.", "Example GmbH\n:organization: Example GmbH\n:period: 2019\n\n- Built."),
        ("Engineer (2019)", "- Corp, 2018", "Engineer\n:period: 2019\n\n- Corp, 2018"),
        ("**Whit & Rao LLP**, Oslo, OH", "*Partner* | May 2018 – now", "Partner\n:organization: Whit & Rao LLP\n:period: May 2018 – now\n:location: Oslo, OH"),
        ("**Stone, Rao & Co.**, Oslo", "*Law Clerk* | 2019", "Law Clerk\n:organization: Stone, Rao & Co.\n:period: 2019\n:location: Oslo"),
        ("Chambers, Court, Oslo", "*Law Clerk* | 2019", "Law Clerk\n:organization: Chambers\n:period: 2019\n:location: Court, Oslo"),
        ("2015 – 2018: Helper, Corp, Oslo", "**2011 – 2015** School", "Helper\n:organization: Helper\n:period: 2015 – 2018\n:location: Corp, Oslo\n\n**2011 – 2015** School"),
        ("Engineer, HP, 2019", "", "Engineer\n:organization: HP\n:period: 2019"),
        ("Engineer, Corp, UK (2019)", "", "Engineer\n:organization: Corp\n:period: 2019\n:location: UK"),
        ("**Software** Engineer, Corp (2019)", "", "Software Engineer\n:organization: Corp\n:period: 2019"),
        ("Stone, Rao, Bo, Oslo", "*Law Clerk* | 2019", "Law Clerk\n:organization: Stone, Rao, Bo, Oslo\n:period: 2019"),
        ("Release of Office 2000", "", "Release of Office 2000"),
        ("Engineer", "Last updated: May 2013", "Engineer\n\nLast updated: May 2013"),
        ("Engineer", "Company: Corp, 2019", "Engineer\n:organization: Corp\n:period: 2019"),
        ("Engineer (2019)", "Reference: Bob, 09/2014", "Engineer\n:period: 2019\n\nReference: Bob, 09/2014"),
        ("Engineer", "Period: 2019 – 2021", "Engineer\n:period: 2019 – 2021"),
        ("Engineer (2019)", "Bau Müller GmbH, Oslo\nBuilt.", "Engineer\n:organization: Bau Müller GmbH\n:period: 2019\n:location: Oslo\n\nBuilt."),
        ("Engineer (2019)", "Left Bau GmbH for Corp.", "Engineer\n:period: 2019\n\nLeft Bau GmbH for Corp."),
        ("**Engineer**, *Corp* — Oslo (2019)", "", "Engineer\n:organization: Corp\n:period: 2019\n:location: Oslo"),
        ("Engineer, intern (2019)", "*Corp*", "Engineer, intern\n:organization: Corp\n:period: 2019"),
        ("**Engineer, Corp, Oslo, NY** (2019)", "", "Engineer\n:organization: Corp\n:period: 2019\n:location: Oslo, NY"),
        ("Sergeant, 2nd Company (2019)", "", "Sergeant\n:organization: 2nd Company\n:period: 2019"),
        ("**Engineer**, Oslo, NY (2019)", "", "Engineer\n:period: 2019\n:location: Oslo, NY"),
        ("Hôpital Modèle, Chirurgienne (2019)", "", "Chirurgienne\n:organization: Hôpital Modèle\n:period: 2019"),
        ("Engineer", "Acme, Oslo, OH\n2019", "Engineer\n:organization: Acme\n:period: 2019\n:location: Oslo, OH"),
        ("Engineer", "Acme\n2019 – 2020", "Engineer\n:organization: Acme\n:period: 2019 – 2020"),
        ("Engineer", "10/15 – 08/18 | Acme", "Engineer\n:organization: Acme\n:period: 10/15 – 08/18"),
        ("株式会社A（2019年）", "**役職：** 課長", "株式会社A\n:role: 課長\n:organization: 株式会社A\n:period: 2019年"),
        ("株式会社A ｜ エンジニア ｜ 2019", "", "エンジニア\n:organization: 株式会社A\n:period: 2019"),
    ],
)  # fmt: skip
def test_heading_of_work_has_role_employer_and_place(tmp_path: Path, heading: str, below: str, expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## Work\n\n## Experience\n\n### {heading}\n\n{below}\n")
    assert pages["index"].partition("## Experience\n\n### ")[2] == f"{expected}\n"


@pytest.mark.parametrize(
    ("section", "heading", "expected"),
    [
        ("Education", "University of Oslo, BSc (2010)", "BSc\n:institution: University of Oslo\n:period: 2010"),
        (
            "Education",
            "**University of Oslo**, J.D., *magna cum laude*, 2009",
            "J.D., magna cum laude\n:institution: University of Oslo\n:period: 2009",
        ),
        (
            "Education",
            "Technikum Elektryczne, technik elektryk (2015)",
            "technik elektryk\n:institution: Technikum Elektryczne\n:period: 2015",
        ),
        ("Education", "Bryn College, A.B. in Law, 2006", "A.B. in Law\n:institution: Bryn College\n:period: 2006"),
        (
            "Education",
            "BSc, Mathematics, University of Oslo (2019)",
            "BSc\n:institution: University of Oslo\n:period: 2019\n:area: Mathematics",
        ),
        (
            "Education",
            "**Oslo College** — mgr, Maths, 2019",
            "mgr\n:institution: Oslo College\n:period: 2019\n:area: Maths",
        ),
        (
            "Education",
            "BSc, Oslo College, First class (2019)",
            "BSc\n:institution: Oslo College\n:period: 2019\n:score: First class",
        ),
        (
            "Education",
            "Ausbildung zum Fitter, BBS Emden, Note 1,4 (2019)",
            "Ausbildung zum Fitter\n:institution: BBS Emden\n:period: 2019\n:score: 1,4",
        ),
        (
            "Education",
            "BSc, Oslo College, Note: 1,4 (2019)",
            "BSc\n:institution: Oslo College\n:period: 2019\n:score: 1,4",
        ),
        ("Certificates", "Cloud, Amazon (May 2020)", "Cloud\n:issuer: Amazon\n:date: May 2020"),
        (
            "Certificates",
            "White Belt (2016)\n\nFundamentals, and Dynamics",
            "White Belt\n:date: 2016\n\nFundamentals, and Dynamics",
        ),
        ("Talks", "On arches | Conf | Oslo | 2020-05-04", "On arches\n:event: Conf\n:date: 2020-05-04\n:place: Oslo"),
        (
            "Work experience",
            "Company: Acme Ltd (2019)\n\nRole: Baker",
            "Acme Ltd\n:role: Baker\n:organization: Acme Ltd\n:period: 2019",
        ),
        ("Projects", "A bridge, a dam (2020)", "A bridge, a dam\n:period: 2020"),
        (
            "Projects",
            "Maps | React, Flask | [site](https://a.example) | *2020*",
            "Maps\n:period: 2020\n:page: [site](https://a.example)\n:technologies: React, Flask",
        ),
        ("Projects", "Engine – C++17 – *May 2020*", "Engine – C++17\n:period: May 2020"),
        ("Courses", "Mentoring, 300 hours (2016)", "Mentoring, 300 hours\n:period: 2016"),
        ("Publications", "Arches (2020)", "Arches (2020)"),
        ("Concerts", "Season 2025/26", "Season 2025/26"),
        ("Grants", "Arches, Fund (2020)", "Arches\n:funder: Fund\n:period: 2020"),
        ("Grants", "Arches, Fund, €1.5M (2020)", "Arches\n:funder: Fund\n:period: 2020\n:amount: €1.5M"),
        ("Grants", "Arches | 250 000 zł | 2020", "Arches\n:period: 2020\n:amount: 250 000 zł"),
    ],
)
def test_heading_of_other_kinds_has_their_fields(tmp_path: Path, section: str, heading: str, expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", f"# Ada\n\n## {section}\n\n### {heading}\n")
    assert pages["index"].partition("### ")[2] == f"{expected}\n"
