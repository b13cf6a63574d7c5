"""Judges what came by the documents: answers, callbacks, retries and polling; and reads the open questions from it."""
