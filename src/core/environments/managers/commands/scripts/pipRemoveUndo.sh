# Puts back what has not gone yet, or finishes. Parameters: as of pipRemove.sh.

retake "$prefix/.tensorline-lock" || exit 0
store=$prefix/.tensorline-$token
if [ -d "$store/gone" ]; then finish_removal; fi
put_back "$prefix" "$store" && unlock_environment "$prefix"
