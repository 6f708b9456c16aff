"""Make the nodes that show fields: formatted for the reader, linked and labelled."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from docutils import nodes

from cvtools.config import CvConfig
from cvtools.model import kinds
from cvtools.model.dates import PartialDate, Period, envelope, months_in_union
from cvtools.model.entries import DATE_FIELDS, NAME_FIELDS, OUTPUTS, PROSE_FIELDS
from cvtools.model.values import Linked, Profile, phone_uri
from cvtools.nodes import cv_field, cv_tag
from cvtools.reading.entry_draft import EntryDraft
from cvtools.reading.fields import RawField


class FieldNodes:
    """Maker of the nodes that show fields.

    :param is_letter: whether dates are written in full, as those of letters are
    """

    def __init__(self, config: CvConfig, *, is_letter: bool = False) -> None:
        self.i18n, self.today = config.i18n, config.month
        self.is_letter = is_letter

    def of(self, entry: EntryDraft) -> Iterator[cv_field]:
        """Yield the nodes of an entry's valid fields in the model's order, with a duration after a period."""
        shape = "position" if entry.kind == "employer" else entry.kind
        for name in [*kinds.KINDS[shape], kinds.PROFILES] if shape else ():
            is_hidden = name == entry.in_title or (entry.kind == "letter" and name in {"language", "web"})
            if name == "period" and entry.roles:
                yield from self._total(entry)
            elif not is_hidden:
                for raw_field in entry.fields.get(name, ()):
                    yield from self._of_field(entry, name, raw_field)

    def _of_field(self, entry: EntryDraft, name: str, raw_field: RawField) -> Iterator[cv_field]:
        """Yield the node of a field, or one for each e-mail address, number or profile; after a period, its duration.

        A period of one month is a point in time, which has no duration, unless it is work.
        """
        value = raw_field.parsed
        if name in kinds.REPEATABLE:
            yield from (self.node(name, replace(raw_field, parsed=each)) for each in value)
        elif entry.kind == "certificate" and isinstance(value, Period):
            yield from self._validity(entry, raw_field)
        else:
            yield (node := self.node(name, raw_field))
            is_point = isinstance(value, Period) and value.start == value.end and entry.kind not in kinds.WORKPLACES
            if isinstance(value, Period) and not is_point and raw_field.name not in {"date", "year"}:
                yield from self._duration([value], node)

    def _validity(self, certificate: EntryDraft, raw_field: RawField) -> Iterator[cv_field]:
        """Yield a certificate's period as the date of its issue and the end of its validity, without a duration.

        A period that does not begin at the date of issue is shown as a period.
        """
        period, is_dated = raw_field.parsed, "date" in certificate.fields
        date = certificate.value("date") if is_dated else period.start
        if period.end and period.start != period.end and date == period.start and not period.remark:
            if not is_dated:
                yield self.node("date", replace(raw_field, parsed=period.start))
            yield self.node("expires", replace(raw_field, parsed=period.end))
        else:
            node = self.node("period", raw_field)
            if is_dated:
                node["slot"] = "note"
            yield node

    def _total(self, entry: EntryDraft) -> Iterator[cv_field]:
        """Yield the period and the duration of a workplace with roles; for each output if these differ."""
        periods = entry.periods()
        for output in OUTPUTS if any(shown_by for _, shown_by in periods) else ("",):
            if known := [period for period, shown_by in periods if shown_by in {"", output}]:
                total = RawField(entry.field_list, "period", [], "", show=output, parsed=envelope(known))
                yield (node := self.node("period", total))
                yield from self._duration(known, node)

    def _duration(self, periods: list[Period], period: cv_field) -> Iterator[cv_field]:
        """Yield the duration of the periods that a node shows, unless it is unknown."""
        months = months_in_union(periods, self.today)
        # Show no duration where a period without months adds to it, since how much is not known.
        if months and months == months_in_union((each for each in periods if each.has_months), self.today):
            text = self.i18n.duration(months)
            label = f"{self.i18n.label('duration')}{self.i18n.before_colon}"
            duration = cv_field(text, text, name="duration", label=label, translatable=False)
            duration.source, duration.line = period.source, period.line
            if "show" in period:
                duration["show"] = period["show"]
            yield duration

    def node(self, name: str, raw_field: RawField) -> cv_field:
        """Return the node that shows the value of a field; for the name "unknown", one that shows it as written."""
        value = raw_field.parsed
        label = raw_field.name if name == "unknown" else self.i18n.label(name)
        node = cv_field(raw_field.markdown, name=name, label=f"{label}{self.i18n.before_colon}")
        node.source, node.line = raw_field.node.source, raw_field.node.line
        node["support_smartquotes"] = name in PROSE_FIELDS
        node["translatable"] = name in PROSE_FIELDS - NAME_FIELDS
        if raw_field.show:
            node["show"] = raw_field.show
        match value:
            case Period():
                node["start"], node["end"] = str(value.start), str(value.end or "")
                node += nodes.Text(self.i18n.period(value))
            case PartialDate():
                node["start"] = str(value)
                node += nodes.Text(self.i18n.date(value, in_full=self.is_letter))
            case Profile():
                self._show_profile(node, value, raw_field)
            case _:
                node.extend(self._content(name, raw_field))
        return node

    def _content(self, name: str, raw_field: RawField) -> Iterable[nodes.Node]:
        """Return the nodes in the node of a field, except for those of dates, periods and profiles."""
        value, content = raw_field.parsed, raw_field.content
        match name:
            case "email":
                content = [_link(value, f"mailto:{value}")]
            case "phone":
                content = [_link(value, phone_uri(value))]
            case "doi":
                content = [_link(value.text, value.url)]
            case "technologies":
                content = [cv_tag(tag, tag, translatable=False) for tag in value]
            case "language":
                content = [nodes.Text(self.i18n.language_name(value))]
            case "to":
                content = [*_lines(content)]
            case _ if name in DATE_FIELDS:
                # A date in free words
                content = [nodes.Text(value)]
            case _ if _is_bare_link(value) and not raw_field.has_footnotes:
                content = [_link(_short(value.url), value.url)]
        return content

    def _show_profile(self, node: cv_field, profile: Profile, raw_field: RawField) -> None:
        """Fill the node of a profile with a link, labelled with the network."""
        link = profile.link
        has_words = bool(raw_field.value.url) and not _is_bare_link(link)
        node["name"], node["label"] = "profile", f"{profile.network}{self.i18n.before_colon}"
        # A name alone does not show to which network it belongs, unlike an address.
        names_network = re.search(rf"[.@/]|{re.escape(profile.network)}", link.text, re.IGNORECASE)
        if has_words and not names_network:
            node["slot"] = "note"
        if link.url:
            node += _link(link.text if has_words else _short(link.url), link.url)
        else:
            # The link leads to a page of the site.
            node.extend(raw_field.content)


def _is_bare_link(value: Any) -> bool:
    """Return whether the words of a link are its address."""
    return isinstance(value, Linked) and value.text in {value.url, value.url.rstrip("/")}


def _lines(content: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the words of an address, with each line break as the hard one that MyST-Parser writes."""
    for node in content:
        first, *lines = node.astext().split("\n") if isinstance(node, nodes.Text) else [""]
        if isinstance(node, nodes.Text):
            yield nodes.Text(first)
            for line in lines:
                yield nodes.raw("", "\\\\\n", format="latex")
                yield nodes.Text(line)
        elif not isinstance(node, nodes.raw):
            yield node


def _short(url: str) -> str:
    return url.rsplit("://", maxsplit=1)[-1].removeprefix("www.").rstrip("/")


def _link(text: str, target: str) -> nodes.reference:
    return nodes.reference("", text, refuri=target, internal=False)
