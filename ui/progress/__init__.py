"""How trainees do over time: the page of one's own scores, and everyone's for those who train."""
