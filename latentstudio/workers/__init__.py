"""Runs jobs on QThreads; newest preview wins. QtCore only."""
