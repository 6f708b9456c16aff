"""The dictionary judges prose, and prose alone."""

from tests.projects import Project

PAGE = """\
# Ada Example
:headline: Developper of services
:email: nosuchwordd@example.org

## Work

### Engineer
:organization: Corp
:period: 2012
:technologies: Kuberneetes

Wrote a servise in `codde`.

### Rozmowa
:language: pl

Tekst po polsku.
"""


def test_prose_is_judged_and_data_and_other_languages_are_not(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("spelling", warns=True)
    words = [
        line.split("Spell check: ")[1].split(":")[0] for line in built.warnings.splitlines() if "Spell check" in line
    ]
    assert words == ["Developper", "servise"]
    assert "index.md:2" in built.warnings
    assert '"service"' in built.warnings


def test_own_settings_win(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("spelling", warns=True, spelling_show_suggestions=False)
    assert "servise" in built.warnings
    assert '"service"' not in built.warnings
