"""What a token costs: dated prices, and how names of models find them."""
