"""The steps of the flow, each in a file of its own; pipeline.py tells their order."""
