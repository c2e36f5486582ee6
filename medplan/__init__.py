"""medplan: dated, proved medication plans and tapers."""
