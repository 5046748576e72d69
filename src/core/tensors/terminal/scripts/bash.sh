# Marks for an interactive bash 4.4 or later: what it tells are places in its output, nothing else changes.
if [[ -z ${__tensorline_marks-} ]] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  __tensorline_marks=-
  __tensorline_ran=
  __tensorline_first() {
    local status=$? folder=${PWD//\\/\\\\}
    if [[ -n $__tensorline_ran ]]; then
      printf '\033]633;D;%s\007' "$status"
    fi
    __tensorline_ran=
    folder=${folder//;/\\x3b}
    printf '\033]633;P;Cwd=%s\007' "${folder//$'\n'/\\x0a}"
    return "$status"
  }
  # What stands in PROMPT_COMMAND may have set PS1 anew.
  __tensorline_last() {
    local status=$?
    case ${PS1-} in
      '\[\e]633;A\a\]'*) ;;
      *) PS1='\[\e]633;A\a\]'${PS1-}'\[\e]633;B\a\]' ;;
    esac
    return "$status"
  }
  case $(declare -p PROMPT_COMMAND 2>/dev/null) in
    'declare -a'*) PROMPT_COMMAND=(__tensorline_first "${PROMPT_COMMAND[@]}" __tensorline_last) ;;
    *) PROMPT_COMMAND=__tensorline_first$'\n'${PROMPT_COMMAND-}$'\n'__tensorline_last ;;
  esac
  # Expands to nothing but remembers that a command was run.
  PS0='${__tensorline_marks:$((__tensorline_ran=1)):0}\e]633;C\a'${PS0-}
fi
# The line that read this file is not one of the person's.
case $(HISTTIMEFORMAT='' builtin history 1 2>/dev/null) in
  *'. /tmp/tensorline-'*'tensorline ready'*) builtin history -d -1 2>/dev/null ;;
esac
