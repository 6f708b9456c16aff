"""Show page and PDF in the browser, updated after every save."""
