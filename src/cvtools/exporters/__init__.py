"""Exporters, which write the CV as data: JSON Resume, JSON-LD, feeds, a vCard and a social card."""
