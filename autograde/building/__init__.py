"""From course texts to notebooks."""
