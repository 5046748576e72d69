# Part of the survey: the places where managers keep environments, and their tools.

conda_root() { # folder
  [ -d "$1/conda-meta" ] || [ -d "$1/envs" ] || return 0
  visit "$1" || return 0
  case $roots in *"$nl$real$nl"*) return 0 ;; esac
  roots=$roots$real$nl
  root=$shown
  root_names=$root_names$root$nl
  look conda "$root"
  envs_folder "$root/envs"
  condarc "$root/.condarc"
}

look_conda() { # via folder: a root may stand anywhere
  if [ -d "$2/condabin" ]; then conda_root "$2"; else look "$1" "$2"; fi
}

envs_folder() { # folder
  cd -- "$1" 2>/dev/null || return 0
  say "envs $PWD"
  for folder in "$PWD"/*; do [ -f "$folder" ] || look conda "$folder"; done
}

# The folders of environments that conda's settings name, as a list of lines or in brackets.
condarc() { # file
  [ -r "$1" ] && [ -f "$1" ] || return 0
  inside='' dirs=''
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    envs_dirs:* | envs_path:*) inside=1 line=${line#*:} ;;
    [!\ \	#-]*) inside= ;;
    esac
    [ -n "$inside" ] && dirs=$dirs$line$nl
  done <"$1"
  IFS="$nl[],"
  set -f
  # shellcheck disable=SC2086 # to be split
  set -- $dirs
  set +f
  IFS=$nl
  for dir; do
    dir=${dir%% #*}
    dir=${dir#"${dir%%[!\ \	-]*}"}
    dir=${dir%"${dir##*[!\ \	]}"}
    dir=${dir#[\"\']} dir=${dir%[\"\']}
    [ -n "$dir" ] || continue
    expand "$dir"
    envs_folder "$full"
  done
}

conda_places() {
  for root in "${CONDA_EXE%/*/*}" "$MAMBA_ROOT_PREFIX" "$CONDA_PREFIX" "$HOME"/*conda* "$HOME"/*forge* "$HOME"/*mamba* \
    "$HOME/.conda" "$HOME/.local/share/mamba" /opt/*conda* /opt/*forge* /opt/*mamba* /usr/local/*conda* \
    /usr/local/*forge* /usr/local/*mamba*; do
    [ -n "$root" ] && conda_root "$root"
  done
  for file in "$CONDARC" "$HOME/.condarc" "$HOME/.mambarc" "$HOME/.conda/.condarc" /etc/conda/.condarc; do
    [ -n "$file" ] && condarc "$file"
  done
}

conda_list() {
  file=$HOME/.conda/environments.txt
  [ -f "$file" ] || return 0
  [ -r "$file" ] || { say "warn unreadable $file" && return 0; }
  set -f
  # shellcheck disable=SC2013 # lines, by IFS
  for line in $(head -c 1000000 "$file"); do
    set +f
    case $line in /*) look_conda list "$line" ;; esac
  done
  set +f
}

all_in() { # via folder
  [ -d "$2" ] && for folder in "$2"/*; do [ -f "$folder" ] || look "$1" "$folder"; done
}

manager_places() {
  for version in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*; do
    if [ -d "$version/conda-meta" ]; then
      conda_root "$version"
    elif [ -d "$version" ]; then
      look pyenv "$version"
      all_in pyenv "$version/envs"
    fi
  done
  all_in uv "${UV_PYTHON_INSTALL_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/uv/python}"
  cache=${POETRY_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pypoetry}
  all_in poetry "${POETRY_VIRTUALENVS_PATH:-$cache/virtualenvs}"
  for root in "$WORKON_HOME" "$HOME/.virtualenvs" "$HOME/.local/share/virtualenvs"; do
    [ -n "$root" ] && all_in workon "$root"
  done
  [ -n "$VIRTUAL_ENV" ] && look path "$VIRTUAL_ENV"
}

system_python() { # file
  case ${1##*/} in python3.*[!0-9]*) return 0 ;; esac
  [ -x "$1" ] && [ -f "$1" ] || return 0
  file=$1
  [ -L "$file" ] && file=$(readlink -f "$file")
  prefix=${file%/bin/*}
  case $prefix in
  /usr | /usr/local) ;;
  *) look path "$prefix" && return 0 ;;
  esac
  case $seen in *"$nl$file$nl"*) return 0 ;; esac
  seen=$seen$file$nl
  version=${file##*/python}
  case $version in 3.*) ;; *) return 0 ;; esac
  room "$file" || return 0
  printf 'env %s\nvia system\npython works %s\n' "$prefix" "$file"
  [ -r "$file" ] && sources=$sources$file$nl
  say "lib lib/python$version"
  # Debian's own packages, those that pip put beside them, and the user's.
  for folder in "$prefix/lib/python$version/site-packages" "$prefix/lib64/python$version/site-packages" \
    "$prefix/lib/python3/dist-packages" "/usr/local/lib/python$version/dist-packages" \
    "$HOME/.local/lib/python$version/site-packages"; do
    [ -d "$folder" ] && [ -r "$folder" ] || continue
    # Several versions share some.
    case $nl$sources in *"$nl$folder$nl"*) say "site $folder" ;; *) site "$folder" ;; esac
  done
}

system_places() {
  for program in /usr/local/bin/python3 /usr/bin/python3.[0-9]* /usr/local/bin/python3.[0-9]*; do
    system_python "$program"
  done
}

# Tools by name, and a Python that stands on the path for a reason of its own, such as a module that is loaded.
path_places() {
  IFS=:
  set -f
  # shellcheck disable=SC2086 # to be split
  set -- $PATH
  set +f
  IFS=$nl
  for folder; do
    case $folder in /usr/bin | /bin | /usr/local/bin | */shims) continue ;; esac
    [ -e "$folder/python3" ] && system_python "$folder/python3"
  done
  for folder in $roots; do set -- "$@" "$folder/condabin" "$folder/bin"; done
  set -- "$@" "$HOME/.local/bin" "$HOME/bin" "$HOME/.cargo/bin" "$HOME/.pixi/bin" "${PYENV_ROOT:-$HOME/.pyenv}/bin"
  for tool in conda mamba micromamba uv poetry pixi pyenv pipenv virtualenv python3; do
    for folder; do
      case $folder in */shims) continue ;; /*) ;; *) continue ;; esac
      [ -x "$folder/$tool" ] && [ -f "$folder/$tool" ] && say "tool $tool $folder/$tool" && break
    done
  done
}
