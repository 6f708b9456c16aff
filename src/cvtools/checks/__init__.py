"""What is wrong with what was built."""
