project = "CV"
author = "Ada Example"
copyright = "2024, Ada"
extensions = ["cvtools"]
cv_today = "2024-06"
tags.add("pdf")
