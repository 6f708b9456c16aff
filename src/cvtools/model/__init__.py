"""Model a CV as dates, entries and the resume: plain Python without docutils and Sphinx."""


class MistakeError(ValueError):
    """A value breaks a rule, and what was probably meant is known.

    :param text: the rule and a suggestion
    :param written: the words of the source that are wrong
    :param meant: the words to put in their place
    """

    def __init__(self, text: str, written: str, meant: str) -> None:
        super().__init__(text)
        self.replacement = written, meant
