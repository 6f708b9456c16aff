"""The social card."""

import io

from PIL import Image

from cvtools.exporters.social_card import SIZE, can_show, card

WORDS = ("Łucja Przykładowa", "Software architect", "cv.example")


def test_same_arguments_give_the_same_bytes() -> None:
    png = card(*WORDS, "1F4E79")
    card.cache_clear()
    assert card(*WORDS, "1F4E79") == png
    assert card(*WORDS, "8A1C1C") != png
    assert Image.open(io.BytesIO(png)).size == SIZE
    assert len(png) < 40_000


def test_text_keeps_within_the_margins() -> None:
    for name, headline in [("Ada", "Architect"), ("Wolfeschlegelstein " * 6, "Of all that there is to do " * 12)]:
        image = Image.open(io.BytesIO(card(name, headline, "cv.example", "1F4E79"))).convert("RGB")
        width, height = SIZE
        for box in [(width - 90, 0, width, height), (40, 0, 90, height), (40, 500, width, 520)]:
            assert set(image.crop(box).tobytes()) == {255}


def test_can_show_is_false_for_letters_that_the_font_lacks() -> None:
    assert can_show("Zażółć gęślą jaźń – “Ada’s”")
    assert not can_show("Ada", "建築家")
