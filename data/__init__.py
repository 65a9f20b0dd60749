"""Records: journals of calls, their archive, users."""
