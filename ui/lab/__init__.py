"""The lab's pages: scripts and their results, side by side, and what was said in each run."""
