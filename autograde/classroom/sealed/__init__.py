"""What a sealed release has in place of the bank and of the mistakes' edits: recorded values. Copied there by ``release``."""
