"""Two traces side by side: what each step came to in both, and where they first parted."""
