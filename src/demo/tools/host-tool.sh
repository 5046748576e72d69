#!/bin/sh
# The commands that tell one machine from another, simulated: one file under many names.
host=${0%/*}/..
. "$host/run/facts"

# Sets login, uid from a line of the simulated passwd whose first or third field is $1.
account() {
  while IFS=: read -r login _ uid _; do
    case $1 in "$login" | "$uid") return 0 ;; esac
  done <"$host/etc/passwd"
  return 1
}

print_id() {
  case $1 in
    -u | -g | -G) echo "$uid" ;;
    -un | -gn | -Gn) echo "$login" ;;
    *) echo "uid=$uid($login) gid=$uid($login) groups=$uid($login),44(video),109(render)" ;;
  esac
}

print_uname() {
  case ${1:--s} in
    -s) echo Linux ;;
    -n) echo "$hostname" ;;
    -r) echo "$kernel" ;;
    -m | -p | -i) echo x86_64 ;;
    -o) echo GNU/Linux ;;
    -v) echo '#1 SMP PREEMPT_DYNAMIC' ;;
    -srm) echo "Linux $kernel x86_64" ;;
    -sr) echo "Linux $kernel" ;;
    *) echo "Linux $hostname $kernel #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux" ;;
  esac
}

# Prints the file system that holds the path: the longest mount point that the path begins with.
print_disk() {
  best= best_line=
  while read -r device total used free share mount; do
    case ${1%/}/ in
      "${mount%/}"/*) if [ ${#mount} -gt ${#best} ]; then best=$mount best_line="$device $total $used $free $share $mount"; fi ;;
    esac
  done <"$host/run/disks"
  set -- $best_line
  printf '%-22s %12s %12s %12s %4s %s\n' "$1" "$2" "$3" "$4" "$5" "$6"
}

print_disks() {
  printf '%-22s %12s %12s %12s %4s %s\n' Filesystem 1024-blocks Used Available Capacity 'Mounted on'
  all=1
  for path; do
    case $path in
      -*) continue ;;
      "$home" | "$home"/*) path=/home/$user ;;
    esac
    case $path in /*) all= && print_disk "$path" ;; *) all= && print_disk "/home/$user" ;; esac
  done
  [ "$all" ] || return 0
  while read -r device total used free share mount; do
    printf '%-22s %12s %12s %12s %4s %s\n' "$device" "$total" "$used" "$free" "$share" "$mount"
  done <"$host/run/disks"
}

print_passwd() {
  if [ $# = 0 ]; then exec cat "$host/etc/passwd"; fi
  missing=0
  for key; do
    if account "$key"; then echo "$login:x:$uid:$uid:$login:/home/$login:/bin/bash"; else missing=2; fi
  done
  exit $missing
}

case ${0##*/} in
  hostname) echo "$hostname" ;;
  nproc) echo "$cores" ;;
  whoami) echo "$user" ;;
  logname) echo "$user" ;;
  uname) print_uname "$@" ;;
  df) print_disks "$@" ;;
  id)
    name=$user
    case ${2:-${1:-}} in '' | -*) ;; *) name=${2:-$1} ;; esac
    account "$name" || { echo "id: '$name': no such user" >&2 && exit 1; }
    print_id "${1:-}"
    ;;
  getent)
    case ${1:-} in
      passwd) shift && print_passwd "$@" ;;
      *) exit 2 ;;
    esac
    ;;
  getconf)
    case ${1:-} in
      CLK_TCK) echo 100 ;;
      PAGESIZE | PAGE_SIZE) echo 4096 ;;
      _NPROCESSORS_ONLN | _NPROCESSORS_CONF) echo "$cores" ;;
      LONG_BIT) echo 64 ;;
      *) exit 1 ;;
    esac
    ;;
esac
