"""From files to a panel and its areas on one index."""
