"""Secrets and personal data in texts: rules as data, and what finds and replaces them. Pure.

It is a tripwire, not a proof: a rule knows shapes, and a password without a shape or a name beside
it looks like any other word.
"""
