"""What the documents say of what came: answers, callbacks, retries, polling, and readings of open questions."""
