# Submits a job once. Parameters: id, back end, days and number for `tidy`, the text of the scripts supervise, become, keep
# and gpus; input: see stage.sh. Answers how it stands. Everything that was asked for arrives as a whole folder, by rename,
# or not at all.

backend=$2 days=$3 newest=$4
supervise=$5 become=$6 keep=$7 gpus=$8
unset TENSORLINE_JOB TENSORLINE_OUT TENSORLINE_RUN

complete() { # folder
  printf %s "$supervise" >"$1/supervise" && printf %s "$become" >"$1/become" && printf %s "$keep" >"$1/keep" &&
    printf %s "$gpus" >"$1/gpus" && mkdir "$1/out" "$1/run" || return
  : >"$1/lost.new"
  IFS=' ' read -r wish line <"$1/gpus.wish"
  case $wish in none | given) reason=- ;; *) reason=waitingForGpus ;; esac
  if [ -n "$TENSORLINE_SECRETS" ]; then printf '%s\n' "$TENSORLINE_SECRETS" >"$1/secrets" || return; fi
  # The room for what follows is taken beforehand: the disk may be full by then.
  state=$(printf '%-239s' "1 queued - - $(date -u +%Y-%m-%dT%H:%M:%SZ) - - $reason -")
  for line in state state.next state.new; do printf '%s\n' "$state" >"$1/$line" || return; done
  [ ! -f "$1/snapshot" ] || snapshot "$1"
}

snapshot() { # folder: what stands in the part `snapshot` is its source, then what of it is linked
  { IFS= read -r line && make_snapshot "$line" "$PWD/$1/code"; } <"$1/snapshot" || {
    rm -rf "$1"
    exit 47
  }
}

goes() {
  read_state && { has_ended || [ ! -L holder.1 ]; }
}

if ! enter "$id"; then
  why=$("${backend}_usable") || {
    printf '%s\n' "$why"
    exit 48
  }
  settle
  umask "$mask"
  "${backend}_launch" 1
  umask 077
  [ -L holder.1 ] || {
    printf '%s\n' "$launched" >&2
    exit 44
  }
  (cd .. && set -- * && [ "$#" -gt "$newest" ] && tidy "$days" "$newest" &) >/dev/null 2>&1 </dev/null
fi
tell "$id" || exit 40
exit 0
