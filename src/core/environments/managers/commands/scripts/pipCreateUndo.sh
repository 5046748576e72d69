# What pipCreate.sh and pipClone.sh made goes. Parameters: as theirs.

drop_scratch
undo_new "$prefix"
