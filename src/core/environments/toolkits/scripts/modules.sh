# Part of the toolkit survey: environment modules, Lmod or Environment Modules. The function `module` is not needed, only
# the program behind it.
module_program() { # sets $program
  program=
  if [ -x "$lmod_cmd" ]; then
    program=$lmod_cmd
  elif [ -f "$modules_cmd" ]; then
    program=$modules_cmd
  else
    for file in "$MODULESHOME/libexec/modulecmd.tcl" "$MODULESHOME/bin/modulecmd"; do
      [ -n "$MODULESHOME" ] && [ -x "$file" ] && program=$file && return
    done
    return 1
  fi
}

# Where the login shell knows none: some start-up files are for other shells only.
initialise_modules() {
  for file in "$root"/etc/profile.d/*lmod.sh "$root"/etc/profile.d/modules.sh "$root"/usr/share/lmod/lmod/init/profile \
    "$root"/usr/share/modules/init/sh "$root"/usr/share/Modules/init/sh "$root"/opt/apps/lmod/lmod/init/profile; do
    [ -r "$file" ] || continue
    capture 5 /bin/sh -c '. "$1"; '"$question" sh "$file"
    take_answers && module_program && return
    [ "$code" = late ] && break
  done
  return 1
}

plain() { # without terminal colours
  sed "s/$(printf '\033')\[[0-9;]*[A-Za-z]//g"
}

wanted='cuda|cudatoolkit|cuda-toolkit|nvidia-cuda|cudnn|nccl|tensorrt|nvhpc|rocm|hip|anaconda|anaconda2|anaconda3|miniconda|miniconda3|miniforge|miniforge3|mambaforge|conda|mamba|micromamba|python|python3'

modules() {
  module_program || initialise_modules || return
  LMOD_COLORIZE=no LMOD_PAGER=none MODULES_COLOR=never MODULES_PAGER=
  export LMOD_COLORIZE LMOD_PAGER MODULES_COLOR MODULES_PAGER
  [ -n "$lmod_cmd" ] && export "LMOD_CMD=$lmod_cmd"
  capture 10 "$program" sh -t avail
  [ "$code" = late ] && emit slow "$program"
  available=$(printf '%s\n' "$text" | plain | sed 's/([^)]*)$//; s/<[^>]*>$//' |
    grep -i -E "^([A-Za-z0-9][A-Za-z0-9._+-]*/)*($wanted)([-_/][A-Za-z0-9._+/-]*)?$" | grep -v '/$' | sort -u | head -n 60)
  [ -n "$available" ] || return
  emit available "$available"
  set -f
  set -- $available
  set +f
  capture 10 "$program" sh show "$@"
  shown=$text
  # One that cannot be read makes Lmod say nothing about any.
  if [ "$code" != 0 ]; then
    shown=
    end=$(($(date +%s) + 10))
    for name; do
      [ "$code" != late ] && [ "$(date +%s)" -le "$end" ] || break
      capture 3 "$program" sh show "$name"
      shown=$shown$nl$text
    done
  fi
  shown=$(printf '%s\n' "$shown" | plain)
  emit shown "$shown"
  set -f
  IFS=$nl
  for path in $(printf '%s\n' "$shown" | sed -n -E 's/^[[:space:]]*(setenv|pushenv|prepend.path)[^/]*(\/[^"}:]*).*/\2/p' | sort -u | head -n 200); do
    unset IFS
    set +f
    path=${path%/bin}
    case $path in */Linux_*/*/compilers) hpc_sdk_at "${path%/compilers}" ;; esac
    cuda_at module "$path"
    rocm_at module "$path"
  done
  unset IFS
  set +f
}
