"""Write the CV as DOCX, with the content of the PDF, in the styles of a word processor."""
