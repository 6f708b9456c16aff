"""Load from ``vocabulary.toml`` patterns of words by which importers recognise names, roles, contacts and the like."""

import re
import tomllib
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))


def _words(listed: str) -> list[str]:
    return re.split(r",\s+", listed.strip())


#: Labels by field: those of the person, and those of entries.
PERSON, ENTRY = ({name: _words(listed) for name, listed in _TABLE[part].items()} for part in ("person", "entry"))


def _any_of(name: str, bounds: str = r"\b") -> str:
    """Return a pattern of the words in a list of the table, with `bounds` around all but Chinese and Japanese ones."""
    words = _words(_TABLE[name])
    return "|".join(word if re.search("[\u3040-\u9fff]", word) else f"{bounds}{word}{bounds}" for word in words)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


CONTACTS, ROLE, DEGREE = (_pattern(_any_of(name)) for name in ("contacts", "role", "degree"))
SCHOOL = _pattern(f"{_any_of('school_part', '')}|{_any_of('school')}")
EMPLOYER = _pattern("|".join([SCHOOL.pattern, _any_of("employer_part", ""), _any_of("employer"), _any_of("company")]))
#: The name of a company with its legal form at the end, such as "Ltd".
COMPANY = _pattern(rf"\S.*({_any_of('company')})\W*")
GRADE = _pattern(rf"\W*({_any_of('grade')})\b.*")
#: A label of a person's name.
NAME = _pattern(rf"\W*({_any_of('name', '')})\W*[:\uff1a\u3000]")
#: Words of a CV's title that are not the person's name.
_TITLE_WORDS = _any_of("title", "")
TITLE = _pattern(
    rf"^\W*({_TITLE_WORDS})\b(\s+(of|von))?\W*|(['’]s\s+|\s+[-–—|]\s+)({_TITLE_WORDS})\W*$"
    rf"|^\W*({_any_of('greeting')})\s+|\s*\U0001f44b\W*$"
)
EXPECTED = _pattern(rf"^({_any_of('expected', '')})\b:?\s*(in\s+)?")
PAGE = _pattern(rf"(\W*({_any_of('page', '')}))?[\W\d]*(({_any_of('pages', '')})[\W\d]*)?")
