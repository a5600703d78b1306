"""Pure decisions of field work: forms and what is sent with them, tasks and their states."""
