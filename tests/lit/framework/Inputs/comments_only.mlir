// Nothing but a comment is an empty module.
