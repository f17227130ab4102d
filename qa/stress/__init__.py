"""Whether it keeps working: `python -m qa.stress`, scripts that press on it and say what held."""
