"""Errors that know what was probably meant."""


class MistakeError(ValueError):
    """A value breaks a rule in a way that can be corrected.

    :param text: the rule and a suggestion
    :param written: words of the source
    :param meant: what was probably meant instead
    """

    def __init__(self, text: str, written: str, meant: str) -> None:
        super().__init__(text)
        self.replacement = written, meant
