"""Sound: files in and out, speech, music and noises, all made here."""
