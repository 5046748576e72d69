# Stands before read.sh: finds the records of a job. Parameter: its id.

enter "$1" || exit 40
set -- "$PWD/run"

