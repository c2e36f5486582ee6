"""Other people's servers, asked with care: nobody's address may lead into the operator's own net.

Knows neither medicines nor who asks; what comes back is bytes from a stranger.
"""
