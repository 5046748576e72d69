# Marks for an interactive fish: what it tells are places in its output, nothing else changes.
if not set -q __tensorline_marks
    set -g __tensorline_marks 1
    function __tensorline_before --on-event fish_preexec
        set -g __tensorline_ran 1
        set -l line (string replace -a '\\' '\\\\' -- $argv[1] | string replace -a ';' '\\x3b' | string join '\\x0a')
        printf '\e]633;E;%s\a\e]633;C\a' $line
    end
    function __tensorline_after --on-event fish_postexec
        set -l code $status
        set -q __tensorline_ran; and printf '\e]633;D;%s\a' $code
        set -e __tensorline_ran
    end
    function __tensorline_status
        return $argv[1]
    end
    functions -q fish_prompt; or function fish_prompt
        printf '%s> ' (prompt_pwd)
    end
    functions -c fish_prompt __tensorline_prompt
    function fish_prompt
        set -l code $status
        printf '\e]633;P;Cwd=%s\a\e]633;A\a' (string replace -a '\\' '\\\\' -- $PWD | string replace -a ';' '\\x3b')
        __tensorline_status $code
        __tensorline_prompt
        printf '\e]633;B\a'
    end
end
