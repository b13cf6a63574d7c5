"""Counts in words. Pure."""


def counted(number: int, word: str) -> str:
    """A number of things, such as `1 task` and `2 tasks`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def one_of(number: int, whole: int, word: str) -> str:
    """A part of a number of things, such as `1 of 1 task is` and `1 of 3 tasks are`."""
    return f"{number} of {counted(whole, word)} {'is' if whole == 1 else 'are'}"
