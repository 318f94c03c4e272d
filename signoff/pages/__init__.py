"""What each page shows, assembled by one function a page: rows in, words and addresses out. Writes nothing."""
