"""Recognise contacts of a person, such as an e-mail address, in a line of Markdown."""

import re
from typing import NamedTuple

from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.imported_entries import ImportedEntry, with_scheme
from cvtools.importers.line_syntax import BOLD, LABEL, LINK, as_date, field_named, link_in, plain, split
from cvtools.model import values
from cvtools.terminal import shorten
from cvtools.writing import myst

#: A date in digits, with a day or not.
_DATE = re.compile(r"(?<!\d)(\d{1,2}[./-]){1,2}(19|20)\d\d(?!\d)")
#: A dash beside a year, as in a period.
_PERIOD = re.compile(r"(?<!\d)(19|20)\d\d\s*[–—-]\s|\s[–—-]\s*[^\W\d]*\s?(19|20)\d\d$")
#: An e-mail address; sought only where a word begins, since searching a long word would take quadratic time.
_MAIL = re.compile(r"(?<![^\s@<>()\[\]:`*\uff1a])(?:mailto:)?([^\s@<>()\[\]:`*\uff1a]+@[\w-]+(?:\.[\w-]+)+)")

#: A street, and a town after its postal code.
_POSTAL_ADDRESS = re.compile(r".+, (?:[A-Z]{1,2}-)?(?:\d{4,5}|\d\d-\d{3}|\d{3} \d\d) [^\W\d][^\d,]*")
#: A word of five letters in lower case, which a location has only if it is "town, country", all in lower case.
_HAS_LONG_WORD = re.compile(r"(?!^[a-zß-ÿ]+, [a-zß-ÿ]+$)^.*\b[a-zß-ÿ]{5}")
#: A label without a colon, with a number after it, such as "tel. 600 100 200".
_LABEL_OF_NUMBER = re.compile(r"([^\W\d]+)\.?\s+(?=\(?[+\d])")
#: Pronouns such as "he/him", which are neither a headline nor a place.
PRONOUNS = re.compile(r"\(?[a-zß-ÿ]{2,6}(/[a-zß-ÿ]{2,6}){1,2}\)?")


class Contact(NamedTuple):
    """A contact of a person; the words of a link to a mailbox are its `url`."""

    #: The name of the field, or the network of a profile, whose value is the user's name.
    name: str
    value: str
    url: str = ""

    def add_to(self, person: ImportedEntry) -> None:
        if self.name in values.NETWORKS:
            person.add_profile(self.name, self.value or values.user_of(self.url), self.url)
        elif self.name == "email":
            person.add("email", self.value)
            if self.url and not ("@" in self.url or field_named(self.url, vocabulary.PERSON)):
                person.source.unread.append(f'the words of a link to a mailbox are left out: "{shorten(self.url, 40)}"')
        elif self.name == "website":
            person.add_website(self.url, self.value, self.value)
        else:
            person.add(self.name, self.value, self.url)


def contact_of(part: str) -> Contact | None:
    """Return the contact that is a part of a line; None if the part is no contact, or also has other words."""
    if (link := LINK.fullmatch(part)) and (label := LABEL.match(link[1] or "")):
        # Move the label out of the link.
        part = f"{label[0]}[{link[1][label.end() :]}]({link[2]})"
    name, rest = _labelled(part)
    if (mail := _MAIL.search(rest)) and not re.search(r"\w", _MAIL.sub("", LINK.sub(r"\2\3\4", rest))):
        return Contact("email", mail[1], plain(link[1] or "") if (link := LINK.search(rest)) else "")
    link = LINK.search(rest)
    if link and not re.search(r"\w", rest[: link.start()] + rest[link.end() :]):
        return _web_contact(*link_in(link))
    words = re.sub(r"^[^\w+(]+|[^\w)]+$", "", plain(rest))
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", words):
        return _web_contact("", words)
    if name in {"location", "email"}:
        return Contact(name, words if name == "email" else plain(rest).strip(" ,;"))
    if identifier := re.search(r"(?<!\S)\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", words):
        name, words = "orcid", identifier[0]
    # Take no user's name beside a link, whose address would be lost.
    if name in values.NETWORKS and (identifier or not link):
        return Contact(name, words)
    return _phone(words) if name == "phone" or len(re.findall(r"\d", words)) > 6 else None


def _labelled(part: str) -> tuple[str, str]:
    """Return the field or the network that a label names, and the text after it; without a label, "" and all text."""
    if (bare := _LABEL_OF_NUMBER.match(part)) and field_named(bare[1], vocabulary.PERSON) == "phone":
        return "phone", part[bare.end() :]
    # LinkedIn names the network after the address of a profile: "www.linkedin.com/in/ada (LinkedIn)".
    if (remark := re.fullmatch(r"(.*\S)\s+\((\w+)\)", part)) and remark[2].lower() in values.NETWORKS:
        return "", remark[1] if remark[2].lower() in remark[1].lower() else part
    if label := LABEL.match(part):
        word = label[1].lower()
        name = field_named(word, vocabulary.PERSON) or field_named(word.split()[0], vocabulary.PERSON)
        if name or word in values.NETWORKS:
            return name or word, part[label.end() :]
    return "", part


def _phone(words: str) -> Contact | None:
    """Return the contact of phone numbers; None for a date or other words."""
    if _DATE.search(words) or as_date(words, I18n("en")):
        return None
    numbers = re.split(r"\s+[/|]\s+", words)
    # A German number has a slash after its prefix.
    words = ", ".join(numbers) if all(len(re.findall(r"\d", number)) > 7 for number in numbers) else words
    try:
        values.phones(values.Linked(words))
    except ValueError:
        return None
    return Contact("phone", words)


def _web_contact(text: str, url: str) -> Contact | None:
    """Return the contact of a link: a profile on a well-known network, a website, or an e-mail address or phone."""
    if url.startswith("mailto:"):
        return Contact("email", url.removeprefix("mailto:"))
    if url.startswith("tel:"):
        return Contact("phone", text)
    if not re.match(r"https?://|[\w-]+(\.[\w-]+)+(/|$)", url):
        return None
    host = re.sub(r"^(https?://)?(www\.|[a-z]{2}\.)?", "", url).split("/")[0]
    network = host.rsplit(".", 1)[0]
    # "ada.github.io" is a website.
    if network.split(".")[-1] in values.NETWORKS and not host.endswith(".io"):
        return Contact(network.split(".")[-1], "" if text.lower() == network else text, with_scheme(url))
    return Contact("website", text, with_scheme(url))


def _parts_of(line: str) -> list[str]:
    """Return the parts of a line that may each be a contact, a role or a place."""
    cells = split(line, keep={*"-–—@/\uff0f,،、:\uff1a", "at"})
    parts = []
    for cell in cells:
        # In a cell between bars, commas separate contacts, unless it is a location or phone numbers.
        contact = contact_of(cell)
        is_place = contact and contact.name == "location"
        pieces = split(cell, keep={*":\uff1a,،、"} if is_place else {*":\uff1a"})
        pieces = [cell] if contact and contact.name == "phone" else pieces
        parts += pieces if len(cells) == 1 or any(map(contact_of, pieces)) else [cell]
    return parts


def take_contacts(person: ImportedEntry, line: str) -> bool:
    """Add the contacts, role and location in a line to a person; return False if the line is other text."""
    parts = [(part, contact_of(part)) for part in _parts_of(line) if plain(part) != person.title]
    # A line with a period is an entry, such as a project with its link.
    if not parts or _PERIOD.search(line):
        return False
    contacts = [contact for _, contact in parts if contact]
    # Drop labels, which the head of a table has, the line of dashes below it, and symbols in front of words.
    others = [part for part, contact in parts if not contact and not field_named(part, vocabulary.PERSON)]
    words = {part: re.sub(r"^[^\w(]+\s", "", plain(part)) for part in others if re.search(r"\w", part)}
    # A part with an unknown label, a sign such as "@", a date, or figures alone is neither a role nor a location.
    candidates = {
        part: text
        for part, text in words.items()
        if not (re.search(r"[:\uff1a@]|\d{7}|^[\W\d]+$", text) or _DATE.search(text) or PRONOUNS.fullmatch(text))
    }
    # If no words are those of a role, bold words without a comma, beside contacts, are the role.
    bold = (text for part, text in candidates.items() if re.fullmatch(r"(\*\*|__)(?:(?!\1)[^,،])+\1", part))
    roles = [*filter(vocabulary.ROLE.search, candidates.values()), *(bold if contacts else ())]
    role = next(iter(roles), "") if "headline" not in person.fields else ""
    places = {part: text for part, text in candidates.items() if text != role}
    location = ("، " if "،" in line else ", ").join(places.values())
    is_short = len(location) <= 60 and len(places) <= 3 and not _HAS_LONG_WORD.search(location)
    is_location = "location" not in person.fields and is_short and (contacts or _is_location(location, line))
    if location and not is_location:
        # In a list of contacts, other words become items; a sentence with a contact is text.
        is_list = re.search(r"[|·•]", line) or {"email", "phone"} & {contact.name for contact in contacts}
        if not (contacts and is_list) or line.endswith("."):
            return False
        places, location = {}, ""
    remaining = [text for part, text in words.items() if part not in places and text != role]
    if remaining and not contacts:
        return False
    person.add("headline", role)
    for contact in contacts:
        contact.add_to(person)
    # Add the links that role and location lose, as of "CTO of [Example Corp](https://example.org)".
    for text, address in (link_in(link) for part in others for link in LINK.finditer(part)):
        if text and re.match("https?://", address):
            person.add_website(address, text)
    person.add("location", location)
    for text in remaining:
        person.add_text(f"- {myst.clean_line(text)}")
    return True


def is_postal_address(line: str) -> bool:
    """Return whether a line is a postal address: a street, and a town after its postal code."""
    return bool(_POSTAL_ADDRESS.fullmatch(plain(line))) and not re.search(r"[|·•]", line)


def _is_location(words: str, line: str) -> bool:
    """Return whether words of a line without contacts are a location: several parts, short or like a postal address."""
    is_bold = re.fullmatch(rf"{BOLD}\W*", line)
    is_town = len(words) < 40 and not re.search(r"[\d:]", words) and not is_bold
    return bool(re.search("[,،]", words) and (is_town or _POSTAL_ADDRESS.fullmatch(words)))
