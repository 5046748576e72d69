# Stands before the program of a self-test. Parameters: the interpreter, the request as JSON, then the overlay word by word:
# `source FILE`, `unset NAME`, `set NAME VALUE`, `prepend NAME FOLDER`. Names have been checked by the client.

printf '\036tensorline ready\037'
set --
while IFS= read -r count && [ -z "$count" ]; do :; done
while [ "$count" -gt 0 ]; do
  IFS= read -r word || exit
  set -- "$@" "$word"
  count=$((count - 1))
done
tl_python=$1 TENSORLINE_SELF_TEST=$2
shift 2
cd /
while [ $# -gt 0 ]; do
  case $1 in
  source)
    [ ! -r "$2" ] || . "$2" >/dev/null 2>&1 </dev/null
    shift 2
    ;;
  unset)
    unset "$2"
    shift 2
    ;;
  set)
    export "$2=$3"
    shift 3
    ;;
  prepend)
    eval "export $2=\"\$3\${$2:+:\$$2}\""
    shift 3
    ;;
  esac
done
export TENSORLINE_SELF_TEST
# The program hears by this descriptor that the client has gone.
exec 3<&0
