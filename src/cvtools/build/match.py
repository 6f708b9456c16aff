"""Compare the advertisement of a job with a CV: which terms the CV has, and which entries to keep on a few pages."""

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx.search import languages
from Stemmer import Stemmer

from cvtools import limits
from cvtools.build.edition_patch import patch
from cvtools.build.edition_table import aligned, pages_of, read_editions, title_of, word_count
from cvtools.config import VARIANT, CvConfig
from cvtools.editions import Edition
from cvtools.errors import ProjectError, fault_of_file
from cvtools.files import write_atomically
from cvtools.importers.encoding_and_language import decode
from cvtools.model.dates import PartialDate, months_in_union
from cvtools.model.entries import Entry
from cvtools.model.kinds import KINDS, NAME_LISTS, WORKPLACES
from cvtools.model.technologies import lookalikes
from cvtools.model.values import Linked
from cvtools.nodes import ancestors
from cvtools.problems import Report
from cvtools.project import ProjectPaths
from cvtools.reading.domain import CvDomain
from cvtools.watchdog import WATCHDOG

#: A word of a text, such as CI, C++, Node.js or back-end.
_WORD = re.compile(r"[^\W\d_][\w+#]*(?:[.&'’-][\w+#]+)*")
#: The beginning of an item in a list.
_BULLET = re.compile(r"\s*(?:[-*•–·▪◦]|[0-9]+[.)])\s")
#: Placeholder for each letter of a name that the CV has.
_KNOWN = "\ue000"
_WORD_OR_KNOWN = re.compile(f"{_KNOWN}+|{_WORD.pattern}")
#: Words on a page, where no PDF shows how many there are.
_WORDS_PER_PAGE = 450
#: Words that take as much room as an entry's fields and the space above it.
_WORDS_OF_HEAD = 15
#: Value of an entry without any term, since a career should have no gaps.
_BASE_VALUE = 1
#: Months after its end in which an entry loses half its value.
_HALF_LIFE = 60

#: The stems of a term's words.
_Stems = tuple[str, ...]


class _Language:
    """The stemmer and the stop words of a language; words stay as they are if no library knows the language."""

    def __init__(self, tag: str) -> None:
        code = re.split("[-_]", tag)[0].lower()
        try:
            self._stem = Stemmer(code).stemWord
        except KeyError:
            self._stem = str
        search = languages.get(code, "")
        if isinstance(search, str) and search:
            module, _, name = search.rpartition(".")
            search = getattr(import_module(module), name)
        self.stop_words: Collection[str] = getattr(search, "stopwords", ())

    def stems(self, text: str) -> _Stems:
        """Return the stems of a text's words; a word of one or two letters, such as "Go", stays as it is."""
        words = _WORD.findall(text.replace("’", "'").replace("-", " "))
        return tuple(self._stem(word.casefold()) if len(word) > 2 else word for word in words)


class _Cv:
    """An edition of the CV, with the stems of its words."""

    def __init__(self, edition: Edition, paths: ProjectPaths, env: BuildEnvironment) -> None:
        domain = CvDomain.of(env)
        self.edition, self.pages, self.env = edition, pages_of(paths), env
        self.entries = domain.for_output("pdf").entries
        self.groups = domain.technology_groups("pdf")
        self.today: PartialDate = CvConfig.of(env.config).month
        self.language = _Language(edition.language)
        self.texts = [*map(self._text, self.entries)]
        #: The stems of each entry's words, between spaces.
        self._stems = [f" {' '.join(self.language.stems(text))} " for text in self.texts]

    def _text(self, entry: Entry) -> str:
        """Return the words of an entry, with a line for each value and each paragraph."""
        values = [getattr(entry, name) for name in KINDS.get(entry.kind, ()) if name != "profiles"]
        lines = [value.text if isinstance(value, Linked) else value for value in values]
        names = (name for value in lines if isinstance(value, tuple) for name in value)
        words = (value for value in lines if isinstance(value, str))
        technologies = map(self.groups.name, entry.technologies or ())
        return "\n".join([entry.title, *words, *names, *technologies, *entry.paragraphs, *entry.highlights])

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return the names of technologies, skills and languages, by each of their spellings in small letters."""
        lists = (entry.groups() for entry in self.entries if entry.kind in NAME_LISTS)
        skills = [name for groups in lists for group in groups for name in group.keywords or [group.name]]
        technologies = [self.groups.name(name) for entry in self.entries for name in entry.technologies or ()]
        own = {name.casefold(): name for name in [*skills, *technologies] if len(name.split()) <= 3}
        return own | {other.casefold(): name for other, name in self.groups.aliases.items() if name in technologies}

    def entries_with(self, term: Iterable[_Stems]) -> set[int]:
        """Return the numbers of the entries that have a term in one of its spellings."""
        spellings = [f" {' '.join(stems)} " for stems in term if stems]
        return {number for number, text in enumerate(self._stems) if any(spelling in text for spelling in spellings)}


@dataclass(frozen=True)
class _EntryTree:
    """An entry of the CV's own page with the entries below it, which an edition has or leaves out as a whole."""

    title: str
    #: Line of its heading.
    line: int
    #: Line of the heading of the section around it.
    section: int
    #: The room that it takes, in words.
    size: int
    #: Whether it is present work.
    lasts: bool
    value: float
    #: The terms that it has.
    terms: Sequence[str]


class _Choice:
    """A choice of entries for a few pages: present work, then what has the most value for its size."""

    def __init__(self, cv: _Cv, terms: Mapping[str, Collection[_Stems]], pages: int) -> None:
        self.cv, self.label = cv, cv.edition.label
        #: The numbers of the entries that have a term, by each term that the edition has.
        self.by_term = {term: numbers for term in terms if (numbers := cv.entries_with(terms[term]))}
        self.trees = self._trees()
        person = sum(_size(entry) for entry in cv.entries if entry.kind == "person")
        total = person + sum(tree.size for tree in self.trees)
        built = int(cv.pages) if cv.pages.isdecimal() else 0
        #: Whether the last PDF shows how many words a page holds; a single page need not be full.
        self.is_measured = built > 1
        self.words_per_page = total // built if self.is_measured else max(total if built else 0, _WORDS_PER_PAGE)
        room = pages * self.words_per_page - person
        #: The lines of the headings of the entries to keep.
        self.kept: set[int] = set()
        for tree in sorted(self.trees, key=lambda tree: (tree.lasts, tree.value / tree.size), reverse=True):
            if tree.size <= room:
                room -= tree.size
                self.kept.add(tree.line)

    @cached_property
    def terms_kept(self) -> set[str]:
        return {term for tree in self.trees if tree.line in self.kept for term in tree.terms}

    @property
    def hidden(self) -> set[int]:
        """Return the lines of the headings to leave out: sections without an entry to keep, and entries in others."""
        sections = {tree.section for tree in self.trees if tree.line in self.kept}
        left_out = (tree for tree in self.trees if tree.line not in self.kept)
        return {tree.line if tree.section in sections else tree.section for tree in left_out}

    def row(self, term: str) -> list[str]:
        """Return a term, the months of the entries that have it, and their titles."""
        entries = [self.cv.entries[number] for number in sorted(self.by_term[term])]
        worked = (entry for entry in entries if entry.kind != "education")
        months = months_in_union((period for entry in worked for period in entry.periods), self.cv.today)
        more = f"; {len(entries) - 3} more" if entries[3:] else ""
        return [term, str(months or ""), "; ".join(map(title_of, entries[:3])) + more]

    def summary(self) -> list[str]:
        """Return the edition's row in the table of editions: terms, terms on the pages, words and pages."""
        words = sum(map(word_count, self.cv.entries))
        return [self.label, str(len(self.by_term)), str(len(self.terms_kept)), str(words), self.cv.pages]

    def explanation(self) -> Iterator[str]:
        """Yield the lines that say which entries to keep, and by which rule."""
        yield from aligned(
            ["✓" if tree.line in self.kept else "–", tree.title, f"{tree.size} words", ", ".join(tree.terms)]
            for tree in self.trees
        )
        yield ""
        reason = "as in the last PDF" if self.is_measured else "by a rule of thumb"
        yield f"A page has room for {self.words_per_page} words, {reason}. Present work comes first, then entries with"
        yield "many terms for their length; a term counts the more, the fewer entries have it, and an entry counts"
        yield f"half as much with every {_HALF_LIFE // 12} years after its end."

    def _trees(self) -> list[_EntryTree]:
        root = self.cv.env.config.root_doc
        own = {
            entry.origin.anchor: number
            for number, entry in enumerate(self.cv.entries)
            if entry.origin.docname == root and entry.kind != "person"
        }
        #: By each tree's outermost entry: the numbers of its entries, and the line of the section around it.
        members: dict[nodes.section, list[int]] = {}
        lines: dict[nodes.section, int] = {}
        for section in self.cv.env.get_doctree(root).findall(nodes.section):
            if (number := own.get(section["ids"][0])) is not None:
                around = [section, *(node for node in ancestors(section) if isinstance(node, nodes.section))]
                outermost_entry = [node for node in around if node["ids"][0] in own][-1]
                members.setdefault(outermost_entry, []).append(number)
                # The outermost section is the person's.
                lines[outermost_entry] = (around[:-1] or around)[-1].line or 0
        return [self._tree(numbers, lines[entry]) for entry, numbers in members.items()]

    def _tree(self, numbers: Collection[int], section: int) -> _EntryTree:
        entries = [self.cv.entries[number] for number in numbers]
        terms = [term for term, having in self.by_term.items() if not having.isdisjoint(numbers)]
        today = self.cv.today
        ends = [period.span(today)[1] for entry in entries for period in entry.periods]
        ends += [entry.date.ends for entry in entries if isinstance(entry.date, PartialDate)]
        age = max(0, today.ends - max(ends, default=today.ends))
        value = (_BASE_VALUE + sum(1 / len(self.by_term[term]) for term in terms)) * 0.5 ** (age / _HALF_LIFE)
        work = (period for entry in entries if entry.kind in WORKPLACES for period in entry.periods)
        lasts = any(period.lasts(today) for period in work)
        line, size = entries[0].origin.line, sum(map(_size, entries))
        return _EntryTree(title_of(entries[0]), line, section, size, lasts, value, terms)


def match(project: Path, report: Report, job: Path, pages: int = 2, name: str = "") -> Iterator[str]:
    """Yield lines that compare an advertisement with the CV, and say which entries of it to keep on a few pages.

    :param job: the advertisement, a file of text
    :param name: name of a new edition that has these entries; the patch that marks the pages for it is written
    """
    try:
        text = _read(job)
    except (OSError, ValueError) as error:
        raise ProjectError(f"{job}: {fault_of_file(error)}") from None
    if pages < 1:
        raise ProjectError(f"--pages {pages}: use 1 or more")
    if name and not re.fullmatch(VARIANT, name):
        raise ProjectError(f"--edition {name}: use small letters, digits and hyphens")
    cvs = [_Cv(*read) for read in read_editions(project, report)]
    if name in {cv.edition.variant for cv in cvs} - {""}:
        raise ProjectError(f"--edition {name}: conf.py has this edition: choose another name")
    WATCHDOG.start_timer(job, "comparing", limits.PAGE_TIME)
    yield from _compared(cvs, job, text, pages, project, name)


def _compared(cvs: Sequence[_Cv], job: Path, text: str, pages: int, project: Path, name: str) -> Iterator[str]:
    """Yield the lines that compare an advertisement with the editions in its language."""
    cvs = _in_language_of(text, cvs)
    terms = _terms(text, cvs)
    if not terms:
        raise ProjectError(f"{job} has no terms: write the text of the advertisement into it")
    choices = [_Choice(cv, terms, pages) for cv in cvs]
    best = max(choices, key=lambda choice: (len(choice.terms_kept), len(choice.by_term)))
    fullest = max(choices, key=lambda choice: len(choice.by_term))
    yield f"The CV has {len(fullest.by_term)} of {len(terms)} terms of the advertisement:"
    yield ""
    yield from aligned([["", "months", "in"], *(fullest.row(term) for term in fullest.by_term)])
    if lacking := [term for term in terms if not any(term in choice.by_term for choice in choices)]:
        alike = {other: name for name, other in lookalikes([*fullest.cv.names.values(), *lacking])}
        yield ""
        yield "The CV lacks: " + ", ".join(f"{term} ({alike[term]}?)" if term in alike else term for term in lacking)
    on_pages = "on 1 page" if pages == 1 else f"on {pages} pages"
    if choices[1:]:
        yield ""
        yield from aligned(
            [["edition", "terms", on_pages, "words", "pages"], *(choice.summary() for choice in choices)]
        )
        yield f"The edition {best.label} fits best."
    yield ""
    yield f"{on_pages.capitalize()}, keep of {best.label}:" if choices[1:] else f"{on_pages.capitalize()}, keep:"
    yield ""
    yield from best.explanation()
    if name:
        yield ""
        yield from _write_patch(best, pages, project, name)


def _in_language_of(text: str, cvs: Sequence[_Cv]) -> list[_Cv]:
    """Return the editions in the language that has most words in common with a text, the shortest first."""
    plain = _Language("")
    words = {*plain.stems(text)}
    nearest = max(cvs, key=lambda cv: len(words.intersection(plain.stems("\n".join(cv.texts)))))
    same = (cv for cv in cvs if cv.edition.language == nearest.edition.language)
    return sorted(same, key=lambda cv: int(cv.edition.config.max_pages) or 1_000)


def _read(job: Path) -> str:
    if not stat.S_ISREG(job.stat().st_mode) and job != Path("/dev/stdin"):
        # A pipe may wait for ever.
        hint = "name a file, or /dev/stdin for what is piped to the command"
        raise ValueError(f"it is a folder, a pipe or a device: {hint}")
    with job.open("rb") as file:
        content = file.read(limits.JOB_SIZE + 1)
    if len(content) > limits.JOB_SIZE:
        raise ValueError(f"it has more than {limits.JOB_SIZE // 1_000} kB: leave the advertisement alone in it")
    return decode(content)


def _terms(text: str, cvs: Sequence[_Cv]) -> dict[str, set[_Stems]]:
    """Return the terms of an advertisement in the order of the text, each with its spellings.

    Terms are names that the CV knows, what looks like a name, and words of the CV that the advertisement repeats.
    """
    language = cvs[0].language
    names = {spelling: name for cv in cvs for spelling, name in cv.names.items()}
    spellings: dict[str, set[_Stems]] = {}
    for spelling, name in names.items():
        spellings.setdefault(name, set()).update({language.stems(spelling), language.stems(name)})
    places: dict[str, int] = {}

    def take(hit: re.Match[str]) -> str:
        places.setdefault(names[hit[0].casefold()], hit.start())
        return _KNOWN * len(hit[0])

    # In small letters, a name of one or two letters is a word.
    long = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 2)
    short = [re.escape(name) for name in spellings if len(name) <= 2]
    if alternatives := "|".join([*short, *([f"(?i:{long})"] if long else [])]):
        text = re.sub(rf"(?<![\w+#])(?:{alternatives})(?![\w+#])", take, text)
    terms = {name: spellings[name] for name in places}
    known: set[_Stems] = set().union(*terms.values())
    for start, spelling in sorted([*_names(text, language), *_repeated(text, cvs)]):
        if len(spelling) <= limits.NAME_LENGTH and (stems := language.stems(spelling)) not in known:
            known.add(stems)
            terms[spelling] = {stems}
            places[spelling] = start
    return dict(sorted(terms.items(), key=lambda term: places[term[0]]))


def _names(text: str, language: _Language) -> Iterator[tuple[int, str]]:
    """Yield the names in a text, each with its place; words of names in a row are one name. Skip headings."""
    for line in re.finditer(r".+", text):
        words = [*_WORD_OR_KNOWN.finditer(line[0])]
        # A heading in title case
        if not _BULLET.match(line[0]) and "," not in line[0] and all(word[0][0].isupper() for word in words):
            continue
        rows: list[list[re.Match[str]]] = []
        for word in words:
            if word[0][0].isupper() or word[0][0] == _KNOWN or _has_sign(word):
                if rows and line[0][rows[-1][-1].end() : word.start()] == " ":
                    rows[-1].append(word)
                else:
                    rows.append([word])
        for row in rows:
            for is_name, group in groupby(row, partial(_is_name, row, language)):
                if is_name:
                    name = [*group]
                    yield line.start() + name[0].start(), line[0][name[0].start() : name[-1].end()]


def _is_name(row: Sequence[re.Match[str]], language: _Language, word: re.Match[str]) -> bool:
    """Return whether a word belongs to a name that the CV lacks.

    Words with capitals beside a name that the CV has belong to it, as in "Apache Kafka" and "Senior Python Engineer".
    """
    if word[0][0] == _KNOWN or word[0].casefold().replace("’", "'") in language.stop_words:
        return False
    begins_sentence = re.search(r"(?:^|[.!?])\W*$", word.string[: word.start()])
    is_alone = re.match(r"\s*([,;/)]|$)", word.string[word.end() :])
    is_beside_known = any(other[0][0] == _KNOWN for other in row)
    return _has_sign(word) or (not is_beside_known and bool(is_alone or not begins_sentence))


def _has_sign(word: re.Match[str]) -> bool:
    """Return whether a word has a sign of a name, such as PostgreSQL, S3 or C++, after its first letter."""
    return any(letter.isupper() or letter.isdigit() or letter in "+#" for letter in word[0][1:])


def _repeated(text: str, cvs: Sequence[_Cv]) -> Iterator[tuple[int, str]]:
    """Yield the words of the CV that a text has at least three times; none of a language without stop words."""
    language = cvs[0].language
    if not language.stop_words:
        return
    places: dict[_Stems, list[re.Match[str]]] = {}
    for word in _WORD.finditer(text):
        if len(word[0]) > 2 and word[0].casefold() not in language.stop_words:
            places.setdefault(language.stems(word[0]), []).append(word)
    for stems, words in places.items():
        if len(words) > 2 and any(cv.entries_with([stems]) for cv in cvs):
            yield words[0].start(), words[0][0]


def _size(entry: Entry) -> int:
    """Return the room that an entry takes, in words."""
    return word_count(entry) + len(entry.technologies or ()) + _WORDS_OF_HEAD


def _write_patch(choice: _Choice, pages: int, project: Path, name: str) -> Iterator[str]:
    """Write a patch that marks the pages for an edition that has only what is kept of another one."""
    cv, base = choice.cv, choice.cv.edition.variant
    text = patch(project, cv.env, base, name, choice.hidden)
    settings = {**cv.env.config.cv_editions.get(base, {}), "max_pages": pages}
    # Two editions cannot have the same title and file.
    own = {key: value for key, value in settings.items() if key not in {"title", "file"}}
    declared = f"{name!r}: {own!r}"
    where = "at the end of cv_editions in conf.py" if base else "into conf.py"
    yield f"To have these entries as an edition, write {where}:"
    yield f"    {declared}," if base else f"    cv_editions = {{'full': {{}}, {declared}}}"
    if text:
        target = project / "build" / f"{name}.patch"
        write_atomically(target, text)
        yield f"and mark the pages: git -C {os.path.relpath(project)} apply {target.relative_to(project)}"
