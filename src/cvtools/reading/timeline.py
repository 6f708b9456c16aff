"""``{timeline}``: the career as one figure."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from cvtools.config import CvConfig
from cvtools.model.dates import Period
from cvtools.model.entries import Education, Entry, Position, Talk
from cvtools.model.technologies import periods_of
from cvtools.nodes import cv_span, cv_timeline, replace_placeholder, timeline_placeholder
from cvtools.reading.domain import CvDomain
from cvtools.reading.links import entry_link, host_of


class Timeline(SphinxDirective):
    """``{timeline}``: work and studies as bars over the years, the talks as points; only pages show it."""

    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        listing = timeline_placeholder()
        self.set_source_info(listing)
        return [listing]


class DrawTimeline(SphinxPostTransform):
    """Fills ``{timeline}``: work first, then studies, the newest first; then all talks in one row."""

    # Before ReferencesResolver (10), which links the entries.
    default_priority = 1

    def run(self, **kwargs: Any) -> None:
        # Private, yet what SphinxPostTransform itself goes by.
        is_page = self.env._builder_cls.format == "html"  # noqa: SLF001
        for placeholder in list(self.document.findall(timeline_placeholder)):
            spans = list(self._spans()) if is_page else []
            i18n = CvConfig.of(self.config).i18n
            figure = cv_timeline("", *spans, label=i18n.label("timeline"), talks=i18n.label("talks"))
            figure.source, figure.line = placeholder.source, placeholder.line
            replace_placeholder(placeholder, [figure] * bool(spans))

    def _spans(self) -> Iterator[cv_span]:
        resume = cast(CvDomain, self.env.domains["cv"]).for_output("html")
        row = 0
        for kind in (Position, Education):
            dated = [(period, entry) for entry in resume.of(kind) for period in periods_of(entry)]
            for period, entry in sorted(dated, key=self._newest_first):
                yield self._span(entry, period, row)
                row += 1
        for talk in resume.of(Talk):
            if talk.date:
                yield self._span(talk, Period(talk.date, talk.date), row)

    def _newest_first(self, dated: tuple[Period, Entry]) -> tuple[int, int]:
        first, last = dated[0].span(CvConfig.of(self.config).month)
        return -last, -first

    def _span(self, entry: Entry, period: Period, row: int) -> cv_span:
        config = CvConfig.of(self.config)
        first, last = period.span(config.month)
        words = {"host": host_of(entry), "title": entry.title, "when": config.i18n.period(period)}
        return cv_span("", entry_link(entry, entry.title), kind=entry.kind, row=row, start=first, end=last, **words)
