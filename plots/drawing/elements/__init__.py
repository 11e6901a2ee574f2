"""Parts that several plots draw: canvas, fonts, axes, lines and labels."""
