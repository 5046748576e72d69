# Back where it was; where deleting has begun, it is ended.
prefix=$1
stores_of "$prefix"
if [ -d "$draft/whole" ] && [ ! -e "$prefix" ]; then mv -- "$draft/whole" "$prefix" || exit 1; fi
unlock_environment "$prefix"
remove_all "$draft"
