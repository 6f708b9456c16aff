"""The limits of what a build does for a page, so that no page can hang or flood it. All generous beyond any real CV.

Sizes are in bytes, times in seconds. What breaks a limit is refused with the page's name and the limit.
"""

#: A page; a long CV has 30,000.
PAGE_SIZE = 100_000
#: Characters of a line.
LINE_LENGTH = 10_000
#: Headings and targets of a page.
HEADINGS = 500

# What works on documents: LuaLaTeX on their LaTeX, and a process of its own that reads PDFs.

#: Processor time of TeX, and for each byte of LaTeX: 5 pages take 1 second, 1,000 talks (2.4 MB) 24.
TEX_TIME, TEX_TIME_PER_BYTE = 6, 25e-6
#: TeX's memory: 5 pages take 100 MB, 1,000 talks 250.
TEX_MEMORY = 800_000_000
#: A file that TeX writes; the PDF of 1,000 talks has 8 MB, beside its pictures.
TEX_OUTPUT = 100_000_000
#: Time by the clock for parsing fonts, once for each user; thousands of installed fonts take minutes.
FONTS_TIME = 300

#: Time by the clock for reading a PDF, and for each character that it is compared with: 5 pages take 0.5 seconds, 1,000
#: talks (2.4 million characters) 60.
PDF_TIME, PDF_TIME_PER_CHARACTER = 8, 60e-6
#: The memory of what reads a PDF: 5 pages take 270 MB.
PDF_MEMORY = 800_000_000
