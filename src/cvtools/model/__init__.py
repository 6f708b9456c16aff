"""What a CV is: dates, entries, the resume. Plain Python, no docutils and no Sphinx."""
