-- Marks are made of lines of the file now, and stand beside the numbers of their rows. The next
-- board that is stored has them again.
DELETE FROM marks;
