"""The scores held against the ledger of points."""
