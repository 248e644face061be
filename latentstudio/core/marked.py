"""Marks texts for translation outside `ui`; the window translates them where it shows them."""


def marked(text: str) -> str:
    """The same text. `packaging/translations` collects what stands in this call.

    For words that are declared in one place and shown in another: names in a table, states,
    parts of a sentence. Errors, steps of jobs, options and labels of commands need no mark.
    """
    return text
