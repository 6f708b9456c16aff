project = "CV de Claire Exemple"
extensions = ["cvtools"]
language = "fr"
