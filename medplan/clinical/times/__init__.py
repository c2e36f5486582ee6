"""Clock times of doses in the patient's own zone, and what a clock change does to them."""
