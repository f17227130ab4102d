"""What `python -m qa.stress fuzz` tries: inputs made to break, and what must hold of each."""
