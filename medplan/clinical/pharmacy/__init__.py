"""What a pharmacy works out from a plan: units by day, supply by period, other packs."""
