"""The nouns: account, task, track, timeline, the bodies of callbacks and polling, one attempt."""
