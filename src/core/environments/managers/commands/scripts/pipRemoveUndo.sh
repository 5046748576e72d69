# Puts back what has not gone yet, or finishes. Parameters: as of pipRemove.sh.

retake "$prefix/.tensorline-lock" || exit 0
store=$prefix/.tensorline-$token
if [ -d "$store/gone" ]; then finish_removal; fi
for part in $removed; do
  if [ -e "$store/going/$part" ] || [ -L "$store/going/$part" ]; then mv -- "$store/going/$part" "$prefix/" || exit 1; fi
done
rm -rf -- "$store"
unlock_environment "$prefix"
