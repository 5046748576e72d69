# What pipChange.sh and pipRepair.sh changed is put back. Parameters: as theirs.

drop_scratch
undo_change "$prefix"
