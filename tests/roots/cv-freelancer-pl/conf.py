project = "CV Jana Przykładowego"
extensions = ["cvtools"]
language = "pl"
