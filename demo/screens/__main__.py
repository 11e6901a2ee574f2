"""`python -m demo.screens`: pictures of every screen, for a desk and for phones."""

import sys

if __name__ == "__main__":
    # Each forked call of the Kaggle CLI imports this module, which should therefore import little.
    from demo.screens.command_line import main

    sys.exit(main(sys.argv[1:]))
