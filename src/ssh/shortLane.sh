{
printf '\036tensorline ready\037'
nl='
'
IFS= read -r nonce || exit
printf '\036%s 0\037' "$nonce"
printf '\036%s 0\037' "$nonce" >&2
while IFS= read -r line; do
  ( eval "$line" ) </dev/null
  code=$?
  printf '\036%s %s\037' "$nonce" "$code"
  printf '\036%s %s\037' "$nonce" "$code" >&2
done
exit
}
