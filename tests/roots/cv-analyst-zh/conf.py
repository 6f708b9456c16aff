project = "李范例的简历"
extensions = ["cvtools"]
language = "zh_CN"
