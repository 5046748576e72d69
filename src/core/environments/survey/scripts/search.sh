# Part of the survey: the folders that the user wants searched.

# Runs find with what follows; it is stopped after 10 s where the host can do that.
timed_find() {
  if timeout 1 true 2>/dev/null; then
    timeout -s KILL 10 find -H "$@"
  else
    find -H "$@"
  fi
}

# find follows no link, so a loop of links is no loop. Hidden folders are left out but for those that hold environments,
# and so is what is inside of environments.
search() { # depth folders...
  depth=$(($1 + 1))
  shift
  for folder; do
    shift
    expand "$folder"
    if cd -- "$full" 2>/dev/null && [ -r . ]; then
      set -- "$@" "$PWD"
    elif [ -d "$full" ]; then
      say "warn unreadable $full"
    else
      say "warn missing $full"
    fi
  done
  [ $# -gt 0 ] || return 0
  set -- "$@" -mindepth 1 -maxdepth "$depth"
  # What stands in conda's roots is known already, and is a lot.
  set -f
  for root in $root_names; do
    case $root in *[][*?\\]*) ;; *) set -- "$@" -path "$root" -prune -o ;; esac
  done
  set +f
  # The command stands outside of all parentheses, or BusyBox forgets to run it.
  found=$(timed_find "$@" -type d -name "*$nl*" -prune -exec sh -c 'for f do printf "newline %s\n" "$(printf %s "$f" | tr "\n" "?")"; done' sh {} + \
    -o -name "*$nl*" -prune \
    -o \( -name '.venv*' -o -name .env -o -name '.virtualenv*' -o -name .conda -o -name .pixi \) -prune -print \
    -o \( -name '.?*' -o -name node_modules -o -name __pycache__ -o -name '*-packages' -o -name pkgs \
    -o -path '*/lib/python[23]*' \) -prune \
    -o -name conda-meta -prune -print \
    -o \( -name pyvenv.cfg -o -name environment.yml -o -name environment.yaml -o -name requirements.txt \
    -o -name pyproject.toml -o -name uv.lock -o -name pixi.toml -o -name pixi.lock -o -name poetry.lock \
    -o -name Pipfile -o -name Pipfile.lock -o -name conda-lock.yml \) -print 2>/dev/null)
  case $? in
  0) ;;
  # The last line may be half of one.
  124 | 137) say 'warn stopped 10' && found=${found%"$nl"*} ;;
  *) say 'warn partial' ;;
  esac
  projects=0
  set -f
  for line in $found; do
    set +f
    case $line in
    newline\ *) newlines=$((newlines + 1)) && [ "$newlines" -le 20 ] && printf 'warn %.500s\n' "$line" ;;
    */.pixi) all_in search "$line/envs" ;;
    */conda-meta) look_conda search "${line%/*}" ;;
    */pyvenv.cfg) look search "${line%/*}" ;;
    */.venv* | */.env | */.virtualenv* | */.conda) [ -f "$line" ] || look search "$line" ;;
    *)
      projects=$((projects + 10 + ${#line}))
      [ "$projects" -le 100000 ] && say "file $line"
      ;;
    esac
  done
  set +f
  [ "$projects" -le 100000 ] || say 'warn projects'
}
