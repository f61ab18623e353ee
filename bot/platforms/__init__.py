"""One folder for each chat platform, with the same file names in each; a platform never imports a feature."""
