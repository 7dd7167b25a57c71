"""How days are written, where Django's own choice for a language is not ours (`FORMAT_MODULE_PATH`)."""
