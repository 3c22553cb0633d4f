"""Whether near places are alike."""
