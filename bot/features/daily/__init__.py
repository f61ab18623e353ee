"""The daily question: choosing, posting, collecting answers, revealing."""
