"""Runs steps.py with the stand-in for NumPy."""

import os
import runpy
import sys

folder = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(folder, "site-packages"))
runpy.run_path(os.path.join(folder, "steps.py"), run_name="__main__")
