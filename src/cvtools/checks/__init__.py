"""What is wrong with what was built."""

import logging

# As it is imported, it would say that it is there.
logging.getLogger("pikepdf").setLevel(logging.WARNING)
