"""Words of a page drive neither a terminal nor a runner."""

import pytest

from cvtools.terminal import printable, say


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("docs/index.md:1: plain\ttext", "docs/index.md:1: plain\ttext"),
        ("\x1b[2J\x1b]0;x\x07", "␛[2J␛]0;x␇"),
        ("a\rb\x7f\x9b", "a␍b␡\\u009b"),
        ("a\u202eb\u2028c", "a\\u202eb\\u2028c"),
        ("::error::x", ": :error::x"),
        ("a\n  ::error::x", "a\n  : :error::x"),
        ("a ::error::x", "a ::error::x"),
        ("##[error]x", "# #[error]x"),
        ("words ##[error]x, ## x", "words # #[error]x, ## x"),
    ],
)
def test_printable(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_say_prints_each_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("one", "\x1btwo")
    assert capsys.readouterr().err == "one\n␛two\n"
