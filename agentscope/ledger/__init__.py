"""The ledger: what was done and decided in a project, so that nobody changes it unnoticed. See
docs/adr/0027-ledger.md."""
