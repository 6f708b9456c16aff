"""Write nodes as HTML, LaTeX and text: visitors add markup; they neither parse nor format."""
