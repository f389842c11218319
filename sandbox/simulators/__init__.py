"""Services that nobody can run at home, imitated over HTTP from their public API documents."""
