"""Long trials of the program: kills, signals, damaged inputs, two windows, an hour of edits.

python -m tests.soak TRIAL --help
"""
