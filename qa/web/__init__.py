"""The chat page. Needs nothing but the pipeline; the first import of gradio happens in `page`."""
