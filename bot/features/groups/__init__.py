"""Study groups: setting one up, its schedule, and what its organisers do."""
