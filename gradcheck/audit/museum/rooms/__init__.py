"""The rooms: exhibits by family."""
