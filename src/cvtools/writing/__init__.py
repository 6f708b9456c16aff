"""Builders, translators and visitors for HTML, LaTeX and text; they add markup to content that is ready for display."""
