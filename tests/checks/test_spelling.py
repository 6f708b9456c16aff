"""The dictionary judges prose, and prose alone."""

from tests.projects import Project

PAGE = """\
# Ada Example
:headline: Developzer of services
:email: nosuchwordx@example.org

## Work

### Engineer
:organization: Corp
:period: 2012
:technologies: Kuberxetes

Wrote a servizze in `coddex`.

### Rozmowa
:language: pl

Rozmowa po polsku.
"""


def test_prose_is_judged_and_data_and_other_languages_are_not(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("spelling", warns=True)
    words = [
        line.split("Spell check: ")[1].split(":")[0] for line in built.warnings.splitlines() if "Spell check" in line
    ]
    assert words == ["Developzer", "servizze"]
    assert "index.md:2" in built.warnings
    assert '"service"' in built.warnings


def test_own_settings_win(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("spelling", warns=True, spelling_show_suggestions=False)
    assert "servizze" in built.warnings
    assert '"service"' not in built.warnings
