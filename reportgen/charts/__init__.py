"""Numbers and words in, one SVG string out: the only home of matplotlib."""
