# Runs one program several times on one machine, told apart by RANK as torch.distributed wants it. Parameters: how many,
# then the program and its arguments. When one fails the others are ended; its exit code is that of all.

exec 3>&1
count=$1
shift
if [ -z "$MASTER_PORT" ]; then
  # A port that nobody listens on at present; another job may have the same idea later, so each begins elsewhere.
  MASTER_PORT=$((20000 + $$ % 20000))
  while grep -q ":$(printf %04X "$MASTER_PORT") .* 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null; do
    MASTER_PORT=$((MASTER_PORT + 1))
  done
fi
WORLD_SIZE=$count LOCAL_WORLD_SIZE=$count MASTER_ADDR=${MASTER_ADDR:-127.0.0.1}
export WORLD_SIZE LOCAL_WORLD_SIZE MASTER_ADDR MASTER_PORT

start_all() { # each tells "began RANK PID" and "ended RANK CODE"
  rank=0
  while [ "$rank" -lt "$count" ]; do
    (
      RANK=$rank LOCAL_RANK=$rank
      export RANK LOCAL_RANK
      # Its number is known before it can end.
      sh -c 'echo "began $RANK $$" >&4 && exec "$@" 4>&-' sh "$@" 4>&1 >&3 3>&-
      echo "ended $rank $?"
    ) &
    rank=$((rank + 1))
  done
  wait
}

watch_all() {
  pids= code=0 left=$count killer=
  while [ "$left" -gt 0 ] && read -r event rank value; do
    if [ "$event" = began ]; then
      pids="$pids $value"
      [ "$code" = 0 ] || kill -s TERM "$value" 2>/dev/null
      continue
    fi
    left=$((left - 1))
    [ "$code" = 0 ] && [ "$value" != 0 ] || continue
    code=$value
    echo "tensorline: process $rank of $count ended with exit code $code; the others are ended." >&2
    # shellcheck disable=SC2086 # numbers
    kill -s TERM $pids 2>/dev/null
    (sleep 10 && kill -s KILL $pids) >/dev/null 2>&1 3>&- &
    killer=$!
  done
  [ -z "$killer" ] || kill -s KILL "$killer" 2>/dev/null
  return "$code"
}

start_all "$@" | watch_all 3>&-
exit
