"""Tests of one part, in folders named as the code's."""
