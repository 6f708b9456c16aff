project = "Ada Example"
copyright = "2024, Ada"
version = "1"
extensions = ["cvtools"]
html_theme = "basic"
cv_today = "2024-06"
locale_dirs = ["../locales"]
gettext_compact = False
