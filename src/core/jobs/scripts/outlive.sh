# Where logind ends what a log-in leaves behind, a job needs a scope of its own, and that one lives on only where the user
# lingers: without that it ends with the user's last log-in.

outlive() { # in the job's folder: sets $outliving to the words that start a program so that it stays, and writes `survival`
  outliving=
  echo setsid >survival
  [ "$user" != 0 ] || return 0
  session=
  while IFS= read -r line; do
    case $line in */session-*.scope*) session=1 ;; esac
  done <"${HOST_PROC:-/proc}/self/cgroup"
  [ -n "$session" ] || return 0
  case $(loginctl show-session -p KillUserProcesses 2>/dev/null) in *=yes) ;; *) return 0 ;; esac
  outliving='systemd-run --user --scope --collect --quiet'
  echo atRisk >survival
  case $(loginctl show-user "$user" -p Linger 2>/dev/null) in *=yes) echo scope >survival ;; esac
}
