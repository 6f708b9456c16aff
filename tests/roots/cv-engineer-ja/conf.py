project = "山田例子の職務経歴書"
extensions = ["cvtools"]
language = "ja"
