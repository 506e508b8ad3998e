"""Pages of the awards: for everyone, for voters, for officers, for scrutineers."""
