"""What happened: spans as they were told, and the examined trace they make up."""
