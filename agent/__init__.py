"""Everything that runs a call: LiveKit, worker, job, engines, director, scoring."""
