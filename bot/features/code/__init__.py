"""Code that members send, run in a sandbox and judged."""
