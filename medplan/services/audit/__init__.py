"""Who did and saw what: the lines, whether they are those written, and who may read them."""
