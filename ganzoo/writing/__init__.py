"""Writes a model as one plain PyTorch file, which needs no ganzoo.

`specialise` executes the game's own functions on the values that are known, such as the settings,
and keeps the rest as code. So the file has no branch and no method that the run does not use.
`networks` writes the networks that ``build`` made, layer by layer, and `script` puts the file
together.
"""
