"""Write HTML, LaTeX, DOCX, Markdown and text from doctrees, whose content is ready for display."""
