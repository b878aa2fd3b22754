"""Are the targets of a prefecture's plan within reach?

The rooms, in the way of the data: ``baseline`` (figures and their story), ``projection``
(joint draws of the future), ``feasibility`` (targets and verdicts), ``display`` (charts,
tables, words), ``export`` and ``site`` (run, render, publish). An import points back along it.
"""
