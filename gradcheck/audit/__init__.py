"""Would a check notice a mistake?"""
