"""Days on which somebody does something other than take a dose."""
