# A job with a tmux session of its own, whose pane shows the log to whoever attaches. The supervisor is the same as that of a
# plain process, and no child of tmux: tmux learns no secret, and a job survives a tmux that crashes.

tmux_usable() {
  command -v tmux >/dev/null 2>&1 || {
    echo missing
    return 1
  }
}

tmux_launch() { # number of the supervisor
  outlive
  # A server that is there already may end with its log-in, and its sessions with it.
  if [ -n "$outliving" ] && tmux list-sessions >/dev/null 2>&1; then echo atRisk >survival; fi
  # Each word is an argument of its own, so that no shell of the user's reads them; a session that nobody has attached to
  # stays, whatever the user's settings say. Who attaches reads what Ctrl+C does before pressing it.
  launched=$(
    unset unnamed $TENSORLINE_SECRETS TENSORLINE_SECRETS TMUX
    exec 2>&1 </dev/null
    $outliving tmux new-session -d -s "tensorline-${PWD##*/}" -n log sh "$PWD/pane" "$1" \; \
      set-option -t "=tensorline-${PWD##*/}:" destroy-unattached off \; \
      set-option -t "=tensorline-${PWD##*/}:" status-left-length 60 \; \
      set-option -t "=tensorline-${PWD##*/}:" status-left "Ctrl+C stops the job, detaching does not "
  ) || tmux has-session -t "=tensorline-${PWD##*/}" 2>/dev/null || return
  process_launch "$1"
}
