"""The open model: what it is, what it can do, and where its pictures start."""
