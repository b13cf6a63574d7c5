"""The commands of `suno-mock` that have a module of their own, each as `command` there, and what they share."""
