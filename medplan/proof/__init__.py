"""The second opinion: a finished plan is judged again from its dated doses alone.

This room reads the plan and the formulary and nothing else. It shares no code with the planner, so
that one mistake can't be made twice, and it never repairs what it finds. `prove.prove` is its door;
`docs/proof.md` says what each invariant means.
"""
