# A job as a plain process, apart from the connection.

process_usable() { :; }

process_launch() { # number of the supervisor
  outlive
  launch "$PWD" "$1" $outliving
  [ -L "holder.$1" ] || [ -z "$outliving" ] || {
    echo atRisk >survival
    launch "$PWD" "$1"
  }
}
