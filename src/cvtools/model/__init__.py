"""Model a CV as dates, entries and the resume: plain Python without docutils and Sphinx."""


class MistakeError(ValueError):
    """Error about a value that breaks a rule, with its probable correction.

    :param text: the rule and the correction
    :param written: the wrong words in the source
    :param meant: the words that replace them
    """

    def __init__(self, text: str, written: str, meant: str) -> None:
        super().__init__(text)
        self.replacement = written, meant
