"""What nobody should see, and a plugin whose texts are full of it."""

import re

RAW = re.compile(r":\w+:`|\.\. \w+::|``|\\[A-Za-z({,;!]|^\s*>>> |^\s*=====|\*\*\w", re.MULTILINE)
"""Markup that no person should see: roles, directives, code quotes, LaTeX, doctests, bold."""

PLUGIN = '''
r"""A lesson with *everything*: ``code``, :math:`\\theta_g`.

.. math:: \\frac{1}{2} \\mathbb{E}[x]

>>> 1
1
"""
from dataclasses import dataclass
import ganzoo

@dataclass(frozen=True)
class Loss:
    size: int = 1
    """How :math:`\\lambda` and ``size`` are [bold]set[/bold]."""
    def discriminator(self, real, fake):
        return fake.mean() - real.mean() + (real**2).mean() + (fake**2).mean()
    def generator(self, fake):
        return -fake.mean()

@ganzoo.hookimpl
def ganzoo_losses():
    text = r"A loss with ``markup`` and :math:`\\theta_D`."
    return [ganzoo.Loss(name="marked", summary=text, factory="marked:Loss")]
'''
