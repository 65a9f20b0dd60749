"""What tests share: fakes, worlds, clocks, a booth, a running app."""
