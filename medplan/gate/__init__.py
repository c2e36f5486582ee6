"""What every HTTP room shares: who is at the door, what a refusal looks like, what is logged.

It knows Flask and the services' refusals, and nothing about medicines. Here, and in the roots
above, the clock is read.
"""
