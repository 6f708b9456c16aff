"""Model a CV as dates, entries and the resume: plain Python without docutils and Sphinx."""
