project = "CV of Sam Fresh"
extensions = ["cvtools"]

