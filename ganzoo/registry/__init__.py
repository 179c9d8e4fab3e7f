"""The records that plugins provide, and finding them by name."""
