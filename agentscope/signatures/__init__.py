"""What steps have in common: keys and sketches of calls and results, made once when a span is
stored, so that detectors compare numbers and never read payloads. Pure."""
