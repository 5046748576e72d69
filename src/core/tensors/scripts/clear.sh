# Removes runs and hooks that nobody has used for so many days. Parameters: days, the hash of the hook that stays.

clear_old() { # folder, name that stays
  cd "$1" 2>/dev/null && find . ! -name . -prune ! -name "$2" -mtime "+$days" -exec rm -rf {} +
}

days=$1
for root in "$main" "$spare"; do
  [ -d "$root" ] && [ ! -L "$root" ] && [ -O "$root" ] || continue
  (clear_old "$root/$place" .)
  (clear_old "$root/hook" "$2")
done
exit 0
