"""Ask many questions and score the answers. Imports the pipeline only."""
