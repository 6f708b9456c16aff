project = "Резюме Оксани Прикладної"
extensions = ["cvtools"]
language = "uk"
