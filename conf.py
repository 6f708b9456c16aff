"""Configure this site; the extension cvtools has everything that all CVs share."""

project = "CV"
author = "Michał Bultrowicz"
copyright = author
language = "en"
extensions = ["cvtools"]

# Beside this file, not in docs/, which is published.
spelling_word_list_filename = "../wordlist.txt"

cv_max_pages = 6
cv_editions = {
    "full": {"title": {"en": "Full", "pl": "Pełne"}},
    "short": {"title": {"en": "Short", "pl": "Krótkie"}, "max_pages": 2, "design": "compact"},
}
cv_languages = ["en", "pl"]
cv_technologies = {
    "pl": {
        "Languages": "Języki",
        "Web": "WWW",
        "Data": "Dane",
        "Streams and tasks": "Strumienie i zadania",
        "Cloud": "Chmura",
        "Containers and infrastructure": "Kontenery i infrastruktura",
        "Delivery and operation": "Dostarczanie i utrzymanie",
        "Tests": "Testy",
        "Security": "Bezpieczeństwo",
        "Desktop and devices": "Aplikacje okienkowe i urządzenia",
        "Networks and payments": "Sieci i płatności",
    },
}
