"""Compute the contrast of colours (WCAG 2.2, success criterion 1.4.3), and change a colour until text is legible."""

#: Lowest contrast ratio of legible text.
LEGIBLE = 4.5
#: Backgrounds of pages: white, as the paper of PDFs, and that of the dark mode.
LIGHT, DARK = "FFFFFF", "14181E"


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours of six hexadecimal digits, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def legible(colour: str, background: str, ratio: float = LEGIBLE) -> str:
    """Return a colour with just enough black or white mixed into it for a contrast ratio on a background."""
    end = 0 if contrast(background, LIGHT) < LEGIBLE else 255
    channels = bytes.fromhex(colour)
    mixes = (bytes(round(value + (end - value) * step / 50) for value in channels).hex().upper() for step in range(51))
    return next(mix for mix in mixes if contrast(mix, background) >= ratio)


def _luminance(colour: str) -> float:
    values = [channel / 255 for channel in bytes.fromhex(colour)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
