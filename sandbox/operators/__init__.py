"""What operators do in a real cluster: objects of the API become what servers read."""
