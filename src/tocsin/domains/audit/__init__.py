"""The append-only record of what people changed."""
