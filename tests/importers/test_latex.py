"""CVs in LaTeX become pages."""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from cvtools.importers.imported_objects import NO_PICTURE
from tests.importers.pages import imported


def body(tmp_path: Path, text: str, preamble: str = "", cls: str = "moderncv") -> str:
    """Return the page of a document, without the name."""
    document = f"\\documentclass{{{cls}}}\n{preamble}\n\\begin{{document}}\n{text}\n\\end{{document}}\n"
    pages, _ = imported(tmp_path, "cv.tex", document)
    return pages["index"].partition("\n")[2].strip()


@pytest.mark.parametrize(
    ("preamble", "expected"),
    [
        (r"\name{Ada}{E}\born{4 July 1985}\tagline{Arches}", ":headline: Arches\n\n## Also in the file\n\n- Born: 4 July 1985"),
        (r"\name{Ada}{E}\homepage{ada.example}", ":website: [ada.example](https://ada.example)"),
        (r"\name{Ada}{E}\homepage{ada.example/~ada\_e}\extrainfo{\url{b.example/\~{}b}}", ":website: [ada.example/~ada_e](https://ada.example/~ada_e)\n:b: <https://b.example/~b>"),
        (r"\name{Ada}{E}\address{Long 1}{Oslo}\mobile{123 456 789}", ":phone: 123 456 789\n:location: Long 1, Oslo"),
        (r"\name{Ada}{E}\kaggle{ada}\reddit{ada_e}", ":kaggle: [ada](https://www.kaggle.com/ada)\n\n## Also in the file\n\n- Reddit: ada_e"),
        (r"\name{Ada}{E}\address{Long 1}{80-001 Oslo}{}", ":location: Long 1, 80-001 Oslo"),
        (r"\name{Ada}{E}\social[googlescholar]{x}\social[xing]{ada}", ":scholar: [x](https://scholar.google.com/citations?user=x)\n\n## Also in the file\n\n- Xing: ada"),
        (r"\name{Ada}{E}\github{ada}\quote{To \emph{be}}\photo[1pt]{me}", ":github: [ada](https://github.com/ada)\n\n> To *be*"),
        (r"\firstname{Ada}\familyname{E}\extrainfo{Extra}", "- Extra"),
    ],
)  # fmt: skip
def test_person(tmp_path: Path, preamble: str, expected: str) -> None:
    assert body(tmp_path, "", preamble) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\section{Awards}\cventry{2020}{Prize}{Jury}{Oslo}{first}{}", "## Awards\n\n### Prize\n:issuer: Jury\n:date: 2020\n\n- Location: Oslo\n\nfirst"),
        (r"\section{Work}\cventry{2019}{A* search}{B\_c\_ Corp}{}{}{}", "## Work\n\n### A\\* search\n:organization: B_c\\_ Corp\n:period: 2019"),
        (r"\section{Education}\cventry{2019 -}{BSc}{Univ}{}{5.0}{}", "## Education\n\n### BSc\n:institution: Univ\n:period: 2019 – present\n:score: 5.0"),
        (r"\section{Skills}\cvdoubleitem{A}{b}{C}{d}\cvlistdoubleitem{x}{}", "## Skills\n\n- **A:** b\n- **C:** d\n- x"),
        (r"\section{Skills}\cvskillentry*[1em]{Tools:}{4}{Ink}{10 years}{}\cvskillentry{}{}{Nibs}{}{good}\cvitem{Texts}{\LaTeX, \og Paris\fg{}}", "## Skills\n\n- **Tools:** Ink: 4/5, 10 years\n- Nibs: good\n- **Texts:** LaTeX, « Paris »"),
        (r"\section{Work}\subsection{Jobs}\cventry{2019}{Dev}{Corp}{}{}{}", "## Work\n\n### Jobs\n\n#### Dev\n:organization: Corp\n:period: 2019"),
        ("\\section{Ausbildung}\\begin{longtable}{lp{3cm}}2018 & Studium, TU Dresden\\\\\n & Gut.\\\\\n2014 & Abitur, Gymnasium\\end{longtable}", "## Ausbildung\n\n### Studium\n:institution: TU Dresden\n:period: 2018\n\nGut.\n\n### Abitur\n:institution: Gymnasium\n:period: 2014"),
        (r"\newcommand{\job}[2]{\begin{tabular}{p{3cm}l} #1 & #2 \end{tabular}\\[4pt]}\section{Experience}\job{2019}{\textbf{Fitter}, Kluge \& Partner}\job{2018}{Dev, Corp}", "## Experience\n\n### Fitter\n:organization: Kluge & Partner\n:period: 2019\n\n### Dev\n:organization: Corp\n:period: 2018"),
        (r"""\section{Texte}"`Eins"' und 6"'""", "## Texte\n\n„Eins“ und 6\"'"),
        (r"\section{Papers}\cvlistitem{Arches, \doi{10.1000/182}}", "## Papers\n\n- Arches, [10.1000/182](https://doi.org/10.1000/182)"),
        (r"\section{Grants}\cventry{2020}{Arches}{Fund}{}{}{}\section{Interests}", "## Grants\n\n### Arches\n:funder: Fund\n:period: 2020\n\n## Interests"),
        (r"\section{Essays}\subsection{Old}\cvitem{2020}{On arches}", "## Essays\n\n### Old\n\n- **2020:** On arches"),
        (r"\section{Work}\cvitem{}{}\cventry{2020}{T}{}{}{}{}\cvlistitem{x}\cvitem{}{y}", "## Work\n\n### T\n:period: 2020\n\n- x\n- y"),
        (r"\section{Things}\begin{enumerate}\item a \item b\end{enumerate}\url{x.example} \textbf{} $x^2$ \textcolor{red}{r}", "## Things\n\n1. a\n2. b\n\n<https://x.example>  x^2 r"),
        (r"\section{Sprachen}\cvlanguage{Deutsch}{gut}{}\section{Ausbildung}\cventry{Seit März 2020}{BSc}{Univ}{}{}{}", "## Sprachen\n\n- **Deutsch:** gut\n\n## Ausbildung\n\n### BSc\n:institution: Univ\n:period: Seit März 2020"),
        (r"\section{Projects}\resumeProjectHeading{\textbf{Maps} $|$ \emph{Go, C}}{2020}", "## Projects\n\n### Maps\n:period: 2020\n:technologies: Go, C"),
        (r"\DeclareRobustCommand{\kube}{Kubernetes\xspace}\section{Work}Kept \kube{} boring, \kube too.", "## Work\n\nKept Kubernetes boring, Kubernetes too."),
        (r"\NewDocumentCommand{\job}{m m}{\cventry{#1}{#2}{}{}{}{}}\section{Work}\job{2019}{Dev}", "## Work\n\n### Dev\n:period: 2019"),
        (r"\section{Notes}\parbox[t]{.8\textwidth}{One} \parbox[t][2cm][c]{5cm}{two} \parbox{3cm}{three}", "## Notes\n\nOne two three"),
        (r"\section{Work}\makebox[2cm][l]{2018--2019}\parbox[t]{5cm}{Engineer, Corp}", "## Work\n\n### Engineer\n:organization: Corp\n:period: 2018–2019"),
        (r"\newcommand{\job}[2]{\makebox[1in][l]{#1}#2\medskip}\section{Work}\job{2019--}{Cook, Inn} \job{1988--98}{Baker, Corp}", "## Work\n\n### Cook\n:organization: Inn\n:period: 2019–\n\n### Baker\n:organization: Corp\n:period: 1988–98"),
        (r"\newcommand{\trial}[2]{\item[#1] #2}\section{Trials}\begin{description}\trial{A v B}{Won.}\trial{C v D}{Lost.}\item[E] Open\end{description}", "## Trials\n\n- **A v B** Won.\n- **C v D** Lost.\n- **E** Open"),
        (r"\section{Notes}\textbf{a \textsc{b} c \emph{d \textbf{e}}} \emph{x \textit{y} z}", "## Notes\n\n**a b c *d e*** *x y z*"),
        (r"\section{Education}\begin{tabular}{ll}2011 & PhD, Oslo University. Advisor: M. G\\2007 & BSc, Oslo University\end{tabular}", "## Education\n\n### PhD\n:institution: Oslo University\n:period: 2011\n\nAdvisor: M. G\n\n### BSc\n:institution: Oslo University\n:period: 2007"),
        (r"\section{Notes}Some words\footnote{Said \emph{once}}.", "## Notes\n\nSome words (Said *once*)."),
        (r"\newcommand{\job}[3][Oslo]{\cventry{#2}{#3}{Corp}{#1}{}{}}\section{Work}\job{2020}{Dev}\job[Bonn]{2019}{Aide}", "## Work\n\n### Dev\n:organization: Corp\n:period: 2020\n:location: Oslo\n\n### Aide\n:organization: Corp\n:period: 2019\n:location: Bonn"),
        (r"\newcommand*\tool[1][ink]{\emph{#1}}\NewDocumentCommand\use{ O{x} m m }{#2 #1#3}\section{Work}\tool{}, \tool[nibs] \use{a}{b} \use[y]{a}{b}#1", "## Work\n\n*ink*, *nibs* a xb a yb#1"),
        (r"\section{References}\begin{cvcolumns}\cvcolumn{Firms}{Some:\begin{itemize}\item A\item B\end{itemize}}\cvcolumn[0.5]{Rest}{\textit{That} one}\end{cvcolumns}", "## References\n\n- **Firms:** Some:\n  - A\n  - B\n- **Rest:** *That* one"),
        (r"\section{Work}\cvitem[0.25em]{a}{b}\cvlistitem[--]{c}\cvlistdoubleitem[1em]{d}{e}", "## Work\n\n- **a:** b\n- c\n- d\n- e"),
        (r"\section{Jobs}\resumeSubheading{Corp}{Oslo}{Dev}{Summer 2012 and 2013}\resumeProjectHeading{\textbf{P}}{2020}", "## Jobs\n\n### Dev\n:organization: Corp\n:location: Oslo\n\n- Period: Summer 2012 and 2013\n\n### P\n:kind: project\n:period: 2020"),
    ],
)  # fmt: skip
def test_moderncv(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, text, r"\name{Ada}{E}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\personalinfo{\email{a@b.pl}\printinfo{\faIcon{x}}{Y}}", ":email: a@b.pl\n\n- Y"),
        (r"\cvsection{Work}\cvevent{T}{O}{2020 -- 2021}{P}\divider words", "## Work\n\n### T\n:organization: O\n:period: 2020 – 2021\n:location: P\n\nwords"),
        (r"\cvsection{Strengths}\cvtag{a}\cvachievement{\faIcon{x}}{b}{c}\cvachievement{}{d}{}", "## Strengths\n\n- a\n- **b:** c\n- d"),
        (r"\cvsection{Referees}\cvref{Bob}{b@c.pl}{Street 1}", "## Referees\n\n### Bob\n:email: b@c.pl\n\nStreet 1"),
        (r"\cvsection{Referees}\cvref{Bob}{Corp}{b@c.pl}{Street}{Oslo}", "## Referees\n\n- **Bob:** Corp – b@c.pl – Street – Oslo"),
        (r"\cvsection{Day}\wheelchart{1cm}{2cm}{6/8em/red!3/Sleep, 3/8em/blue/{Work}}", "## Day\n\nSleep, Work"),
        (r"\cvsection{Referees}\cvref{Bob}{Corp}{b@c.pl}{Street\\Oslo}", "## Referees\n\n### Bob\n:organization: Corp\n:email: b@c.pl\n\nStreet\nOslo"),
    ],
)  # fmt: skip
def test_altacv(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, text, r"\name{Ada}\tagline{}", "altacv").startswith(expected)


DEEDY = r"""
\namesection{Ada}{E}{\href{mailto:a@b.pl}{a@b.pl} | \href{https://ada.example}{ada.example}}\lastupdated
\section{Education}
\subsection{Cornell University}\descript{MEng in Computer Science}\location{Dec 2014 | Ithaca, NY}
College of Engineering \\ \location{GPA: 3.8}
\subsection{Second School}\location{2011| Kolkata}
\section{Skills}\subsection{Programming}\location{Over 5000 lines:}C
\section{Experience}\runsubsection{Corp}\descript{| Lead }\location{May 2013 -- Aug 2013 | Oslo}
\begin{tightemize}\item Led.\end{tightemize}\sectionsep
"""


def test_deedy(tmp_path: Path) -> None:
    assert body(tmp_path, DEEDY, cls="deedy-resume-openfont") == (
        ":email: a@b.pl\n:website: [ada.example](https://ada.example)\n\n"
        "## Education\n\n### MEng in Computer Science\n:institution: Cornell University\n:period: Dec 2014\n"
        ":location: Ithaca, NY\n:score: 3.8\n\nCollege of Engineering\n\n"
        "### Second School\n:period: 2011\n:location: Kolkata\n\n"
        "## Skills\n\n### Programming\n\nOver 5000 lines:\n\nC\n\n"
        "## Experience\n\n### Lead\n:organization: Corp\n:period: May 2013 – Aug 2013\n:location: Oslo\n\n- Led."
    )


EUROPASS = r"""
\begin{europasscv}\ecvpersonalinfo[10pt]
\ecvbigitem{Job applied for}{Manager}
\ecvsection{Work experience}
\ecvtitle{2002 -- Present}{Consultant}
\ecvitem{}{British Council\\75023 Paris}
\ecvitem{}{Evaluated.}
\ecvitem{}{\begin{ecvitemize}\item One\item Two\end{ecvitemize}}
\ecvsection{Education}
\ecvtitlelevel[5pt]{1997 -- 2001}{PhD}{ISCED 6}\ecvitem{}{Brunel University}
\ecvsection{Personal skills}
\ecvmothertongue[5pt]{English}\ecvlanguageheader
\ecvlanguage{French}{C1}{C2}{\ecvBOne}{\ecvCTwo}{A1}\ecvlanguagecertificate{DELF}\ecvlanguagefooter
\ecvblueitem{Jobs}{\begin{ecvitemize}\item mentoring\end{ecvitemize}}
\ecvdigitalcompetence{\ecvProficient}{\ecvBasic}{A}{B}{C}
\end{europasscv}
"""


def test_europass(tmp_path: Path) -> None:
    person = r"\ecvname{Ada}\ecvaddress{Long 1}\ecvtelephone[111 222 333]{444 555 666}\ecvemail{a@b.pl}\ecvim{Skype}{x}\ecvfax{1}"
    page = body(tmp_path, EUROPASS, rf"{person}\ecvfootername{{Bob}}\ecvfootnote{{See}}", "europasscv")
    assert page == (
        ":email: a@b.pl\n:phone: 111 222 333\n:phone: 444 555 666\n:location: Long 1\n\n"
        "- See\n- **Job applied for:** Manager\n\n"
        "## Work experience\n\n### Consultant\n:organization: British Council\n:period: 2002 – Present\n"
        ":location: 75023 Paris\n\nEvaluated.\n\n- One\n- Two\n\n"
        "## Education\n\n### PhD\n:institution: Brunel University\n:period: 1997 – 2001\n\n- Level: ISCED 6\n\n"
        "## Personal skills\n\n- **Mother tongue:** English\n- **French:** C1 – C2 – B1 – C2 – A1\n- DELF\n"
        "- **Jobs:**\n  - mentoring\n- **Information processing:** Proficient\n- **Communication:** Basic\n"
        "- **Content creation:** A\n- **Safety:** B\n- **Problem solving:** C\n\n"
        "## Also in the file\n\n- Skype: x\n- Fax: 1"
    )


@pytest.mark.parametrize("text", ["{" * 3000 + "}" * 3000, "\\textbf{" * 3000])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        body(tmp_path, text)


@pytest.mark.parametrize("text", [r"\begin{array}", r"$\begin{pmatrix}\end{pmatrix}$"])
def test_text_before_latex_without_words_is_kept(tmp_path: Path, text: str) -> None:
    assert "Kept" in body(tmp_path, f"\\section{{Work}}Kept {text}", r"\name{Ada}{E}")


def test_latex_that_ends_within_a_command_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ends within a command"):
        body(tmp_path, r"\section{Work}\verb")


def test_author_of_a_plain_document_is_the_person(tmp_path: Path) -> None:
    preamble = r"\documentclass{article}\title{Lebenslauf}\author{Dr. Ada E\\a@b.pl}"
    table = r"\section*{Persönliche Daten}\begin{tabular}{ll}Name: & Ada E\\ Telefon: & 0351/445566\end{tabular}"
    document = rf"{preamble}\begin{{document}}\maketitle{table}\section*{{Kenntnisse}}Tinte\end{{document}}"
    pages, _ = imported(tmp_path, "cv.tex", document)
    assert pages["index"] == "# Dr. Ada E\n:email: a@b.pl\n:phone: 0351/445566\n\n## Kenntnisse\n\nTinte\n"


def test_picture_is_reported(tmp_path: Path) -> None:
    document = "\\documentclass{moderncv}\n\\name{Ada}{E}\\photo{me}\n\\begin{document}\n\\end{document}\n"
    _, unread = imported(tmp_path, "cv.tex", document.replace("\\end", "Words.\\end"))
    assert unread == [NO_PICTURE]


def test_command_that_lacks_its_arguments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"it is damaged LaTeX: \\cventry lacks its arguments"):
        body(tmp_path, r"\section{Work}\cventry{2015}{X", r"\name{Ada}{E}")


@pytest.mark.parametrize("name", ["entry", "source", "walk", "kind", "contact"])
def test_unknown_command_leaves_its_words(tmp_path: Path, name: str) -> None:
    assert body(tmp_path, rf"\section{{Work}}\{name}{{Dev}}", r"\name{Ada}{E}") == "## Work\n\nDev"


def test_date_of_today_is_left_out_and_reported(tmp_path: Path) -> None:
    document = r"\documentclass{{moderncv}}\begin{{document}}\name{{Ada}}{{E}}{}Words.\end{{document}}"
    pages, unread = imported(tmp_path, "cv.tex", document.format(r"\makecvfooter{\today}{Ada}{}Oslo, \today{}. "))
    assert pages["index"] == "# Ada E\n\nOslo, . Words.\n"
    assert unread == [r"\today is left out, since it has another value each day: delete the words around it"]
    assert imported(tmp_path, "cv.tex", document.format(r"\makecvfooter{\today}{Ada}{}"))[1] == []


def test_name_beside_the_number_of_a_profile_is_kept(tmp_path: Path) -> None:
    preamble = r"\name{Ada}{E}\stackoverflow{123}{ada-e}"
    assert body(tmp_path, "", preamble, "awesome-cv") == (
        ":stackoverflow: [123](https://stackoverflow.com/users/123)\n\n## Also in the file\n\n- Stackoverflow name: ada-e"
    )


def test_class_resume(tmp_path: Path) -> None:
    address = r"\address{+48 123 456 \\ Oslo, Norway}\address{\href{mailto:a@b.pl}{a@b.pl} \\ \url{github.com/ada}}"
    text = (
        r"\begin{rSection}{Work}\begin{rSubsection}{Corp}{2019 - 2020}{Dev}{Oslo}\item Built\end{rSubsection}"
        r"\end{rSection}\begin{rSection}{Experience}\textbf{Engineer} \hfill 2021 -- Present\\ Corp \hfill \textit{Oslo}"
        r"\begin{itemize}\item Led\end{itemize}\end{rSection}"
    )
    assert body(tmp_path, text, rf"\name{{Ada}}{address}", "resume") == (
        ":email: a@b.pl\n:phone: +48 123 456\n:location: Oslo, Norway\n:github: [ada](https://github.com/ada)\n\n"
        "## Work\n\n### Dev\n:organization: Corp\n:period: 2019 - 2020\n:location: Oslo\n\n- Built\n\n"
        "## Experience\n\n### Engineer\n:organization: Corp\n:period: 2021 – Present\n:location: Oslo\n\n- Led"
    )


def test_braces_in_the_heading_of_an_entry_lose_no_words(tmp_path: Path) -> None:
    text = r"\begin{rSection}{\large Work}\begin{rSubsection}{\textbf{Corp}}{2019 - 2020}{Dev}{}\item Built\end{rSubsection}\end{rSection}"
    expected = "## Work\n\n### Dev\n:organization: Corp\n:period: 2019 - 2020\n\n- Built"
    assert body(tmp_path, text, r"\name{Ada}", "resume") == expected


def test_plain_document_has_contacts_and_entries(tmp_path: Path) -> None:
    text = r"\textbf{Ada Example}\\ a@b.pl $|$ Oslo\section{Experience}\textbf{Dev}, Corp \hfill Summer 2018"
    (tmp_path / "cv.tex").write_text(rf"\documentclass{{article}}\begin{{document}}{text}\end{{document}}", "utf-8")
    pages, _ = imported(tmp_path, "cv.tex", (tmp_path / "cv.tex").read_text("utf-8"))
    assert pages["index"] == (
        "# Ada Example\n:email: a@b.pl\n:location: Oslo\n\n## Experience\n\n### Dev\n:organization: Corp\n:period: Summer 2018\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\begin{itemize}\small{\item{\textbf{A}{: b} \\ \textbf{C}{: d}}}\end{itemize}", "- **A**: b\n- **C**: d"),
        (r"\begin{itemize}[label={}]\itemsep0em {\small \item A \item B}\end{itemize}", "- A\n- B"),
        (r"\begin{itemize}Words first\item[$\bullet$] A {\item B}\end{itemize}", "Words first\n\n- A\n- B"),
        (r"\begin{itemize}\resumeItem{A}\resumeItem{B}\end{itemize}", "- A\n- B"),
        (r"\begin{description}\item[Key] a\item[\textbf{Other}] b\end{description}", "- **Key** a\n- **Other** b"),
        (r"{\small \cvlistitem{A}}", "- A"),
        (r"\begin{tightemize}\item A\item 90$^\circ$\end{tightemize}", "- A\n- 90°"),
        (r"\location{Jan 2015 -- Present | Oslo, OH}", "Jan 2015 – Present | Oslo, OH"),
    ],
)  # fmt: skip
def test_list_keeps_its_groups_and_words(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, rf"\section{{Work}}{text}", r"\name{Ada}{E}") == f"## Work\n\n{expected}"


@pytest.mark.parametrize(
    ("preamble", "text", "expected"),
    [
        ("", r"\job{Dev}{Corp}{Oslo}", "Dev Corp Oslo"),
        ("", r"\job*[0.5]{2cm}{Dev}[2019] \EUR{5}", "Dev 2019 €5"),
        (r"\newcommand{\job}[3]{\textbf{#1} at #2 (\yr{#3})}\def\yr#1{in #1}", r"\job{Dev}{Corp}{2019}", "**Dev** at Corp (in 2019)"),
        (r"\newcommand{\job}[2]{\begin{tabular}{ll}#1&#2\end{tabular}}", r"\job{Dev}{Corp} \job{Hand}{Corp}", "Dev | Corp\n\nHand | Corp"),
        (r"\newcommand{\upto}[2]{#1\,--\,#2}", r"\cventry{\upto{2019}{2020}}{Dev}{Corp}{}{}{}", "### Dev\n:organization: Corp\n:period: 2019 – 2020"),
        (r"\newcommand{\new}[1]{\section{#1}}", r"Some\new{Education}words", "## Education\n\nwords"),
    ],
)  # fmt: skip
def test_words_of_commands_stay_separate(tmp_path: Path, preamble: str, text: str, expected: str) -> None:
    assert body(tmp_path, rf"\section{{Work}}{text}", rf"\name{{Ada}}{{E}}{preamble}").endswith(f"\n\n{expected}")


def test_definitions_that_grow_are_refused(tmp_path: Path) -> None:
    defined = "".join(f"\\newcommand{{\\{a}}}{{" + f"\\{b}" * 400 + "}" for a, b in pairwise("pqxy"))
    with pytest.raises(ValueError, match="definitions make more than 5 MB: write simpler ones"):
        body(tmp_path, r"\section{Work}\p\p", rf"\name{{Ada}}{{E}}{defined}")


@pytest.mark.parametrize(
    "text",
    [
        r"\columnratio{0.6}\begin{paracol}{2}Words\end{paracol}",
        r"\NewInfoField*{gitlab}{\faGitlab}[https://gitlab.com/]\AtBeginEnvironment{itemize}{\small}Words",
        r"\photoR{2.8cm}{me}\makecvheader[C]\makecvfooter{\today}{Ada}{\thepage}Words\nocite{*}\bibliographystyle{plain}",
        r"\cvskilllegend*[1ex][][][][]{}\cvskillhead[-0.1em]\begin{minipage}[t]{0.5\textwidth}Words\end{minipage}",
        r"\printbibliography[heading=x,title={\printinfo{\faBook}{Books}}]\makebox[1cm][l]{Words}\rule{1cm}{1pt}",
        r"\pagenumbering{gobble}\linespread{1.2}\selectlanguage{german}\addcontentsline{toc}{section}{x}\phantom{x}Words",
        r"\cvSetColor{blue}\moveleft.5\hoffset\centerline{Words}\moveleft\hoffset\vbox{\hrule width\textwidth height 1pt}",
        r'\font\big=cmr10 Words\kern 0.25 cm\hangindent=2em\char"F095\fasymbol{"F041}',
        "Words\\begin{tabbing}\n\\hspace{2.6in}\\= \\kill\n\\end{tabbing}",
        r"\begin{adjustbox}{valign=t}Words\end{adjustbox}\begin{tabu} to \textwidth {X[l] X[r]}\end{tabu}",
    ],
)  # fmt: skip
def test_setup_commands_are_no_words(tmp_path: Path, text: str) -> None:
    assert body(tmp_path, rf"\section{{Work}}{text}", r"\name{Ada}{E}") == "## Work\n\nWords"


def test_only_labels_of_a_drawing_are_words(tmp_path: Path) -> None:
    text = r"\section{Work}\begin{tikzpicture}[scale=2]\draw[red] (0,0) circle (2);\node at (1,0) {Oslo};\node[x]{Long};\end{tikzpicture}"
    assert body(tmp_path, text, r"\name{Ada}{E}") == "## Work\n\nOslo Long"


@pytest.mark.parametrize(
    "link",
    [
        r"\raisebox{-0.05\height}\faGithub\ ada",
        r"\color{white}ada",
        r"\textcolor{blue}{ada}",
        r"\smallskip ada",
        r"\nolinkurl{ada}",
    ],
)
def test_text_of_a_link_has_no_settings(tmp_path: Path, link: str) -> None:
    text = rf"\section{{Work}}\href{{https://ada.example}}{{{link}}}"
    assert body(tmp_path, text, r"\name{Ada}{E}") == "## Work\n\n[ada](https://ada.example)"


def test_braces_after_a_separator_have_words(tmp_path: Path) -> None:
    text = r"\section{Notes}\textbf{Arches}\hfill{\small School}\newline{Oslo}"
    assert body(tmp_path, text, r"\name{Ada}{E}") == "## Notes\n\n**Arches** | School\nOslo"


@pytest.mark.parametrize(
    ("preamble", "expected"),
    [
        (r"\cvname{Ada \\ Example}\cvjobtitle{Fitter}\cvmail{ada@e.example}\cvnumberphone{+47 123 456 78}\cvsite{ada.example}\profilepic{me}", ":headline: Fitter\n:email: ada@e.example\n:phone: +47 123 456 78\n:website: [ada.example](https://ada.example)"),
        (r"\name[Ada Example]{Ada Example}\phonenumber{+47 123 456 78}\contactaddress{Long 1\\Oslo}", ":phone: +47 123 456 78\n:location: Long 1, Oslo"),
        (r"\name{Ada Example}\github[ada]{https://github.com/ada}\homepage[My page]{ada.example}", ":website: [My page](https://ada.example)\n:github: <https://github.com/ada>"),
        (r"\cvID{Ada}{Example}{me.jpg}{Fitter}\cvContactEmail{mailto:ada@e.example}", ":headline: Fitter\n:email: ada@e.example"),
        (r"\header{Ada}{Example}{Fitter}\email{ada@e.example}", ":headline: Fitter\n:email: ada@e.example"),
        (r"\name{Ada}{Example}\email{ada@e.example}", ":email: ada@e.example"),
        (r"\leftheader{\Large Ada Example\\ \texttt{ada@e.example}}", ":email: ada@e.example"),
    ],
)  # fmt: skip
def test_person_of_other_classes(tmp_path: Path, preamble: str, expected: str) -> None:
    assert body(tmp_path, r"\textperiodcentered\par\textbullet", preamble, "twentysecondcv") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\begin{twenty}\twentyitem{2019 -- now}{Fitter}{Arch Ltd}{\begin{itemize}\item Built\end{itemize}}\end{twenty}", "### Fitter\n:organization: Arch Ltd\n:period: 2019 – now\n\n- Built"),
        (r"\datedsubsection{\textbf{Fitter}, Arch Ltd}{May 2019 -- June 2020}Built.", "### Fitter\n:organization: Arch Ltd\n:period: May 2019 – June 2020\n\nBuilt."),
        (r"\job{May 2019 - \\ June 2020}{Arch Ltd}{Engineer}{Oslo}{Built.}", "### Engineer\n:organization: Arch Ltd\n:period: May 2019 – June 2020\n:location: Oslo\n\nBuilt."),
        (r"\job{2019}{Fitter}{Arch Ltd}{}{}\job{}{Ink}{Good}{Nibs}{}", "### Fitter\n:organization: Arch Ltd\n:period: 2019\n\n- **Ink:** Good – Nibs"),
        (r"\smallskip 10 in all, \textasciitilde 5 in \noindent 2 in-house \hoffset=1in\parskip 2pt", "10 in all, ~5 in 2 in-house"),
        (r"\job{2019}{Fitter}{Oslo}\job{2018}{Engineer}{Built arches and bridges of stone, of iron and of wood, and told everybody about them.}", "### Fitter\n:period: 2019\n\nOslo\n\n### Engineer\n:period: 2018\n\nBuilt arches and bridges of stone, of iron and of wood, and told everybody about them."),
        (r"\job{Fitter}{2019}Built\job{Engineer}{Oslo}{2018}{\begin{itemize}\item Broke\end{itemize}}", "### Fitter\n:period: 2019\n\nBuilt\n\n### Engineer\n:organization: Oslo\n:period: 2018\n\n- Broke"),
        (r"\job{2019}{2021}{Fitter}{Arch Ltd}\job{May 2018 -}{now}{Engineer}{Nibs}", "### Fitter\n:organization: Arch Ltd\n:period: 2019 – 2021\n\n### Engineer\n:organization: Nibs\n:period: May 2018 – now"),
        (r"\cventry{Fitter}{Arch Ltd}{Oslo}{May 2019}{\begin{itemize}\item Built\end{itemize}}{}", "### Fitter\n:organization: Arch Ltd\n:period: May 2019\n:location: Oslo\n\n- Built"),
        ("\\years{2019}{\\textbf{Built}\n\n arches}\\cvitem{\\textbf{Ink}}{good}", "- **2019:** **Built**\n\n  arches\n- **Ink:** good"),
        (r"\begin{joblong}{Fitter}{2019}\item Built\end{joblong}", "### Fitter\n:period: 2019\n\n- Built"),
        (r"\years{2019}{Built arches}", "- **2019:** Built arches"),
        (r"{\small\cventry{2019}{Fitter}{Arch Ltd}{}{}{\begin{itemize}\item Built\end{itemize}}}", "### Fitter\n:organization: Arch Ltd\n:period: 2019\n\n- Built"),
        (r"\begin{rSubsection}{Arch Ltd}{2019}{Fitter}\item Built\end{rSubsection}", "### Fitter\n:organization: Arch Ltd\n:period: 2019\n\n- Built"),
        (r"{\small\job{05/2019 ‐ 06/2020}{Engineer}{Arch Ltd}}\foo{\job{2018}{Fitter}{Arch Ltd}}", "### Engineer\n:organization: Arch Ltd\n:period: 05/2019 – 06/2020\n\n### Fitter\n:organization: Arch Ltd\n:period: 2018"),
        (r"\cvitemwithcomment{Ink}{Good}{\begin{itemize}\item Built\end{itemize}}", "- **Ink – Good:**\n  - Built"),
        (r"\cvline{2019}{Arch Ltd\begin{itemize}\item Built\end{itemize}}", "- **2019:** Arch Ltd\n  - Built"),
        (r"\begin{itemize}\item\begin{itemize}\item Built\end{itemize}\item Broke\end{itemize}", "- Built\n- Broke"),
        (r"\subsection{Arch Ltd}\subsubsection{Fitter}\mbox{\color{red}Built}\begin{spacing}{1.2}arches\end{spacing}", "### Arch Ltd\n\n#### Fitter\n\nBuilt\n\narches"),
        ("\\begin{twocolentry}{\n\\textit{Oslo}\n\n\\textit{May 2019 -- now}}\n\\textbf{Engineer}\n\n\\textit{Arch Ltd}\\end{twocolentry}Built", "### Engineer\n:organization: Arch Ltd\n:period: May 2019 – now\n:location: Oslo\n\nBuilt"),
        (r"\begin{threecolentry}{\textbf{BSc}}{2019}\textbf{Univ of Oslo}\end{threecolentry}", "### BSc\n:organization: Univ of Oslo\n:period: 2019"),
        (r"\subsection{Arch Ltd}[Oslo]Words", "### Arch Ltd\n\nOslo\n\nWords"),
    ],
)  # fmt: skip
def test_unknown_command_with_a_date_is_an_entry(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, rf"\section{{Work}}{text}", r"\name{Ada}{E}", "resume") == f"## Work\n\n{expected}"


def test_date_at_the_right_margin_makes_an_entry(tmp_path: Path) -> None:
    text = (
        r"\section{Work}{\sl Engineer} \hfill May 2019 -- June 2020\\ Arch Ltd\begin{itemize}\item Built\end{itemize}"
    )
    expected = "## Work\n\n### Engineer\n:organization: Arch Ltd\n:period: May 2019 – June 2020\n\n- Built"
    assert body(tmp_path, text, r"\name{Ada}{E}", "res") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\section{Publications}\paper{2019}{Ada and Bob}{Journal of Arches}{Arches}", "## Publications\n\n- **2019:** Ada and Bob – Journal of Arches – Arches"),
        (r"\begin{rSection}{Education}{\bf Univ of Oslo, Norway} \hfill {\em June 2004}\\BSc in Bridges\\Minor in Ink\\First class\\GPA: 4\end{rSection}", "## Education\n\n### BSc in Bridges\n:institution: Univ of Oslo\n:period: June 2004\n:location: Norway\n:score: 4\n\nMinor in Ink\nFirst class"),
        (r"\section{Skills}\begin{tabular}{ll}\bf Ink: & Red, black \\ Nibs \& pens & Steel\end{tabular}\begin{tabular}{ll}Ink & 2019\\Nibs & 2020\end{tabular}", "## Skills\n\n- **Ink:** Red, black\n- **Nibs & pens:** Steel\n\nInk | 2019\nNibs | 2020"),
        (r"\colsec{Skills}Ink\mysubsection{Tools}Nibs", "## Skills\n\nInk\n\n### Tools\n\nNibs"),
        (r"\begin{rubric}{Education}\entry*[2019] BSc, Univ of Oslo\end{rubric}\makerubrichead{Notes}Words", "## Education\n\n### BSc\n:institution: Univ of Oslo\n:period: 2019\n\n## Notes\n\nWords"),
    ],
)  # fmt: skip
def test_sections_of_other_classes(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, text, r"\name{Ada}{E}", "mycv") == expected


def test_signs_are_kept(tmp_path: Path) -> None:
    text = r"\section{Work}3~\euro, \pounds 5, \SI{5}{\km}, \S5, a\textbar b, \textalpha"
    assert body(tmp_path, text, r"\name{Ada}{E}") == "## Work\n\n3\u00a0€, £5, 5 km, §5, a|b, α"


def test_units_keep_their_names(tmp_path: Path) -> None:
    text = r"\section{Work}\SI{10}{\micro\metre}, \qtyrange{1}{2}{\mega\hertz}, \si{\kelvin\per\second}"
    assert body(tmp_path, text, r"\name{Ada}{E}").endswith("10 micrometre, 1 – 2 megahertz, kelvin per second")
    text = r"\section{Work}\SI{9.81}{m/s}, \SI{20}{\%}, \qty[per-mode=symbol]{5}{\kilo\metre}"
    assert body(tmp_path, text, r"\name{Ada}{E}").endswith(r"9.81 m/s, 20 %, 5 kilometre")


def test_earlier_role_keeps_its_employer(tmp_path: Path) -> None:
    text = r"Ada \section{Work}\resumeSubheading{Corp}{Oslo}{Lead}{2020}\resumeSubSubheading{Dev}{2019}"
    assert body(tmp_path, text, "", "article").endswith("### Dev\n:organization: Corp\n:period: 2019\n:location: Oslo")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\subsection*{Ausbildung}\cventry{2019}{BSc}{Univ}{}{}{}\subsection*{Sprachen}Polnisch", "## Ausbildung\n\n### BSc\n:institution: Univ\n:period: 2019\n\n## Sprachen\n\nPolnisch"),
        (r"\subsection{Profile}Words\section{Work}Done\subsection{More}Said", "## Profile\n\nWords\n\n## Work\n\nDone\n\n### More\n\nSaid"),
        (r"\cvitem{Ship}{Sloop}\cventry{2019}{Dev}{Corp}{}{}{}Did\section{Skills}Ink", "- **Ship:** Sloop\n\n## Work experience\n\n### Dev\n:organization: Corp\n:period: 2019\n\nDid\n\n## Skills\n\nInk"),
    ],
)  # fmt: skip
def test_nothing_is_lost_without_a_section(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, text, r"\name{Ada}{E}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Without other text, the heading of contacts is left out.
        (r"\section{Contact}\cventry{2019}{Dev}{Corp}{Oslo}{}{Did it.}", "## Dev\n:organization: Corp\n:period: 2019\n:location: Oslo\n\nDid it."),
        (r"\section{Contact}\job{2019}{Dev}{Corp}{Oslo}", "## Dev\n:organization: Corp\n:period: 2019\n:location: Oslo"),
        (r"\section{Work}\resumeSubheading{Dev}{Corp}{2019}{Oslo} Did it.", "## Work\n\n### 2019\n:organization: Dev\n:period: Oslo\n:location: Corp\n\nDid it."),
        (r"\section{Work}\resumeSubheading{}{}{2019}{}\resumeSubheading{Corp}{Oslo}{2018}{}", "## Work\n\n### 2019\n\n### 2018\n:organization: Corp\n:location: Oslo"),
    ],
)  # fmt: skip
def test_entries_lose_no_words(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, text, r"\name{Ada}{E}") == expected


@pytest.mark.parametrize("cls", ["article", "awesome-cv", "resume"])
def test_lines_of_an_address_are_kept(tmp_path: Path, cls: str) -> None:
    assert ":location: Long 1, Oslo" in body(tmp_path, "Words.", r"\name{Ada}{E}\address{Long 1}{Oslo}", cls)


def test_letter_bibliography_and_unknown_command_are_reported(tmp_path: Path) -> None:
    text = r"\section{On request}\section{Work}\job{Dev}{Corp}\bibliography{papers}\recipient{Them}{Oslo}\opening{Dear}\makelettertitle Words"
    document = rf"\documentclass{{moderncv}}\name{{Ada}}{{E}}\begin{{document}}{text}\end{{document}}"
    pages, unread = imported(tmp_path, "cv.tex", document)
    assert pages["index"] == "# Ada E\n\n## On request\n\n## Work\n\nDev Corp\n"
    assert unread == [
        "the letter at the end is left out: write it as a page of its own in docs/letters/",
        "the publications in papers.bib are left out: save the file beside the page, and list it there with {publications}",
        r"the meaning of \job is not known: the words are in the text",
    ]


def test_spaces_after_a_command_take_little_time(tmp_path: Path) -> None:
    began = time.process_time()
    assert "Work" in body(tmp_path, rf"\section{{Work}}Words\a{' ' * 50_000}", r"\name{Ada}{E}")
    assert time.process_time() - began < 3
