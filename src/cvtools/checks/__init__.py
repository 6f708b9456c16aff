"""Check built files, links and spelling."""

import logging

# pikepdf logs a message when it is imported.
logging.getLogger("pikepdf").setLevel(logging.WARNING)
