"""The reports of a run: a row per rule, the HTML page, the files, the progress bar."""
