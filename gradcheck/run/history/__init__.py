"""Documents that runs leave behind, and their later use."""
