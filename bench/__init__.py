"""Benchmarks, printed as ratios of one run: rates alone say more of the machine than of us."""
