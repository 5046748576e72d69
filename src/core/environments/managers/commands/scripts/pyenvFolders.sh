# Part of the scripts for pyenv.

new_prefix=

pyenv_prefix() { # makes version the whole one; sets prefix, build, link
  if [ -z "$PYENV_ROOT" ] && [ -d "${tool%/bin/pyenv}/versions" ]; then PYENV_ROOT=${tool%/bin/pyenv}; fi
  if [ -n "$PYENV_ROOT" ]; then export PYENV_ROOT; fi
  root=$("$tool" root </dev/null) && [ -n "$root" ] || return
  case $version in
    *.*.* | *-*) ;; # whole already
    *)
      if [ -n "$name" ]; then known=; else known=--known; fi
      # shellcheck disable=SC2086 # one option or none
      version=$("$tool" latest $known "$version" </dev/null) && [ -n "$version" ] || return
      ;;
  esac
  prefix=$root/versions/$version build=$root/.tensorline-$token link=$root/versions/$name
  if [ -n "$name" ]; then prefix=$prefix/envs/$name; fi
}
