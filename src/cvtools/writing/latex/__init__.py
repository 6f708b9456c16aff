"""Write LaTeX for PDFs, in the commands of the class ``cvtools.cls``."""
