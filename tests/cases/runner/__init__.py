"""Builds cases with the real binary and compares the images with those that the reference builder made. ../run_cases.py runs it."""
