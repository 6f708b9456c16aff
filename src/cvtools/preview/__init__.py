"""The preview: page and PDF in the browser, anew after every save."""
