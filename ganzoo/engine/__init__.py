"""The engine: the game, the trainer, data on the device, state. It prints nothing and reads no
files."""
