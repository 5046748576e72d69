# Part of the scripts for the environments of venv, virtualenv and uv. The first parameter of each is the prefix.
prefix=$1
shift
: "${token:?}"
case $prefix in '~/'*) prefix=$HOME/${prefix#??} ;; esac

# Nothing of the user's shell may send packages elsewhere; the user's own pip.conf and uv.toml count.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_DRY_RUN VIRTUAL_ENV CONDA_PREFIX
PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0 PIP_PROGRESS_BAR=off VIRTUALENV_NO_PERIODIC_UPDATE=1
UV_NO_PROGRESS=1 NO_COLOR=1
export PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT PIP_USER PIP_PROGRESS_BAR VIRTUALENV_NO_PERIODIC_UPDATE UV_NO_PROGRESS NO_COLOR
exec </dev/null
cd / || exit 1

# What tools write on their way; it goes with the operation, however that ends.
scratch=${TMPDIR:-/tmp}/tensorline-$token
open_scratch() {
  mkdir -m 700 -- "$scratch" || exit 1
  TMPDIR=$scratch
  export TMPDIR
}
drop_scratch() {
  if [ -O "$scratch" ] && [ ! -L "$scratch" ]; then rm -rf -- "$scratch"; fi
}

# Addresses with a password come as variables that the operation alone has, and go to the tools as such: what stands in
# an argument can be read by every user of the host. The log shows ****.
secrets=
add_secret() { # address with user:password@
  [ -n "$1" ] || return 0
  secret=${1#*://} secret=${secret%@*}
  secrets="$secrets $secret"
  # A shorter one would blot out half the log, and means nothing without its name.
  case ${secret#*:} in ????*) secrets="$secrets ${secret#*:}" ;; esac
}
add_secret "${TENSORLINE_INDEX_URL-}"
add_secret "${TENSORLINE_EXTRA_INDEX_URL-}"
if [ -n "${TENSORLINE_INDEX_URL-}" ]; then
  PIP_INDEX_URL=$TENSORLINE_INDEX_URL UV_INDEX_URL=$TENSORLINE_INDEX_URL
  export PIP_INDEX_URL UV_INDEX_URL
fi
if [ -n "${TENSORLINE_EXTRA_INDEX_URL-}" ]; then
  PIP_EXTRA_INDEX_URL=$TENSORLINE_EXTRA_INDEX_URL UV_EXTRA_INDEX_URL=$TENSORLINE_EXTRA_INDEX_URL
  export PIP_EXTRA_INDEX_URL UV_EXTRA_INDEX_URL
fi

mask() {
  set -f
  while IFS= read -r line || [ -n "$line" ]; do
    # shellcheck disable=SC2086 # one word each
    for secret in $secrets; do
      while :; do
        case $line in
          *"$secret"*) line=${line%%"$secret"*}****${line#*"$secret"} ;;
          *) break ;;
        esac
      done
    done
    printf '%s\n' "$line"
  done
}

run() { # a tool and its words
  if [ -z "$secrets" ]; then
    "$@"
    return
  fi
  { code=$({ { "$@" 2>&1 3>&- 4>&-; echo "$?" >&3; } | mask >&4 3>&-; } 3>&1); } 4>&1
  return "$code"
}

python_version() { # interpreter: 3.12.4, or nothing where it does not run
  "$1" -I -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null
}

find_python() { # what was asked for: a path, a version or nothing; the manager's own
  case $1 in
    '') set -- '' "$2" ;;
    '~/'*) set -- '' "$HOME/${1#??}" ;;
    /*) set -- '' "$1" ;;
    *)
      minor=$(printf '%s\n' "$1" | cut -d . -f 1-2)
      set -- "$1" "$2" "$(command -v "python$minor")" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1"*/bin/python
      ;;
  esac
  wanted=$1
  shift
  for python; do
    version=$(python_version "$python") || continue
    case $version. in "$wanted".* | "$version$wanted".) return ;; esac
  done
  refuse 43 "python${wanted:-" ($python)"}" "it was not found, or does not run"
}

# What is to be installed, set from parameters: where packages come from, and a file that names them.
take_sources() { # file, index, extra index, offline folder
  file=$1 index=$2 extra_index=$3 offline=$4
  case $file in '~/'*) file=$HOME/${file#??} ;; esac
  case $offline in '~/'*) offline=$HOME/${offline#??} ;; esac
  # Never another index in its place: that may have packages of the same names.
  if [ "$index" = secret ]; then index=; : "${TENSORLINE_INDEX_URL:=missing}"; fi
  if [ "$extra_index" = secret ]; then extra_index=; : "${TENSORLINE_EXTRA_INDEX_URL:=missing}"; fi
  case ${TENSORLINE_INDEX_URL-}/${TENSORLINE_EXTRA_INDEX_URL-} in
    missing/* | */missing) refuse 48 "the index" "its password did not arrive" ;;
  esac
  if [ -n "$file" ] && [ ! -f "$file" ]; then refuse 46 "$file" "there is no such file"; fi
  if [ -n "$offline" ] && [ ! -d "$offline" ]; then refuse 46 "$offline" "there is no such folder"; fi
}

pip_in() { # interpreter, words: away from the modules of the current folder
  interpreter=$1
  shift
  run "$interpreter" -Iu -m pip "$@"
}

installer() { # words; tool is uv for an environment of uv, interpreter the one of the environment
  if [ "$kind" = uv ]; then
    subcommand=$1
    shift
    run "$tool" pip "$subcommand" --python "$interpreter" "$@"
  else
    pip_in "$interpreter" "$@"
  fi
}

has_pip() { # interpreter
  "$1" -I -c 'import pip' 2>/dev/null
}

install_all() { # packages; option is one for the installer, or nothing
  [ "$#" = 0 ] || set -- -- "$@"
  case ${file##*/} in
    '') ;;
    pyproject.toml | setup.py | setup.cfg) set -- --editable "${file%/*}" "$@" ;;
    uv.lock)
      [ "$kind" = uv ] || refuse 43 uv "only uv can read $file"
      # Its own way would take out whatever the lock does not name.
      run "$tool" export --quiet --frozen --no-emit-project --project "${file%/*}" --output-file "$scratch/locked.txt" || return
      set -- -r "$scratch/locked.txt" "$@"
      ;;
    *) set -- -r "$file" "$@" ;;
  esac
  [ "$#" -gt 0 ] || return 0
  [ -z "$offline" ] || set -- --no-index --find-links "$offline" "$@"
  [ -z "$extra_index" ] || set -- --extra-index-url "$extra_index" "$@"
  [ -z "$index" ] || set -- --index-url "$index" "$@"
  [ -z "$option" ] || set -- "$option" "$@"
  # Paths in a file of requirements are meant from where it stands.
  if [ -n "$file" ]; then cd "${file%/*}/" || return; fi
  installer install "$@"
}

make_empty() { # base interpreter: an environment of this kind in the claimed folder
  case $kind in
    # What venv itself would do for pip, but for hiding what that says.
    venv)
      run "$1" -I -m venv --without-pip "$prefix" &&
        run "$prefix/bin/python" -Iu -m ensurepip --upgrade --default-pip
      ;;
    virtualenv) run "$tool" --python "$1" "$prefix" ;;
    uv)
      if [ -n "$1" ]; then set -- --python "$1"; else set --; fi
      run "$tool" venv --no-project "$@" "$prefix"
      ;;
  esac || return
  interpreter=$prefix/bin/python
  python_version "$interpreter" >/dev/null || refuse 47 "$prefix" "its Python does not run"
}
