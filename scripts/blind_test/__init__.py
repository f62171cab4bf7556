"""The blind test of text to image: can a reader who never saw the prompts tell which one a picture was drawn from?"""
