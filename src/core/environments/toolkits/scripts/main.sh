# Part of the toolkit survey: the order of things. $1: a folder in front of the system's own, empty for the system itself;
# then prefixes of environments.
root=$1
shift

everything() {
  folders
  for prefix; do
    (carried_in "$prefix")
  done
  login
  named_folders
  modules
}

# The drivers are asked while all else goes on; it waits in the pipe meanwhile.
everything "$@" | {
  driver
  cat
}
emit done
exit 0
