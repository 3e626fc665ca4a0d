"""What comes back: failures, absences, answers of machines and of people. `classify` says which, `take` acts on it."""
