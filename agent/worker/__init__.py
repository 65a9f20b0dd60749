"""The job's side of calls: one job for each, in this process or elsewhere."""
