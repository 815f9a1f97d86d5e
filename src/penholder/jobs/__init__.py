"""Work done later or by the clock: letters by e-mail, reminders, consent deemed at a deadline, publication on time."""
