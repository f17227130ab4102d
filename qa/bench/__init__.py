"""How fast it is, beside others with the same weights: `python -m qa.bench page | questions | cold`."""
