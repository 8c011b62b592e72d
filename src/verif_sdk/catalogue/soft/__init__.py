"""Types that a judge decides."""
