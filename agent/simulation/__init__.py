"""The domain, pure: director, scorecard, what a turn did, what the persona says, language."""
