"""What stops the stack, as one sentence that says what to do."""


class Trouble(Exception):
    """The stack cannot go on. The person sees the sentence and no traceback."""
