"""Decision records: which agent decided what, on which evidence, by what authority, and what came
of it; derived from the spans of each trace, with digests that the ledger keeps."""
