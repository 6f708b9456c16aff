project = "CV"
extensions = ["cvtools"]
