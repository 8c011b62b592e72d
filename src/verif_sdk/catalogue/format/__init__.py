"""Types that check the format of a response: data, Markdown, shape."""
