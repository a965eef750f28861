"""Who is calling: API keys, basic auth, web sessions."""
