"""The CV as data that machines read, made of the resume that an output may show."""
