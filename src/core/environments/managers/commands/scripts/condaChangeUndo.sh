prefix=$1
# The folder is gone where the manager was about to make it anew.
if [ -d "$prefix" ]; then prefix=$(cd -- "$prefix" && pwd -P) || exit 1; fi
stores_of "$prefix"
if retake "$store/holder"; then restore "$prefix" || exit 1; fi
remove_all "$draft"
unlock_environment "$prefix"
