"""What members see, and what runs on a timer; one topic a file."""
