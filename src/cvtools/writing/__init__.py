"""Write HTML, LaTeX and text: builders, translators and visitors add markup to content that is ready for display."""
