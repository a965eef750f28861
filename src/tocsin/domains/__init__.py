"""The slices: one room a noun of the field, each with the same furniture (docs/architecture.md)."""
