"""What writes committed files from the catalog; no part of any run."""
