# Part of the toolkit survey: the environment that a new login shell of this user has.
# The question suits every login shell: one line, no single quote, no backslash before a quote, no exclamation mark.
names="PATH CUDA_HOME CUDA_PATH LD_LIBRARY_PATH ROCM_PATH HIP_PATH MODULEPATH MODULESHOME MODULES_CMD LMOD_CMD LMOD_PKG"
question='printf "\n"; for n in '$names'; do eval "v=\${$n-}"; printf "\036shell\035%s\035%s\037" $n "$v"; done'

take_answers() { # of the question, from $text: sets $answers to records, and what is needed here
  answers=
  set -f
  IFS=$rs
  for part in $text; do
    case $part in "shell$gs"*"$gs"*"$us"*) ;; *) continue ;; esac
    part=${part#"shell$gs"}
    part=${part%%"$us"*}
    value=${part#*"$gs"}
    answers=$answers${rs}shell$gs$part$us
    case ${part%%"$gs"*} in
    PATH) login_path=$value ;;
    CUDA_HOME) login_cuda_home=$value ;;
    CUDA_PATH) login_cuda_path=$value ;;
    LD_LIBRARY_PATH) login_library_path=$value ;;
    ROCM_PATH) login_rocm=$value ;;
    MODULEPATH) [ -n "$value" ] && export "MODULEPATH=$value" ;;
    MODULESHOME) [ -n "$value" ] && export "MODULESHOME=$value" ;;
    MODULES_CMD) modules_cmd=$value ;;
    LMOD_CMD) lmod_cmd=$value ;;
    esac
  done
  unset IFS
  set +f
  [ -n "$answers" ]
}

# As an interactive shell first, as in a terminal: many start-up files set nothing otherwise. Some of them start another
# program in an interactive one, which does not answer.
ask_login_shell() {
  shell=${SHELL:-/bin/sh}
  TERM=dumb
  export TERM
  for options in "-l -i -c" "-l -c"; do
    case $shell:$options in
    *csh:"-l -i -c") options="-i -c" ;;
    *csh:*) options=-c ;;
    esac
    capture 5 "$shell" $options "exec /bin/sh -c '$question'"
    take_answers && printf '%s' "$answers" && return
    [ "$code" = late ] && emit late "$shell"
  done
  emit mute "$shell"
}

# What a program would load that brings no CUDA of its own.
library_folders() {
  set -f
  IFS=:
  for folder in $login_library_path; do
    set +f
    unset IFS
    files=
    for file in "$folder"/libcudart.so.* "$folder"/libcudnn.so.* "$folder"/libnccl.so.* "$folder"/libamdhip64.so.*; do
      [ -e "$file" ] && files=$files${files:+$nl}$(readlink -f "$file")
    done
    [ -n "$files" ] && emit libraries "$folder" "$files"
  done
  unset IFS
  set +f
  text=$(ldconfig -p 2>/dev/null | grep -E '^[[:space:]]*lib(cudart|cudnn|nccl|amdhip64)\.so\.' | head -n 20)
  [ -n "$text" ] && emit cache "$text"
}

# The compiler on the path of the login shell. It may be a script that runs the real one.
compiler() { # name
  set -f
  IFS=:
  for folder in $login_path; do
    [ -f "$folder/$1" ] && [ -x "$folder/$1" ] || continue
    target=$(readlink -f "$folder/$1")
    first_line "$target"
    case $value in
    '#!'*sh*)
      real=$(sed -n "s|.*[\" =]\(/[^ \"]*/bin/$1\)[\" ].*|\1|p; 20q" "$target" 2>/dev/null | head -n 1)
      [ -n "$real" ] && target=$(readlink -f "$real")
      ;;
    esac
    emit compiler "$1" "$folder/$1" "$target"
    [ "$1" = nvcc ] && nvcc_target=$target
    break
  done
  unset IFS
  set +f
}

login() {
  login_path= login_cuda_home= login_cuda_path= login_library_path= login_rocm= lmod_cmd= modules_cmd= nvcc_target=
  ask_login_shell
  compiler nvcc
  compiler hipcc
  library_folders
}
