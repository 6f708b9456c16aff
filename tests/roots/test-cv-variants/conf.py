project = "Variants"
copyright = "2024, Ada"
version = "1"
extensions = ["cvtools"]
html_theme = "basic"
cv_today = "2024-06"
cv_variant = ""
