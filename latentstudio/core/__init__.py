"""Standard library and NumPy only: errors, jobs, settings, paths, files, spaces."""
