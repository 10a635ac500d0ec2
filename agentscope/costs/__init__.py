"""What it cost: dated prices, and which spans count towards the bill."""
