"""Make the nodes that show fields: formatted for the reader, linked and labelled."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from docutils import nodes

from cvtools.config import CvConfig
from cvtools.model import values
from cvtools.model.dates import PartialDate, Period, envelope, months_in_union
from cvtools.model.entries import DATE_FIELDS, NAME_FIELDS, PROSE_FIELDS
from cvtools.model.kinds import PROFILES, REPEATABLE
from cvtools.nodes import cv_field, cv_tag
from cvtools.reading.fields import RawField


class FieldNodes:
    """Maker of the nodes that show an entry's fields.

    :param is_letter: whether dates are written in full, as those of letters are
    """

    def __init__(self, config: CvConfig, *, is_letter: bool = False) -> None:
        self.i18n, self.today = config.i18n, config.month
        self.is_letter = is_letter

    def field(self, name: str, raw_field: RawField, *, is_work: bool = False) -> Iterator[cv_field]:
        """Yield the node of a field, or one for each e-mail address, number or profile; after a period, its duration.

        :param is_work: whether a period of one month is a duration, not a point in time
        """
        value = raw_field.parsed
        if name in REPEATABLE:
            for each in value:
                yield self._profile(each, raw_field) if name == PROFILES else self._contact(name, each, raw_field)
            return
        node = self._node(name, raw_field)
        if isinstance(value, Period):
            shown = self._period([value], node)
            is_point = raw_field.name in {"date", "year"} or (value.start == value.end and not is_work)
            yield from itertools.islice(shown, 1 if is_point else None)
            return
        if isinstance(value, PartialDate):
            node["start"] = str(value)
        if name in DATE_FIELDS:
            node += nodes.Text(self.i18n.date(value, in_full=self.is_letter))
        elif name == "doi":
            node += _link(value.text, value.url)
        elif name == "technologies":
            node.extend(cv_tag(tag, tag, translatable=False) for tag in value)
        elif name == "language":
            node += nodes.Text(self.i18n.language_name(value))
        elif _is_bare_link(value) and not raw_field.has_footnotes:
            node += _link(_short(value.url), value.url)
        else:
            node.extend(_lines(raw_field.content) if name == "to" else raw_field.content)
        yield node

    def validity(self, raw_field: RawField, date: PartialDate | str | None) -> Iterator[cv_field]:
        """Yield a certificate's period as the date of its issue and the end of its validity, without a duration.

        A period that does not begin at the date of issue is shown as a period.

        :param date: the certificate's date of issue if it is a field of its own, which is shown already
        """
        period = raw_field.parsed
        if period.end and period.start != period.end and date in {None, period.start} and not period.remark:
            if not date:
                yield from self.field("date", replace(raw_field, parsed=period.start))
            yield from self.field("expires", replace(raw_field, parsed=period.end))
        else:
            node = next(self.field("period", raw_field))
            if date:
                node["slot"] = "note"
            yield node

    def _contact(self, name: str, value: str, raw_field: RawField) -> cv_field:
        node = self._node(name, raw_field)
        node += _link(value, f"mailto:{value}" if name == "email" else values.phone_uri(value))
        return node

    def _profile(self, profile: values.Profile, raw_field: RawField) -> cv_field:
        link = profile.link
        has_words = bool(raw_field.value.url) and not _is_bare_link(link)
        node = self._node("profile", raw_field)
        node["label"] = profile.network
        # A name alone does not show to which network it belongs, unlike an address.
        names_network = re.search(rf"[.@/]|{re.escape(profile.network)}", link.text, re.IGNORECASE)
        if has_words and not names_network:
            node["slot"] = "note"
        if link.url:
            node += _link(link.text if has_words else _short(link.url), link.url)
        else:
            # The link leads to a page of the site.
            node.extend(raw_field.content)
        return node

    def total(self, periods: list[Period], output: str, field_list: nodes.field_list) -> Iterator[cv_field]:
        """Yield the period and the duration of a workplace with several roles, for one output or for all (empty)."""
        node = cv_field(name="period", label=self.i18n.label("period"), translatable=False)
        node.source, node.line = field_list.source, field_list.line
        if output:
            node["show"] = output
        yield from self._period(periods, node)

    def as_written(self, raw_field: RawField) -> cv_field:
        """Return the node of an invalid field."""
        node = self._node("unknown", raw_field)
        node["label"] = raw_field.name
        node.extend(raw_field.content)
        return node

    def _period(self, periods: list[Period], node: cv_field) -> Iterator[cv_field]:
        """Yield the node of periods as one, and that of their duration unless it is unknown."""
        whole = envelope(periods)
        node["start"], node["end"] = str(whole.start), str(whole.end or "")
        node += nodes.Text(self.i18n.period(whole))
        yield node
        months = months_in_union(periods, self.today)
        # Show no duration where a period without months adds to it, since how much is not known.
        if months and months == months_in_union((period for period in periods if period.has_months), self.today):
            text = self.i18n.duration(months)
            duration = cv_field(text, text, name="duration", label=self.i18n.label("duration"), translatable=False)
            duration.source, duration.line = node.source, node.line
            if "show" in node:
                duration["show"] = node["show"]
            yield duration

    def _node(self, name: str, raw_field: RawField) -> cv_field:
        node = cv_field(raw_field.markdown, name=name, label=self.i18n.label(name))
        node.source, node.line = raw_field.node.source, raw_field.node.line
        node["support_smartquotes"] = name in PROSE_FIELDS
        node["translatable"] = name in PROSE_FIELDS - NAME_FIELDS
        if raw_field.show:
            node["show"] = raw_field.show
        return node


def _is_bare_link(value: Any) -> bool:
    """Return whether the words of a link are its address."""
    return isinstance(value, values.Linked) and value.text in {value.url, value.url.rstrip("/")}


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
