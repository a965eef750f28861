"""Answers to a page from outside the web app: the links of a mail, and replies to it."""
