"""The CV as data that machines read."""
