# What supervisors of operations do: the first runs the work; a later one undoes what is left of it, after the one before
# died without a word.

mark=TENSORLINE_OPERATION entry=$folder/run grace=5

started() { :; }

hear() { # cancellable: a cancellation counts
  [ "$word $1" = 'cancel cancellable' ] || return 0
  halted=1
  return 1
}

detach
open_log

state=lost
if [ "$turn" = 1 ]; then
  run script cancellable
  if [ -n "$halted" ]; then
    state=cancelled code=-
  elif [ "$code" = 0 ]; then
    state=succeeded
  else
    state=failed
  fi
fi

if [ "$state" = succeeded ]; then
  end_all session
else
  end_all marked
  kept=$code halted=
  if [ -f undo ]; then
    run undo
    [ "$code" = 0 ] || left=left
    end_all marked
  fi
  code=$kept
fi

close_log
IFS=' ' read -r version was was_code began rest <state
put_state 120 "1 $state $code $began $(date -u +%Y-%m-%dT%H:%M:%SZ) $left"
exit 0
