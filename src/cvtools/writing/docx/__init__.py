"""Write DOCX for those who accept nothing else: the CV as the PDF has it, in the styles of a word processor."""
