# Part of the survey: Pythons that environment modules put on the path. The command `module` is not there in a shell that
# nobody logged in to, so the files are read: those in Tcl and in Lua, as far as they name a folder in plain words.

module_folders() { # sets $folders: where modules are looked for
  folders=
  if [ -n "$MODULEPATH" ]; then
    IFS=:
    set -f
    for folder in $MODULEPATH; do folders=$folders$folder$nl; done
    set +f
    IFS=$nl
    return
  fi
  for file in /etc/environment-modules/modulespath /etc/lmod/modulespath /usr/share/modules/init/.modulespath; do
    [ -r "$file" ] && while read -r folder rest; do
      case $folder in /*) folders=$folders${folder%%:*}$nl ;; esac
    done <"$file"
  done
  folders=$folders/etc/modulefiles$nl/usr/share/modulefiles$nl/usr/share/modules/modulefiles$nl/opt/modulefiles
}

known() { # word: sets $value to the variable of a module file that is called so
  case $1 in '' | [0-9]* | *[!A-Za-z0-9_]*) return 1 ;; esac
  eval "value=\$in_module_$1"
  [ -n "$value" ]
}

joined() { # words that make a path in Tcl or Lua: sets $path_text
  path_text=
  for word; do
    case $word in
    pathJoin | ..) continue ;;
    /* | *'$'*) ;;
    *) if known "$word"; then word=$value; else word=${path_text:+/}$word; fi ;;
    esac
    while :; do
      case $word in *'$'*) ;; *) break ;; esac
      path_text=$path_text${word%%'$'*}
      word=${word#*'$'}
      variable=${word%%[!A-Za-z0-9_]*}
      known "$variable" && path_text=$path_text$value
      word=${word#"$variable"}
    done
    path_text=$path_text$word
  done
}

module_python() { # module folder: tells about a Python in it
  case $2 in /*/bin) ;; *) return 0 ;; esac
  prefix=${2%/bin}
  [ -e "$2/python3" ] || [ -e "$2/python" ] || return 0
  if [ -d "$prefix/conda-meta" ]; then
    conda_root "$prefix"
    return
  fi
  before=$looked
  look module "$prefix"
  [ "$looked" = "$before" ] || say "module $1"
}

module_places() {
  module_folders
  files=
  for folder in $folders; do
    for file in "$folder"/[Pp]ython*/* "$folder"/*conda*/* "$folder"/*forge*/* "$folder"/*mamba*/*; do
      [ -f "$file" ] && [ -r "$file" ] && files=$files$file$nl
    done
  done
  [ -n "$files" ] || return 0
  about='' assigned=''
  set -f
  # shellcheck disable=SC2086 # a path a line
  for line in $(grep -s -H -o -E -m 60 -e '^[ 	]*(set|local|prepend.path)[ 	(].{0,250}' $files | head -n 20000); do
    file=${line%%:*}
    if [ "$file" != "$about" ]; then
      about=$file
      for name in $assigned; do unset "in_module_$name"; done
      assigned=
    fi
    IFS=' 	"(),={};'
    set --
    for word in ${line#*:}; do [ -n "$word" ] && set -- "$@" "$word"; done
    IFS=$nl
    case $1 in
    set | local)
      name=$2
      case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
      shift 2
      joined "$@"
      eval "in_module_$name=\$path_text"
      assigned=$assigned$name$nl
      ;;
    *)
      shift
      [ "$1" = --delim ] && shift 2
      [ "$1" = PATH ] && shift || continue
      joined "$@"
      path_text=${path_text%/:}
      two=${file%/*}
      two=${two##*/}/${file##*/}
      set +f
      module_python "${two%.lua}" "$path_text"
      set -f
      ;;
    esac
  done
  set +f
}
