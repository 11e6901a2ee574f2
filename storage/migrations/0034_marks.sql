-- Marks are made of lines of the file now, and stand beside the numbers of their rows. The next
-- sync makes them anew.
DELETE FROM marks;
