"""Write doctrees as HTML, LaTeX, DOCX, Markdown and text, and imported CVs as MyST Markdown."""
