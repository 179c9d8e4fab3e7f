"""The game, the trainer, and data on the device. The engine prints nothing and reads no files."""
