"""`/competition`: find, follow, rename and pause competitions; their deadlines and live boards."""
