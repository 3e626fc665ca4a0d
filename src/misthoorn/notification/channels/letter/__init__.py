"""Letters on paper: from a message to a sheet that a person prints and posts."""
