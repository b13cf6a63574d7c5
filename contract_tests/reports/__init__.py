"""What a run tells: rows, the page, files, progress."""
