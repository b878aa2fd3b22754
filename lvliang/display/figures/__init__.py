"""Drawings of facts with the labels that a text gives: no words, no language."""
