project = "السيرة الذاتية لليلى مثال"
extensions = ["cvtools"]
language = "ar"
