"""What may be done to people's places: postings, leaderships, memberships, accounts, the register itself."""
