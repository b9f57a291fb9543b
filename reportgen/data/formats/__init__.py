"""Files, addresses, databases and frames of any known kind, each made into the same table."""
