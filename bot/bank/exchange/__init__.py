"""The bank in the formats of others: out of it for those who learn elsewhere, into it as drafts."""
