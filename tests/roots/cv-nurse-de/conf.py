project = "Lebenslauf von Sabine Muster"
extensions = ["cvtools"]
language = "de"
