"""Pictures and curves in a terminal.

A character cell is about twice as high as it is wide. So a half block, ``▄`` in one colour on
another, is two square pixels. A Braille character has two by four dots, enough for a curve.
"""
