"""Whether it keeps working: `python -m qa.stress load`, scripts that press on it and say what held."""
