"""Broken requests as raw bytes, by number: `python -m tests.fuzz --help`.

Own mutations in place of atheris: atheris has no wheels for Windows and for the newest Pythons, its inputs follow from
what ran before them, and most of a request is read by C, whose coverage it does not see. Here number and seed alone
make an input. It is in tests, since it proves something and measures nothing.
"""
