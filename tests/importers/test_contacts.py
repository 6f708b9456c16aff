"""Lines of contacts become fields of the person."""

from pathlib import Path

import pytest

from tests.importers.pages import imported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Resume of Ada Example\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("# Ada Example – Architect\n\nx y z.\n", "# Ada Example\n:headline: Architect\n\nx y z.\n"),
        ("Lebenslauf\n===\n\n**Name:** Ada Example\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("---\nname: Ada Example\n---\n# CV\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("---\nname: Ada Example\n---\n# ADA EXAMPLE\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("# **Ada** Example\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("# Ada Example\n\nCurriculum Vitae\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("---\nname: Ada Example\n---\n# Architect – Oslo\n\nx y z.\n", "# Ada Example\n:headline: Architect – Oslo\n\nx y z.\n"),
        ("# 履歴書\n\n2024年5月1日現在\n\n- 氏名：山田 花子\n- メール：a@b.jp\n- 電話：090-1234-5678\n- 住所：〒150-0001 東京都\n", "# 山田 花子\n:email: a@b.jp\n:phone: 090-1234-5678\n:location: 〒150-0001 東京都\n\n2024年5月1日現在\n"),
        ("# ليلى حداد\n\nl@a.example | عمّان، الأردن\n", "# ليلى حداد\n:email: l@a.example\n:location: عمّان، الأردن\n"),
        ("# Hi 👋, I'm Ada Example\n\n<p>Developer · Oslo · <a href='mailto:a@b.pl'>a@b.pl</a></p>\n", "# Ada Example\n:headline: Developer\n:email: a@b.pl\n:location: Oslo\n"),
        ("# Ada\n\n**Developer** · Oslo, Norway\na@b.pl\n", "# Ada\n:headline: Developer\n:email: a@b.pl\n:location: Oslo, Norway\n"),
        ("# Ada\n## Fitter\n📍 Oslo | 📞 07700 900123 | ✉️ a@b.pl\n\n### Work history\n\nNone.\n", "# Ada\n:headline: Fitter\n:email: a@b.pl\n:phone: 07700 900123\n:location: Oslo\n\n## Work history\n\nNone.\n"),
        ("# Currículum vítae\n\n## Datos personales\n\n- Nombre: Lucía\n- Correo: a@b.es\n", "# Lucía\n:email: a@b.es\n"),
        ("# Ada\n\nul. Długa 3/4, 50-001 Wrocław\ntel. 600 100 200, a@b.pl\n", "# Ada\n:email: a@b.pl\n:phone: 600 100 200\n:location: ul. Długa 3/4, 50-001 Wrocław\n"),
        ("# Ada\n\nPartner, Civil Law\n12 Long Street, Suite 9, Oslo, NY 10107 | (215) 555-0164 | a@b.pl\n", "# Ada\n:headline: Partner, Civil Law\n:email: a@b.pl\n:phone: (215) 555-0164\n:location: 12 Long Street, Suite 9, Oslo, NY 10107\n"),
        ("# Ada\n\n**Génie civil – ponts**\\\n12 rue de l’Arc, 35000 Rennes\\\na@b.fr\\\nPermis B\n", "# Ada\n:headline: Génie civil – ponts\n:email: a@b.fr\n:location: 12 rue de l’Arc, 35000 Rennes\n\nPermis B\n"),
        ("# Ada\n\n<details>\n<summary>More</summary>\n\n10<sup>6</sup> <kbd>C</kbd>, H<sub>2</sub>O.\n\n</details>\n", "# Ada\n:headline: More\n\n10⁶ C, H₂O.\n"),
        ("# Ada\n\n| Email | Phone |\n| --- | --- |\n| a@b.pl | +48 123 456 |\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456\n"),
        ("# Ada\n\n| | |\n| --- | --- |\n| Phone | 0171 / 234 56 |\n| Address | Long Street 1<br>Oslo |\n", "# Ada\n:phone: 0171 / 234 56\n:location: Long Street 1, Oslo\n"),
        ("Ada Example\n\n## Skills\n\n- Ink\n", "# Ada Example\n\n## Skills\n\n- Ink\n"),
        ("Name: Ada Example | Born: 1815\n\n## Skills\n\n- Ink\n", "# Ada Example\n\nBorn: 1815\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n## Maker of engines\n\n### Skills\n\n- Ink\n\n### Languages\n\n- Latin\n", "# Ada\n:headline: Maker of engines\n\n## Skills\n\n- Ink\n\n## Languages\n\n- Latin\n"),
        ("+48 123 456 789\n\nAda Example\n\n## Skills\n\n- Ink\n", "# Ada Example\n:phone: +48 123 456 789\n\n## Skills\n\n- Ink\n"),
        ("Tools: ink, quills\n\n## Skills\n\n- Ink\n\n## Myself\n\nName: Ada Example\n\nBorn: 1815\n", "# Ada Example\n\nTools: ink, quills\n\n## Skills\n\n- Ink\n\n## Myself\n\nBorn: 1815\n"),
        ("# Ada\n\n**(020) 555 01 23**\n\n**a@b.pl**\n\n[GitHub: @ada](https://github.com/ada)\n", "# Ada\n:email: a@b.pl\n:phone: (020) 555 01 23\n:github: [@ada](https://github.com/ada)\n"),
        ("# Ada\n#### +48 123 456 789 | a@b.pl\n\n## Skills\n\n- Ink\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456 789\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n## Contact\n\n- <https://a.example>\n- Address: Long Street 1, Oslo\n- Skype: ada\n", "# Ada\n:website: <https://a.example>\n:location: Long Street 1, Oslo\n\n## Contact\n\n- Skype: ada\n"),
        ("# Ada\n\n## Get in touch\n\n- a@b.pl\n- +48 123 456\n\n## Skills\n\n- Ink\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\nx y z.\n\n## Get in touch\n\n- a@b.pl\n- Skype: ada\n\n## Skills\n\n- Ink\n", "# Ada\n:email: a@b.pl\n\nx y z.\n\n## Get in touch\n\n- Skype: ada\n\n## Skills\n\n- Ink\n"),
        ("# Олена\n\n- Електронна пошта: a@b.pl\n- Місто: Львів\n\n## Мови\n\n- x\n", "# Олена\n:email: a@b.pl\n:location: Львів\n\n## Мови\n\n- x\n"),
        ("# Ada\n\n[https://s.example] | https://linkedin.com/in/ada[^1] | a@b.pl\n\n## Skills\n\n- x\n", "# Ada\n:email: a@b.pl\n:website: <https://s.example>\n\n- https://linkedin.com/in/ada\\[^1]\n\n## Skills\n\n- x\n"),
        ("# Ada\n\n## Contact\n\na@b.pl | Oslo\n\n## Skills\n\n- Ink\n", "# Ada\n:email: a@b.pl\n:location: Oslo\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n**Główna mistrzyni** | Wrocław | a@b.pl\n", "# Ada\n:headline: Główna mistrzyni\n:email: a@b.pl\n:location: Wrocław\n"),
        ("# Ada\n\n**Oslo** | Architect | a@b.pl\n", "# Ada\n:headline: Architect\n:email: a@b.pl\n:location: Oslo\n"),
        ("# Ada\n\n`ada@b.pl` | Oslo\n", "# Ada\n:email: ada@b.pl\n:location: Oslo\n"),
        ("# Ada\n\n- العنوان: عمّان، الأردن\n", "# Ada\n:location: عمّان، الأردن\n"),
        ("# Ada\n\nPatrimonio: casa\n", "# Ada\n\nPatrimonio: casa\n"),
        ("# Ada\n\nLong Street 7, 26721 Oslo\n\nContact\n\na@b.pl\n", "# Ada\n:email: a@b.pl\n:location: Long Street 7, 26721 Oslo\n"),
        ("# Ada\n\nwww.linkedin.com/in/ada (LinkedIn)\na@b.pl\n", "# Ada\n:email: a@b.pl\n:linkedin: [ada](https://www.linkedin.com/in/ada)\n"),
        ("# Ada\n\nTwitter: @ada, Gdańsk, Poland\n\n## Skills\n\n- Ink\n", "# Ada\n:location: Gdańsk, Poland\n:twitter: [ada](https://twitter.com/ada)\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n<https://a.example> / Oslo / ORCID: 0000-0002-1825-0097\n\n## Skills\n\n- Ink\n", "# Ada\n:website: <https://a.example>\n:location: Oslo\n:orcid: [0000-0002-1825-0097](https://orcid.org/0000-0002-1825-0097)\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\nGitHub: ada (and [a blog](https://a.example))\n\n## Skills\n\n- Ink\n", "# Ada\n\nGitHub: ada (and [a blog](https://a.example))\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\nAddress: Long Street 1, Oslo — a@b.pl\n\n## Skills\n\n- Ink\n", "# Ada\n:email: a@b.pl\n:location: Long Street 1, Oslo\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\nBob <bob@b.pl> | Oslo | <https://a.example>\n\n## Skills\n\n- Ink\n", "# Ada\n:website: <https://a.example>\n:location: Oslo\n\n- Bob bob@b.pl\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n<a.e@b.pl> | Oslo\n\n## Skills\n\n- Ink\n", "# Ada\n:email: a.e@b.pl\n:location: Oslo\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\nEmail: ada (at) b.pl\n\n## Skills\n\n- Ink\n", "# Ada\n\n- Email: ada (at) b.pl\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n## Clerk\n\n- a@b.pl\n\n## Skills\n\n- Ink\n", "# Ada\n:headline: Clerk\n:email: a@b.pl\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n## Fitter\n\na@b.pl\n\n## Skills\n\n- Ink\n", "# Ada\n:headline: Fitter\n:email: a@b.pl\n\n## Skills\n\n- Ink\n"),
        ("# Olá 👋, eu sou a Ada Example\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("# Ada\n\nhe/him | Oslo | a@b.pl\n", "# Ada\n:email: a@b.pl\n:location: Oslo\n\n- he/him\n"),
        ("# Ada\n\nella/she\n\na@b.pl\n", "# Ada\n:email: a@b.pl\n\nella/she\n"),
        ("# Ada\n\nAustin, TX | a@b.pl | NPI 1234567890\n", "# Ada\n:email: a@b.pl\n:location: Austin, TX\n\n- NPI 1234567890\n"),
        ("# Curriculum vitae\n\nAda B. Example, PhD, LL.M., FRS\n\nx y z.\n", "# Ada B. Example, PhD, LL.M., FRS\n\nx y z.\n"),
        ("# Ada\n\nAustin, TX\n\na@b.pl\n", "# Ada\n:email: a@b.pl\n:location: Austin, TX\n"),
        ("# Ada\n\n- **ウェブ：** https://a.example\n", "# Ada\n:website: <https://a.example>\n"),
        ("# Ada\n\n[Instagram](https://instagram.com/ada) | [Site](https://a.example)\n", "# Ada\n:website: [Site](https://a.example)\n:instagram: [ada](https://instagram.com/ada)\n"),
        ("# Ada\n\n[https://vimeo.com/ada](https://vimeo.com/ada)\n", "# Ada\n:vimeo: <https://vimeo.com/ada>\n"),
        ("# Ada Example's CV\n\nx y z.\n", "# Ada Example\n\nx y z.\n"),
        ("简历\n\n# Ada Example\n\nx y z.\n\n# Skills\n\n- Ink\n", "# Ada Example\n\nx y z.\n\n## Skills\n\n- Ink\n"),
        ("<b>简历</b>\n\n## 联系方式\n\n- 手机：16600000000\n- 微信号：x\n", "# CV\n:phone: 16600000000\n\n## 联系方式\n\n- 微信号：x\n"),
        ("# Lebenslauf\n\n## Personalien\n\nAda Example\\\n7013 Ems\n\na@b.ch\n", "# Ada Example\n:email: a@b.ch\n\n## Personalien\n\n7013 Ems\n"),
        ("I am an engineer who has drawn plans for arches in many towns.\n\n## Skills\n\n- Ink\n", "# CV\n\nI am an engineer who has drawn plans for arches in many towns.\n\n## Skills\n\n- Ink\n"),
        ("# Ada\n\n|Mail|Phone|WeChat|\n|-|-|-|\n|a@b.pl|+48 123 456|ada-e|\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456\n\n- **WeChat:** ada-e\n"),
        ("# Ada\n\n|Where|Links|\n|-|-|\n|+48 123 456|[GitHub](https://github.com/ada)|\n|Oslo, Norway|[Page](https://p.example)|\n", "# Ada\n:phone: +48 123 456\n:website: [Page](https://p.example)\n:location: Oslo, Norway\n:github: [ada](https://github.com/ada)\n\n- Where\n- Links\n"),
        ("# Ada\n\n## Contact\n\n| Method | Address |\n|-|-|\n| `tel` | +48 123 456 |\n| `email` | a@b.pl |\n| `chat` | ada |\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456\n\n## Contact\n\n- **chat:** ada\n"),
        ("# Ada\n\n18600000000 丨a@b.pl\n", "# Ada\n:email: a@b.pl\n:phone: 18600000000\n"),
        ("# Ada\n\n<div>\n<a href='mailto:a@b.pl'>a@b.pl</a>\n|\n<a href='https://github.com/ada'>GitHub</a>\n</div>\n", "# Ada\n:email: a@b.pl\n:github: [ada](https://github.com/ada)\n"),
        ("# Ada\n\nGlad to draw bridges | [GitHub: ada](https://github.com/ada)\n\nx y z.\n", "# Ada\n:github: [ada](https://github.com/ada)\n\n- Glad to draw bridges\n\nx y z.\n"),
        ("# Ada\n\n```\nada@example.org\n```\n", "# Ada\n\n```text\nada@example.org\n```\n"),
        ("# Ada\n\n[a@b.pl](mailto:a@b.pl), [+48 123 456](tel:+48123456)\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456\n"),
        ("# Ada\n\nTél : 04 76 55 01 23 / 06 39 98 01 23\nORCID : 0000-0002-1825-0097\n", "# Ada\n:phone: 04 76 55 01 23, 06 39 98 01 23\n:orcid: [0000-0002-1825-0097](https://orcid.org/0000-0002-1825-0097)\n"),
        ("# Ada\n\nTel: 04 76 55 01 23, 06 39 98 01 23\n", "# Ada\n:phone: 04 76 55 01 23, 06 39 98 01 23\n"),
        ("# Ada\n\nTel: +48 123 456, a@b.pl, ada.example.com, Oslo, Norway\n", "# Ada\n:email: a@b.pl\n:phone: +48 123 456\n:website: <https://ada.example.com>\n:location: Oslo, Norway\n"),
        ("# Ada\n\na@b.pl | 0000-0002-1825-0097\n", "# Ada\n:email: a@b.pl\n:orcid: [0000-0002-1825-0097](https://orcid.org/0000-0002-1825-0097)\n"),
        ("# Ada\n\na@b.pl\n\nBorn 12/05/1990 - 01/02/2003\n", "# Ada\n:email: a@b.pl\n\nBorn 12/05/1990 - 01/02/2003\n"),
        ("# Ada\n\nberlin, germany | a@b.pl\n", "# Ada\n:email: a@b.pl\n:location: berlin, germany\n"),
        ("# Ada\n\n<https://ada.github.io> | <https://github.com/ada>\n", "# Ada\n:website: <https://ada.github.io>\n:github: [ada](https://github.com/ada)\n"),
        ("# Ada\n\n- Phone (day, night): +48 123 456\n", "# Ada\n:phone: +48 123 456\n"),
        ("# Ada\n\na@b.pl\n\nArches -- https://github.com/a/b | May 2019 - June 2020\n", "# Ada\n:email: a@b.pl\n\nArches -- https://github.com/a/b | May 2019 - June 2020\n"),
        ("# Ada\n\nPhone: 09/2014 - 02/2018 | 2019-2020\n", "# Ada\n\nPhone: 09/2014 - 02/2018 | 2019-2020\n"),
        ("# Ada\n\na@b.pl | Oslo\nPost: Cook | c@d.pl | Born 1/2/1990\n", "# Ada\n:email: a@b.pl\n:email: c@d.pl\n:location: Oslo\n\n- Post: Cook\n- Born 1/2/1990\n"),
        ("# Ada\n\n![](photo.jpg)\n\n[![LinkedIn](https://b.example)](https://linkedin.com/in/ada) ![hits](https://c.example)\n\nBerlin 10115\n", "# Ada\n:linkedin: [ada](https://linkedin.com/in/ada)\n\nBerlin 10115\n"),
        ("# Ada\n\n<a href='mailto:a@b.pl'><img src='https://c.example'></a>\n", "# Ada\n:email: a@b.pl\n"),
        ('<h1 align="center">Ada</h1>\n\n<p><i class="fa"></i> <a href="mailto:a@b.pl">a@b.pl</a></p>\n', "# Ada\n:email: a@b.pl\n"),
    ],
)  # fmt: skip
def test_contacts_become_fields(tmp_path: Path, text: str, expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.md", text)
    assert pages["index"] == expected


def test_words_of_a_link_to_a_mailbox_are_told(tmp_path: Path) -> None:
    text = "# Ada\n\n[Write to Ada](mailto:a@b.pl) | [E-Mail](mailto:c@d.pl) | [e@f.pl](mailto:e@f.pl)\n"
    pages, said = imported(tmp_path, "cv.md", text)
    assert pages["index"] == "# Ada\n:email: a@b.pl\n:email: c@d.pl\n:email: e@f.pl\n"
    assert said == ['the words of a link to a mailbox are left out: "Write to Ada"']
