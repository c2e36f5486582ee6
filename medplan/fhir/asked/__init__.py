"""From other people's prescriptions to a request: what is understood is asked for, the rest told.

Nothing is guessed. Where a usual value of ours is used because the sender gave none (a clock time,
a country's time zone), that is told as information; where a dose, a day or a product can't be
known, that is an error and nothing is planned.
"""
