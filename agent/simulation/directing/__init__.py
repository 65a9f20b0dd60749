"""The director: state, rules, ledger and scorecard of a call."""
