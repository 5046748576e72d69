# Removes a stage. Parameter: stage.

own_stage "$1" || exit 0
end_writer "$1" 2>/dev/null
rm -rf -- "$1"
