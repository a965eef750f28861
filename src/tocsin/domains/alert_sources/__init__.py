"""Alert sources: where events come in, and the rules that make alerts of them."""
