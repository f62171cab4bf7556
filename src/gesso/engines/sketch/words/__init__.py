"""What a prompt asks for: its parser, its words and their synonyms."""
