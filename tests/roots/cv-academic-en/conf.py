project = "Curriculum vitae of Grace Tester"
extensions = ["cvtools"]

