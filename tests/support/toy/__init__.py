"""An engine that only tests know: what another one would need, and nothing more."""
