"""Courses that go with another: a PPI with an NSAID, a laxative with an opioid."""
