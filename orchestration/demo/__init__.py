"""A simulated brand with a known truth: a source like any other, and the measure methods are judged on.

Belongs here: what the market is (parameters, people, shops, talk, campaigns), the files its systems deliver up to
a cut-off, and faults to inject into them. Does not: anything the pipeline does with the files.
"""
