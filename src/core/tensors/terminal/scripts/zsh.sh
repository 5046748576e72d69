# Marks for an interactive zsh: what it tells are places in its output, nothing else changes.
if [[ -z ${__tensorline_marks-} ]]; then
  typeset -g __tensorline_marks=1 __tensorline_ran=
  __tensorline_first() {
    local code=$?
    emulate -L zsh
    local folder=${PWD//\\/\\\\}
    [[ -n $__tensorline_ran ]] && builtin printf '\033]633;D;%s\007' "$code"
    __tensorline_ran=
    folder=${folder//;/\\x3b}
    builtin printf '\033]633;P;Cwd=%s\007' "${folder//$'\n'/\\x0a}"
    return $code
  }
  # A theme may have set the prompt anew.
  __tensorline_last() {
    local code=$?
    [[ ${PS1-} == *']633;A'* ]] || PS1=$'%{\033]633;A\007%}'${PS1-}$'%{\033]633;B\007%}'
    return $code
  }
  __tensorline_before() {
    emulate -L zsh
    local line=${1//\\/\\\\}
    __tensorline_ran=1
    line=${line//;/\\x3b}
    builtin printf '\033]633;E;%s\007\033]633;C\007' "${line//$'\n'/\\x0a}"
  }
  typeset -ga precmd_functions preexec_functions
  precmd_functions=(__tensorline_first "${precmd_functions[@]}" __tensorline_last)
  preexec_functions=("${preexec_functions[@]}" __tensorline_before)
fi
