"""Maximum likelihood with spatial lags: arrays in, arrays out, for whichever station asks."""
