"""Reviews: what people think of decisions, which of them they are to look at, and how well they
looked. See docs/reviews.md."""
