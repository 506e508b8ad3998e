"""The sheets this app gives to the hall, one module a kind."""
