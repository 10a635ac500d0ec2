"""The kinds of tokens as people read them, on every page the same: those of docs/glossary.md."""

BUCKET_WORDS = {
    "fresh_input": "fresh input",
    "cache_read": "cache read",
    "cache_write_5m": "cache write",
    "cache_write_1h": "cache write, 1 h",
    "audio_input": "audio in",
    "output_text": "output text",
    "reasoning": "reasoning",
    "audio_output": "audio out",
}
