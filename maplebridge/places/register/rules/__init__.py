"""What holds for the register without a database: codes, words and numbers of an address, differences, quality."""
