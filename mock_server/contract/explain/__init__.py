"""What is known of a name: what the documents say, what makes it hold here, how it is provoked, each with its line."""
